"""The live views: masks, feature maps, curves and the watched sample, each a widget that shows what it is handed.

Everything here needs numpy, so the main window imports it after its first paint; `training_panel` needs pyqtgraph too.
"""
