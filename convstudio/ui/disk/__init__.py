"""What is kept beside the project files: journals of unsaved work, recent files, and a watch over the open one."""
