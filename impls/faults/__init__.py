"""Implementations with one known mistake each, kept to prove that the suite catches it; never part of a default run.

The docstring of a fault names its mistake in one sentence: what a diagnosis says.
"""

import importlib
import inspect
import pkgutil
from functools import cache

from impls.registry import Implementation, registered


@cache
def all_faults() -> tuple[Implementation, ...]:
    """Every fault, by file and then in the order of the file."""
    modules = [importlib.import_module(module.name) for module in pkgutil.iter_modules(__path__, f"{__name__}.")]
    return tuple(fault for module in modules for fault in registered(module.__name__))


def mistake(fault: Implementation) -> str:
    """What is wrong with a fault, in one sentence."""
    return (inspect.getdoc(fault.function) or "").partition("\n")[0]
