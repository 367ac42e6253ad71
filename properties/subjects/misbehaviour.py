"""What an implementation does that ends a check, told apart from errors of the suite."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor


class Misbehaved(Exception):
    """The implementation did something that ends the check: the message says what."""


class Raised(Misbehaved):
    """The implementation raised an error."""


class Malformed(Misbehaved):
    """The implementation returned something of another kind or shape than the contract states."""


@contextmanager
def raising() -> Iterator[None]:
    """Tell errors of the implementation from errors of the suite."""
    try:
        yield
    except Misbehaved:
        raise
    except Exception as error:
        raise Raised(f"raised {type(error).__name__}: {error}") from error


def shaped(result: Any, shape: tuple[int, ...]) -> Tensor:
    """The result, if it is a tensor of that shape."""
    if not isinstance(result, Tensor):
        raise Malformed(f"returned {type(result).__name__}; expected a tensor of shape {shape}")
    if tuple(result.shape) != shape:
        raise Malformed(f"returned the shape {tuple(result.shape)}; expected {shape}")
    return result
