"""A leaf module of a package whose own modules name one another in full, imported without what it does not need.

`alone("litgpt.model", empty=["litgpt.config"])` runs that file, and what it imports, under their own names, but the
`__init__` of none of its parents; modules that are `empty` have, for whatever is asked of them, a class without
anything in it, good as a base or an annotation and useless beyond. Afterwards all is forgotten: whoever imports the
package gets it.
"""

import sys
from collections.abc import Collection, Mapping
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

NOTHING: Mapping[str, Mapping[str, Any]] = MappingProxyType({})


class _Nothing(type):
    def __getattr__(cls, name: str) -> type:
        return _nothing(name)


class _Empty(ModuleType):
    def __getattr__(self, name: str) -> type:
        return _nothing(name)


def _nothing(name: str) -> type:
    if name.startswith("__"):
        raise AttributeError(name)
    return _Nothing(name, (), {})


def alone(
    name: str,
    *,
    hollow: Collection[str] = (),
    empty: Collection[str] = (),
    given: Mapping[str, Mapping[str, Any]] = NOTHING,
) -> ModuleType:
    """Import a module; its parents and the packages `hollow` run nothing, and modules of `given` have what is given.

    Raises ImportError if its distribution is not installed, or if the module cannot be imported even so.
    """
    root, *path = name.split(".")
    spec = find_spec(root)
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(f"{name}: expected a package {root!r} to be installed, found none")
    base = Path(next(iter(spec.submodule_search_locations)))
    packages = {*accumulate([root, *path[:-1]], lambda one, other: f"{one}.{other}"), *hollow}
    stand_ins = {each: _package(each, base.joinpath(*each.split(".")[1:])) for each in packages}
    stand_ins |= {each: _package(each, None, given.get(each, {})) for each in {*empty, *given}}
    roots = {each.partition(".")[0] for each in stand_ins}
    before = _of(roots)
    _forget(before)
    sys.modules.update(stand_ins)
    try:
        return import_module(name)
    except Exception as error:
        raise ImportError(f"{name}: cannot be imported by itself from {base}: {error}") from error
    finally:
        _forget(_of(roots))
        sys.modules.update(before)


def _package(name: str, folder: Path | None, contents: Mapping[str, Any] = MappingProxyType({})) -> ModuleType:
    module = ModuleType(name) if folder else _Empty(name)
    module.__path__ = [str(folder)] if folder else []
    module.__spec__ = ModuleSpec(name, None, is_package=True)
    module.__spec__.submodule_search_locations = module.__path__
    vars(module).update(contents)
    return module


def _of(roots: Collection[str]) -> dict[str, ModuleType]:
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] in roots}


def _forget(modules: Collection[str]) -> None:
    for name in modules:
        del sys.modules[name]
