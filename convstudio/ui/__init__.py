"""The window: shows the document, sends what the person does, and never computes with torch.

`app` starts it, `workbench` places its widgets, `session` ties them to a worker, `store` holds the document. A widget
shows what it is told and tells what the person does; what ties widgets to the document and the worker is a file
`binding`, or is named after what it does (`training_panel` shows, `run_controller` acts). The packages:

    canvas      blocks and wires, drawn, and the mouse gestures that edit them
    palette     the kinds of blocks, saved groups, blocks of one's own
    inspector   the selected block, the network as a table, the training settings
    editing     what menus and keys do to the network
    problems    what is wrong or could be better, and how it is mended
    forms       an editor for each setting of a struct
    table       the table of all blocks
    gallery     the templates
    files       opening, saving and sharing project files
    disk        journals of unsaved work, recent files, a watch over the open one
    importing   ONNX models and weights come in
    welcome     what an empty canvas offers
    notices     messages to the person
    link        the worker as an object, and the pictures that open views want
    run         the run under way: its control and its bar
    runs        the Runs tab: all that were kept
    past        looking back over a run
    rates       the range test of the learning rate
    swaps       the swap experiment
    live        masks, feature maps, curves, the watched sample; and the parts that all views are made of
    lens        how the value of a single unit comes about
    why         what moves a unit, and what it looks for
    masklab     masks edited by hand
    muting      maps, results and wires switched off
    evaluation  what is taken for what
    health      how the layers fare, and what the doctor says
    drawing     the draw pad
    export      taking the network away
    saving      pictures and tables of what is seen, as files
"""
