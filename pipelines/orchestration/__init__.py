"""Dagster around the refresh: the same steps as assets, with checks, lineage and schedules."""
