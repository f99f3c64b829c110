"""How well the stall detector tells silence from chance, on services that are made up."""
