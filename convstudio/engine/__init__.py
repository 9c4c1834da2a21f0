"""Everything that computes with torch: build, train, evaluate, probe, keep and export; knows no window."""
