"""Takes the weekly report to whom it is for: once for each week and channel."""
