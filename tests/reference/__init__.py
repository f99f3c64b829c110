"""What the numbers should be, in plain Python over lists of dicts, slow and written from words."""
