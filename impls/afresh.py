"""Code as a new process would find it: its module, and what it imported of its own package, run once more."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from impls.door.far import Far
from impls.loading import again, load
from impls.marker import REGISTERED
from impls.registry import Implementation
from impls.strangers import within

SECONDS = 5.0
SUITE = {"impls", "properties", "spec", "reports"}


def afresh(one: Implementation) -> Implementation | None:
    """The same implementation, configured as it is for this run, of which nothing has been called.

    None where its module cannot be run again in time.
    """
    if isinstance(one.function, Far):
        return again(one)
    if one.module == "__main__" or one.module not in sys.modules:
        return None
    with _forgotten(one.module), within(SECONDS):
        found = load(f"{one.target}::{one.name}").implementations
    return replace(one, function=found[0].function) if len(found) == 1 else None


@contextmanager
def _forgotten(module: str) -> Iterator[None]:
    """In the block, neither the package of a module nor any registration is known; afterwards all is as it was."""
    package = module.partition(".")[0]
    whole = package not in SUITE
    own = [name for name in sys.modules if name == module or (whole and name.partition(".")[0] == package)]
    modules = {name: sys.modules.pop(name) for name in own if getattr(sys.modules[name], "__file__", None)}
    known = REGISTERED[:]
    REGISTERED.clear()
    try:
        yield
    finally:
        REGISTERED[:] = known
        for name in [name for name in sys.modules if name in modules or (whole and name.partition(".")[0] == package)]:
            del sys.modules[name]
        for name, kept in modules.items():
            sys.modules[name] = kept
            around, _, leaf = name.rpartition(".")
            if around in sys.modules:
                setattr(sys.modules[around], leaf, kept)
