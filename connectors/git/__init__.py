"""Git history from git itself: commits, tags and the default branch of one repository."""

from connectors.git.source import Git

__all__ = ["Git"]
