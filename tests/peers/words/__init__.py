"""What other tools would say: slow plain Python, written from the words that describe them."""
