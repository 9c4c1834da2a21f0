"""Bringing ONNX models and weights into the window: read in a process of their own, then shown, with a report."""
