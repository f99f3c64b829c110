"""What the pages ask of the published file: a module a subject, a function a question."""
