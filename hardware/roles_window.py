"""What stands at a window: its call display, the clerk's pad, the rater."""
