"""What is looked for among the changed files of repositories, and how their files are read."""

from pipelines.looking.files import Files, looking
from pipelines.looking.rules import TOPICS, path_rules

__all__ = ["TOPICS", "Files", "looking", "path_rules"]
