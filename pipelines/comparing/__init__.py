"""The same data under other tools' definitions, beside ours."""

from pipelines.comparing.counting import counted, published
from pipelines.comparing.numbers import as_json, compare
from pipelines.comparing.tools import TOOLS, chosen_tools

__all__ = ["TOOLS", "as_json", "chosen_tools", "compare", "counted", "published"]
