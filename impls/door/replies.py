"""What a process that holds a plug-in replies, none of which can be trusted: it is what was asked for, or Malformed."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from impls.door.crossing import Answer, Cost, Request
from impls.door.misbehaviour import Malformed, Raised
from impls.strangers import Left

T = TypeVar("T")
NO_RESULT = "answered what is no result"
MOST, AXES = 2**63, 8
"""No number of a cost is larger, and no result has more axes."""


def told(reply: tuple[Any, ...]) -> Any:
    """The value that a reply tells; the error that it tells is raised here: Raised, Malformed or Left."""
    match reply:
        case "value", value:
            return value
        case (("raised" | "spoiled"), str(kind), str(said), str(line)):
            raise Raised(kind, said, line)
        case "malformed", str(said):
            raise Malformed(said)
        case "left", str(said):
            raise Left(said)
    raise Malformed(NO_RESULT)


def sound(made: Callable[[Any], T], value: Any) -> T:
    """What is made of a value. Raises Malformed where it is of another kind."""
    try:
        return made(value)
    except (TypeError, ValueError):
        raise Malformed(NO_RESULT) from None


def answer(value: Any, request: Request) -> Answer:
    """The answer to a request, with all that it asks for. Raises Malformed."""
    found = sound(lambda value: Answer(**value), value)
    gradients, afterwards = (sound(tuple, each) for each in (found.gradients, found.afterwards))
    of = _asked(request)
    kinds = (
        isinstance(found.values, np.ndarray),
        isinstance(found.dtype, str) and np.iscomplexobj(found.values) == found.dtype.startswith("complex"),
        found.passed is None or isinstance(found.passed, np.ndarray),
        len(gradients) == len(of) and all(map(_is_gradient, gradients, of)),
        all(isinstance(each, int) for each in sound(tuple, found.differing)),
        len(afterwards) == (len(request.numbers) if request.watched else 0),
    )
    if not all(kinds):
        raise Malformed(NO_RESULT)
    return found


def _asked(request: Request) -> list[Any]:
    """The arguments whose gradients are asked for."""
    places: dict[int | str, Any] = dict(enumerate(request.given)) | dict(request.named)
    return [places[name] for name in request.of] if request.under == "gradient" else []


def _is_gradient(value: Any, argument: Any) -> bool:
    return value is None or (isinstance(value, np.ndarray) and value.shape == np.shape(argument.values))


def cost(value: Any) -> Cost:
    """What a call costs, every number of which is one. Raises Malformed."""
    found = sound(lambda told: Cost(**told), value)
    counts = (found.bytes, found.flops, found.launches)
    numbers = (found.seconds, found.ratio, found.noise)
    kinds = (
        type(found.shape) is tuple and len(found.shape) <= AXES and all(_is_count(each) for each in found.shape),
        all(each is None or _is_count(each) for each in counts),
        all(_is_number(each) for each in numbers),
        all(each is None or _is_number(each) for each in (found.applying, found.passes, found.memory)),
    )
    if not all(kinds):
        raise Malformed(NO_RESULT)
    return found


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MOST


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= MOST
