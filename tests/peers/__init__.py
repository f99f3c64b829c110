"""Other tools' definitions, held against slow references written from their words."""
