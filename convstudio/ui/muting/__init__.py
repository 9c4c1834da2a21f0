"""Switching maps, results and wires off while the network is looked at, and what they carry of its accuracy."""
