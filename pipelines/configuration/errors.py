"""What is wrong with a configuration, said so that it can be mended."""

from dataclasses import dataclass

from pipelines.errors import DrumbeatError

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend; ``line`` counts from 1 and is 0 where no line can be named."""

    line: int
    key: str
    message: str


class ConfigurationError(DrumbeatError):
    """A configuration can not be used; the text has one line for every problem in the file."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        """Take the file's name as the reader knows it, and everything wrong with it."""
        self.name = name
        self.problems = tuple(sorted(set(problems)))
        super().__init__(name, self.problems)

    def __str__(self) -> str:
        """Say every problem on a line of its own."""
        shown = [self._said(problem) for problem in self.problems[:MOST_SHOWN]]
        rest = len(self.problems) - MOST_SHOWN
        if rest > 0:
            shown.append(f"{self.name}: and {rest} more problems")
        return "\n".join(shown)

    def _said(self, problem: Problem) -> str:
        place = f"{self.name}:{problem.line}" if problem.line else self.name
        return ": ".join(part for part in (place, problem.key, problem.message) if part)
