"""trackbook: the notebook that keeps its own lab record."""
