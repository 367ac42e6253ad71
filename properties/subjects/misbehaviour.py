"""What an implementation does that ends a check, told apart from errors of the suite."""

from collections.abc import Iterator
from contextlib import contextmanager


class Misbehaved(Exception):
    """The implementation did something that ends the check: the message says what."""


class Raised(Misbehaved):
    """The implementation raised an error; `said` is its own message, without the kind of the error."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"raised {type(error).__name__}: {error}")
        self.said = str(error)


class Malformed(Misbehaved):
    """The implementation returned something of another kind or shape than the contract states."""


class Inapplicable(Exception):
    """Raised where it is found out only by asking that an implementation does not take part in something."""


@contextmanager
def raising() -> Iterator[None]:
    """Tell errors of the implementation from errors of the suite: raises Raised where the block raises."""
    try:
        yield
    except Misbehaved:
        raise
    except Exception as error:
        raise Raised(error) from error
