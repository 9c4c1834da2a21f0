"""The Health tab and the doctor of a window: how every layer fares over time, and what goes wrong, in words."""
