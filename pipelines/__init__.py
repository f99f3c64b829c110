"""When and in what order: landing zone, warehouse, analysis, reports, Dagster and commands."""
