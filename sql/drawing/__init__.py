"""Small pictures as SVG text, for tables, pages and reports."""
