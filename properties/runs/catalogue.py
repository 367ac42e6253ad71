"""Every property of the suite, one for each statement of the spec that says something about code."""

import importlib
import pkgutil

import properties.checks
from properties.checks.property import Property
from spec import STATEMENTS


def _found() -> dict[str, Property]:
    names = sorted(module.name for module in pkgutil.iter_modules(properties.checks.__path__))
    modules = [importlib.import_module(f"properties.checks.{name}") for name in names]
    values = [value for module in modules for value in vars(module).values()]
    several = [item for value in values if isinstance(value, tuple) for item in value]
    return {item.id: item for item in (*values, *several) if isinstance(item, Property)}


_FOUND = _found()
PROPERTIES = tuple(_FOUND[name] for name in STATEMENTS if name in _FOUND)
"""In the order of the statements."""
