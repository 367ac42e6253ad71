"""Some modules hold good code beside imports that it does not need: audio files, indices of neighbours, registries.

`with stand_ins("torchaudio"):` lets what is not installed be imported all the same. `alone("litgpt.model",
absent=["litgpt.config"])` imports a module whose package calls its own parts by their full names, with stand-ins for
some of them, installed or not. A stand-in has whatever name is asked of it, as a class that is good as a base or an
annotation, decorates nothing and is useless beyond. Afterwards all is forgotten: whoever imports a package gets it.
"""

import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from itertools import accumulate
from types import MappingProxyType, ModuleType
from typing import Any
from unittest.mock import patch

from impls.zoo.bare import folder_of, hollow, imported

Given = Mapping[str, Mapping[str, Any]]
NOTHING: Given = MappingProxyType({})


@contextmanager
def stand_ins(*names: str) -> Iterator[None]:
    """In the block, stand-ins for those of these packages that are not installed, and for all that they hold."""
    absent = [name for name in names if find_spec(name.partition(".")[0]) is None]
    with _forgotten(absent), _stood_in(absent):
        yield


def alone(
    name: str, *, absent: Collection[str] = (), hollowed: Collection[str] = (), given: Given = NOTHING
) -> ModuleType:
    """Import a module while its parents and the packages `hollowed` run nothing, and `absent` ones stand in.

    Stand-ins have what is `given` for them by name. Raises ImportError if the distribution is not installed, or if the
    module cannot be imported even so.
    """
    folder, (root, *path) = folder_of(name), name.split(".")
    packages = [*accumulate([root, *path[:-1]], lambda parent, own: f"{parent}.{own}"), *hollowed]
    with _forgotten([root, *absent, *given]), _stood_in(absent, given):
        for package in packages:
            hollow(package, folder.joinpath(*package.split(".")[1:]))
        return imported(name, name)


@contextmanager
def _forgotten(names: Collection[str]) -> Iterator[None]:
    """In the block none of the packages that these belong to is imported, and after it those are that were before."""
    roots = {name.partition(".")[0] for name in names}

    def put_away() -> dict[str, ModuleType]:
        return {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in roots}

    before = put_away()
    try:
        yield
    finally:
        put_away()
        sys.modules.update(before)


@contextmanager
def _stood_in(names: Collection[str], given: Given = NOTHING) -> Iterator[None]:
    """In the block, stand-ins for these and for what is given, at once, so that no parent is imported."""
    for name in {*names, *given}:
        sys.modules[name] = module = _StandIn(name)
        vars(module).update(given.get(name, {}))
    with patch.object(sys, "meta_path", [_Finder(names), *sys.meta_path]):
        yield


class _Finder(MetaPathFinder, Loader):
    """Finds a stand-in for every module in these packages."""

    def __init__(self, names: Collection[str]) -> None:
        self.within = tuple(f"{name}." for name in names)

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return ModuleSpec(fullname, self, is_package=True) if fullname.startswith(self.within) else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


class _StandIn(ModuleType):
    def __init__(self, name: str) -> None:
        super().__init__(name, "What stands in for a package.")
        self.__path__: list[str] = []
        self.__spec__ = ModuleSpec(name, None, is_package=True)

    def __getattr__(self, name: str) -> type:
        return _nothing(name)


class _Nothing(type):
    def __getattr__(cls, name: str) -> type:
        return _nothing(name)

    def __call__(cls, *given: Any, **named: Any) -> Any:
        """What is decorated, as it is, or a decorator that leaves it so; of a class on top of it an instance."""
        if cls.__bases__ != (object,):
            return super().__call__(*given, **named)
        return given[0] if len(given) == 1 and callable(given[0]) and not named else lambda decorated: decorated


def _nothing(name: str) -> type:
    if name.startswith("__"):
        raise AttributeError(f"{name} is asked of what only stands in")
    return _Nothing(name, (), {})
