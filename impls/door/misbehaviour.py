"""What an implementation does that ends a check, told apart from errors of the suite."""

from collections.abc import Iterator
from contextlib import contextmanager

LONGEST = 2000
"""How much of an error's own message is kept."""


class Misbehaved(Exception):
    """The implementation did something that ends the check: the message says what."""


class Raised(Misbehaved):
    """The implementation raised an error: its kind, its own message, and both as told in one line, where known."""

    def __init__(self, kind: str, said: str, line: str = "") -> None:
        super().__init__(f"raised {kind}: {said}")
        self.kind, self.said, self.line = kind, said, line


class Malformed(Misbehaved):
    """The implementation returned something of another kind or shape than the contract states."""


class Inapplicable(Exception):
    """Raised where it is found out only by asking that an implementation does not take part in something."""


def words_of(error: BaseException) -> str:
    """What an error says of itself, shortened; its text may raise an error of its own."""
    try:
        said = str(error)
    except Exception:
        return "an error whose text cannot be read"
    return said if len(said) <= LONGEST else f"{said[:LONGEST]} ..."


@contextmanager
def raising() -> Iterator[None]:
    """Tell errors of the implementation from errors of the suite: raises Raised where the block raises."""
    try:
        yield
    except Misbehaved:
        raise
    except Exception as error:
        raise Raised(type(error).__name__, words_of(error)) from error
