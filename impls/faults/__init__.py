"""Implementations with one known mistake each, kept to prove that the suite catches it; never part of a default run.

The docstring of a fault names its mistake in one sentence: what a diagnosis says.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from functools import cache, partial
from typing import Any, TypeVar

from impls import implements
from impls.registry import Implementation, registered

Step = TypeVar("Step", bound=Callable[..., Any])
Steps = dict[str, Callable[..., Any]]

fault = partial(implements, form="faulty", strict=True)
"""`implements`, for what is wrong: nobody asks in which form. It is held to refuse what the forms refuse."""


def fault_in(
    whole: Callable[..., Any], step: str, encoding: str, *, name: str, **declared: Any
) -> Callable[[Step], Step]:
    """Declare that `whole` is faulty where it takes a step as the decorated function does, which names the mistake.

    `whole` takes its wrong steps by name, as its first argument, and is right in all others.
    """

    def register(wrong: Step) -> Step:
        made = partial(whole, {step: wrong})
        made.__doc__ = wrong.__doc__
        fault(encoding, name=name, **declared)(made)
        return wrong

    return register


@cache
def all_faults() -> tuple[Implementation, ...]:
    """Every fault, by file and then in the order of the file."""
    modules = [importlib.import_module(module.name) for module in pkgutil.iter_modules(__path__, f"{__name__}.")]
    return tuple(fault for module in modules for fault in registered(module.__name__))


def shows_at_real_sizes(fault: Implementation) -> bool:
    """Whether a fault is right in the small: those are in files of their own, `sizes_...`."""
    return ".sizes_" in fault.module


def mistake(fault: Implementation) -> str:
    """What is wrong with a fault, in one sentence."""
    return (inspect.getdoc(fault.function) or "").partition("\n")[0]
