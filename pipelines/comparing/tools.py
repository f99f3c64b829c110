"""Which tools are asked for."""

from pipelines.errors import DrumbeatError
from sql.tools import FOUND, TOOLS, Tool


def chosen_tools(text: str | None) -> tuple[Tool, ...]:
    """Return the tools of a list with commas between, all of them without one."""
    wanted = [word.strip().lower().replace(" ", "_") for word in (text or "").split(",")]
    # People write them as they are used to.
    names = {**TOOLS, **{key.replace("_", ""): tool for key, tool in TOOLS.items()}}
    unknown = [word for word in wanted if word and word.replace("-", "_") not in names]
    if unknown:
        raise DrumbeatError(f"no tool is called {unknown[0]!r}; there are: {', '.join(TOOLS)}")
    found = [names[word.replace("-", "_")] for word in wanted if word]
    return tuple(dict.fromkeys(found)) or FOUND
