"""The same data under other tools' definitions, beside ours."""

from pipelines.comparing.counting import counted
from pipelines.comparing.numbers import as_json, compare
from pipelines.comparing.tools import chosen_tools
from sql.peering import published
from sql.tools import TOOLS

__all__ = ["TOOLS", "as_json", "chosen_tools", "compare", "counted", "published"]
