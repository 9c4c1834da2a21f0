"""The canvas: blocks and wires of the document, drawn, and the mouse gestures that edit them."""
