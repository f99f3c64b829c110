"""What one migration file tells: operations by the names of ``seeds.operations``."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Migration:
    """The operations of a file, in order; ``has_down`` is null where another file would tell it.

    ``pair`` is what the file shares with the one that takes it back, which ``is_down``.
    """

    operations: tuple[str, ...] = ()
    has_down: bool | None = None
    pair: str | None = None
    is_down: bool = False


def since(after: tuple[str, ...], before: tuple[str, ...]) -> Iterator[str]:
    """Yield the operations that an edited file has and did not have before."""
    left = list(before)
    for operation in after:
        if operation in left:
            left.remove(operation)
        else:
            yield operation
