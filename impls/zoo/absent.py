"""Some modules hold good code beside imports that it does not need: audio files, indices of neighbours, image data.

`with stand_ins("torchaudio", "torchaudio.functional"):` lets these be imported while the module is. Each has whatever
name is asked of it, as an empty class, which decorates nothing where it is called with a function. What is installed is
taken as it is, and afterwards nothing is left of the rest.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any


@contextmanager
def stand_ins(*names: str) -> Iterator[None]:
    """Put an empty module under each name whose distribution is not installed, for the time of an import."""
    absent = [name for name in names if name not in sys.modules and find_spec(name.split(".")[0]) is None]
    for name in absent:
        sys.modules[name] = module = _Empty(name)
        parent, _, own = name.rpartition(".")
        if parent in absent:
            setattr(sys.modules[parent], own, module)
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)


class _Empty(ModuleType):
    def __init__(self, name: str) -> None:
        super().__init__(name, "Not installed.")
        self.__path__: list[str] = []
        self.__spec__ = ModuleSpec(name, None, is_package=True)

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(f"{self.__name__} stands in for what is not installed, and has no {name}")
        return type(name, (), {"__new__": _undecorated})


def _undecorated(cls: type, *given: Any, **named: Any) -> Any:
    """What is decorated, as it is; a decorator that leaves it so, where other arguments are given."""
    return given[0] if len(given) == 1 and callable(given[0]) and not named else lambda decorated: decorated
