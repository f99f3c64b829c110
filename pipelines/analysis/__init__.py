"""What SQL is no good at: walks over graphs and statistics, as pure functions over arrays."""
