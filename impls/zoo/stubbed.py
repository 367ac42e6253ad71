"""Some files import, by their full names, packages of which what is needed of them uses nothing.

`stubbed("timm.models.gemma4_vit", "timm.data")` imports that module while `timm.data` is a stand-in that has whatever
is asked of it, and the packages that the module lies in run no `__init__`. Afterwards none of them is in `sys.modules`:
whoever imports these, before or after, gets the packages themselves.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from unittest.mock import MagicMock, patch


class _StandIn(ModuleType):
    """A package that has whatever is asked of it."""

    def __getattr__(self, name: str) -> MagicMock:
        if name.startswith("__"):
            raise AttributeError(f"{self.__name__} is a stand-in and has no {name}")
        return MagicMock(name=f"{self.__name__}.{name}")


class _Finder(MetaPathFinder, Loader):
    """Finds a stand-in for each of these packages, and for every module in them."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        stands_in = any(f"{fullname}.".startswith(f"{name}.") for name in self.names)
        return ModuleSpec(fullname, self, is_package=True) if stands_in else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


@contextmanager
def _put_away(roots: Sequence[str]) -> Iterator[None]:
    """Have none of these packages imported, and afterwards those that were before."""

    def imported() -> list[str]:
        return [name for name in sys.modules if name.partition(".")[0] in roots]

    before = {name: sys.modules.pop(name) for name in imported()}
    try:
        yield
    finally:
        for name in imported():
            del sys.modules[name]
        sys.modules.update(before)


@cache
def stubbed(name: str, *absent: str) -> ModuleType:
    """Import the module `name` with stand-ins for the packages `absent`.

    Raises ImportError if its distribution is not installed, or if it does not import even so.
    """
    root, *path = name.split(".")
    found = find_spec(root)
    if found is None or not found.submodule_search_locations:
        raise ImportError(f"{name}: expected a package {root!r} to be installed, found none")
    folder = Path(found.submodule_search_locations[0])
    finding = patch.object(sys, "meta_path", [_Finder(absent), *sys.meta_path])
    with _put_away([root, *(each.partition(".")[0] for each in absent)]), finding:
        for depth in range(len(path)):
            package = ModuleType(".".join([root, *path[:depth]]))
            package.__path__ = [str(folder.joinpath(*path[:depth]))]
            sys.modules[package.__name__] = package
        return import_module(name)
