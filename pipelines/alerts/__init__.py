"""Tells people once when a service leaves its rhythm, and once when it is back."""
