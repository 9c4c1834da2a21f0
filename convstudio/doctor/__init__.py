"""The training doctor: from figures of a run to findings in words, with evidence and what to try; no state."""
