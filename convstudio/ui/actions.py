"""Every action of the window as a line of a table; menus, shortcuts and the command search are made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu, QMenuBar, QWidget

from convstudio.ui.canvas.text_field import TextField
from convstudio.ui.text import tr


@dataclass(frozen=True)
class ActionRow:
    """An action: its name in code, its words, keys, and menu; `checkable` ones are on or off."""

    name: str
    words: str
    keys: str
    menu: str
    checkable: bool = False
    line_before: bool = False
    under: str = ""
    """The menu within the menu that it is in, if any."""


TABLE: tuple[ActionRow, ...] = (
    ActionRow("new", "New network", "Ctrl+N", "File"),
    ActionRow("new_window", "New window", "Ctrl+Shift+N", "File"),
    ActionRow("templates", "New from template…", "Ctrl+Alt+N", "File"),
    ActionRow("open", "Open…", "Ctrl+O", "File"),
    ActionRow("open_clipboard", "Open from the clipboard", "", "File"),
    ActionRow("examples", "Open an example…", "Ctrl+Shift+O", "File"),
    ActionRow("save", "Save", "Ctrl+S", "File", line_before=True),
    ActionRow("save_as", "Save as…", "Ctrl+Shift+S", "File"),
    ActionRow("save_copy", "Save a copy…", "Ctrl+Alt+S", "File"),
    ActionRow("revert", "Revert to the saved file", "", "File"),
    ActionRow("import", "Import…", "Ctrl+Alt+I", "File", line_before=True),
    ActionRow("import_report", "Report of the import", "", "File"),
    ActionRow("export", "Export…", "Ctrl+E", "File", line_before=True),
    ActionRow("export_source", "Export Python source…", "", "File", under="Export as"),
    ActionRow("export_script", "Export a training script…", "", "File", under="Export as"),
    ActionRow("export_safetensors", "Export weights (safetensors)…", "", "File", under="Export as"),
    ActionRow("export_onnx", "Export ONNX…", "Ctrl+Shift+E", "File", under="Export as"),
    ActionRow("export_pt2", "Export a PyTorch program…", "", "File", under="Export as"),
    ActionRow("export_card", "Export a model card…", "", "File", under="Export as"),
    ActionRow("export_picture", "Export a picture of the network…", "", "File", under="Export as"),
    ActionRow("export_table", "Export the table of layers…", "", "File", under="Export as"),
    ActionRow("picture_png", "Save the network as a picture (PNG)…", "", "File", under="Picture of the network"),
    ActionRow("picture_svg", "Save the network as a drawing (SVG)…", "", "File", under="Picture of the network"),
    ActionRow("picture_pdf", "Save the network as a document (PDF)…", "", "File", under="Picture of the network"),
    ActionRow("own_blocks", "Your own blocks…", "", "File", line_before=True),
    ActionRow("close", "Close this window", "Ctrl+W", "File", line_before=True),
    ActionRow("quit", "Quit", "Ctrl+Q", "File"),
    ActionRow("undo", "Undo", "Ctrl+Z", "Edit"),
    ActionRow("redo", "Redo", "Ctrl+Shift+Z", "Edit"),
    ActionRow("cut", "Cut", "Ctrl+X", "Edit", line_before=True),
    ActionRow("copy", "Copy", "Ctrl+C", "Edit"),
    ActionRow("copy_picture", "Copy as a picture", "Ctrl+Shift+C", "Edit"),
    ActionRow("copy_project", "Copy the project as text", "", "Edit"),
    ActionRow("paste", "Paste", "Ctrl+V", "Edit"),
    ActionRow("duplicate", "Duplicate", "Ctrl+D", "Edit"),
    ActionRow("delete", "Delete", "Del", "Edit"),
    ActionRow("add_block", "Add a block…", "/", "Edit", line_before=True),
    ActionRow("connect", "Connect to…", "C", "Edit"),
    ActionRow("add_note", "Add a note", "N", "Edit"),
    ActionRow("frame", "Frame the selection", "Shift+F", "Edit"),
    ActionRow("rename", "Rename, or write the note", "F2", "Edit"),
    ActionRow("group", "Group", "Ctrl+G", "Edit", line_before=True),
    ActionRow("ungroup", "Ungroup", "Ctrl+Shift+G", "Edit"),
    ActionRow("open_group", "Open the group", "Alt+Down", "Edit"),
    ActionRow("level_up", "Up one level", "Alt+Up", "Edit"),
    ActionRow("next_copy", "Next copy of the group", "Alt+PgDown", "Edit"),
    ActionRow("previous_copy", "Previous copy of the group", "Alt+PgUp", "Edit"),
    ActionRow("save_group", "Save the group to the palette", "", "Edit"),
    ActionRow("commands", "Find a command…", "Ctrl+K", "Edit", line_before=True),
    ActionRow("select_all", "Select all", "Ctrl+A", "Select"),
    ActionRow("invert_selection", "Invert the selection", "Ctrl+I", "Select"),
    ActionRow("select_upstream", "Add what leads here", "Ctrl+Shift+Left", "Select", line_before=True),
    ActionRow("select_downstream", "Add what follows", "Ctrl+Shift+Right", "Select"),
    ActionRow("select_connected", "Add all that is connected", "Ctrl+Shift+A", "Select"),
    ActionRow("select_kind", "Add all of the same kind", "Ctrl+Shift+K", "Select"),
    ActionRow("select_inside", "Add what lies in the frame", "", "Select"),
    ActionRow("find_block", "Find a block on the canvas…", "Ctrl+F", "Select", line_before=True),
    ActionRow("tidy", "Tidy up", "Ctrl+T", "Arrange"),
    ActionRow("align_left", "Align left", "Alt+A", "Arrange", line_before=True),
    ActionRow("align_centre", "Align centres", "Alt+H", "Arrange"),
    ActionRow("align_right", "Align right", "Alt+D", "Arrange"),
    ActionRow("align_top", "Align top", "Alt+W", "Arrange", line_before=True),
    ActionRow("align_middle", "Align middles", "Alt+V", "Arrange"),
    ActionRow("align_bottom", "Align bottom", "Alt+S", "Arrange"),
    ActionRow("distribute_across", "Distribute across", "Alt+Shift+H", "Arrange", line_before=True),
    ActionRow("distribute_down", "Distribute down", "Alt+Shift+V", "Arrange"),
    ActionRow("train", "Train, pause, resume", "Ctrl+Return", "Run"),
    ActionRow("stop", "Stop", "Ctrl+.", "Run"),
    ActionRow("one_step", "One step", "Ctrl+Shift+Return", "Run", line_before=True),
    ActionRow("one_epoch", "One epoch", "Ctrl+Alt+Return", "Run"),
    ActionRow("begin_again", "Begin again with the same weights", "", "Run", line_before=True),
    ActionRow("new_weights", "Begin again with new weights", "", "Run"),
    ActionRow("continue", "Continue from the last checkpoint", "", "Run"),
    ActionRow("kept_runs", "Kept runs", "Ctrl+Shift+R", "Run", line_before=True),
    ActionRow("find_rate", "Find a learning rate…", "", "Run"),
    ActionRow("measure_times", "Measure the time of each layer", "", "Run"),
    ActionRow("swap", "Compare and race twins…", "T", "Run"),
    ActionRow("freeze", "Freeze the weights", "", "Run", checkable=True, line_before=True),
    ActionRow("reset_weights", "Reset the weights", "", "Run"),
    ActionRow("restart_worker", "Restart the worker", "", "Run", line_before=True),
    ActionRow("next_sample", "Next sample", "Ctrl+Alt+Right", "Sample"),
    ActionRow("previous_sample", "Previous sample", "Ctrl+Alt+Left", "Sample"),
    ActionRow("next_mistake", "Next mistake", "Ctrl+Alt+M", "Sample"),
    ActionRow("draw_sample", "Draw a sample…", "Ctrl+Alt+D", "Sample", line_before=True),
    ActionRow("image_sample", "Open an image as the sample…", "Ctrl+Alt+O", "Sample"),
    ActionRow("fit", "Show the whole network", "Ctrl+0", "View"),
    ActionRow("zoom_selection", "Zoom to the selection", "Ctrl+2", "View"),
    ActionRow("zoom_in", "Zoom in", "Ctrl++", "View"),
    ActionRow("zoom_out", "Zoom out", "Ctrl+-", "View"),
    ActionRow("zoom_actual", "Actual size", "Ctrl+1", "View"),
    ActionRow("lens", "Look into the block", "L", "View", line_before=True),
    ActionRow("mute", "Mute what is selected", "H", "View", checkable=True),
    ActionRow("unmute_all", "Unmute all", "Shift+H", "View"),
    ActionRow("why", "Why this class", "Y", "View"),
    ActionRow("mask_lab", "Edit in the mask lab", "M", "View"),
    ActionRow("problems", "Problems and advice", "Ctrl+Shift+M", "View", line_before=True),
    ActionRow("next_problem", "Next problem", "F8", "View"),
    ActionRow("previous_problem", "Previous problem", "Shift+F8", "View"),
    ActionRow("show_advice", "Show advice", "", "View", checkable=True),
    ActionRow("doctor", "Training doctor", "", "View", checkable=True),
    ActionRow("heat_none", "Heat: none", "", "View", checkable=True, line_before=True, under="Heat"),
    ActionRow("heat_weights", "Heat: weights", "", "View", checkable=True, under="Heat"),
    ActionRow("heat_multiply_adds", "Heat: multiply-adds", "", "View", checkable=True, under="Heat"),
    ActionRow("heat_memory", "Heat: memory of a mini-batch", "", "View", checkable=True, under="Heat"),
    ActionRow("heat_time", "Heat: time forward and backward", "", "View", checkable=True, under="Heat"),
    ActionRow("blocks_maps", "On blocks: feature maps", "", "View", checkable=True, under="On the canvas"),
    ActionRow("blocks_masks", "On blocks: masks", "", "View", checkable=True, under="On the canvas"),
    ActionRow("blocks_nothing", "On blocks: nothing", "", "View", checkable=True, under="On the canvas"),
    ActionRow("wire_activity", "Activity on the wires", "", "View", checkable=True, under="On the canvas"),
    ActionRow("dark", "Dark colours", "Ctrl+Shift+L", "View", checkable=True, line_before=True),
    ActionRow("show_blocks", "Blocks", "F3", "View", checkable=True, line_before=True),
    ActionRow("show_live", "Live views", "F4", "View", checkable=True),
    ActionRow("show_inspector", "Inspector", "F5", "View", checkable=True),
    ActionRow("move_panels", "Move panels", "", "View", checkable=True),
    ActionRow("next_window", "Next window", "Ctrl+F6", "Window"),
    ActionRow("about", "About ConvStudio", "", "Help"),
)


def finish_typing() -> None:
    """Take what is typed in the field with the focus as entered, as if the person had gone on to the next field."""
    field = QApplication.focusWidget()
    line = field.lineEdit() if isinstance(field, QComboBox) else field
    if isinstance(line, QLineEdit):
        line.editingFinished.emit()
    elif isinstance(field, TextField):
        field.finish()


class ActionBook:
    """The actions of one window, by name."""

    def __init__(self, window: QWidget) -> None:
        self._actions: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        for row in TABLE:
            action = QAction(tr(row.words), window)
            action.setObjectName(row.name)
            action.setCheckable(row.checkable)
            if row.keys:
                action.setShortcut(QKeySequence(row.keys))
            self._actions[row.name] = action
            window.addAction(action)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def connect(self, name: str, call: Callable[[], object]) -> None:
        """Call this when the action is chosen; what is being typed counts before."""

        def chosen(_checked: bool = False) -> None:
            finish_typing()
            call()

        self._actions[name].triggered.connect(chosen)

    def fill(self, bar: QMenuBar) -> None:
        """Put all actions into menus."""
        menus = self.menus = {title: bar.addMenu(tr(title)) for title in dict.fromkeys(row.menu for row in TABLE)}
        for row in TABLE:
            if row.line_before:
                menus[row.menu].addSeparator()
            if row.under and row.under not in menus:
                menus[row.under] = menus[row.menu].addMenu(tr(row.under))
            menus[row.under or row.menu].addAction(self._actions[row.name])
