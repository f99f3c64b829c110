"""How fast the pages are with 1,000 services, 5 years and 2 million deployments."""
