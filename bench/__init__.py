"""What `make bench` runs: each part prints its figures as JSON."""
