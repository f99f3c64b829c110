"""First configurations: what names and surveys tell, and how it is written with its reasons."""
