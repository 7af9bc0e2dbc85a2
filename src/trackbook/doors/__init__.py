"""Ways in: magics, shell, Python. They parse and show; the work is done in the rooms."""
