"""Servers that tests talk to instead of a real host, and what comes between."""
