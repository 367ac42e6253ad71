"""Who claims to be what: `implements` records a callable, its encoding and everything that it declares."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from types import MappingProxyType
from typing import Any, TypeVar

from impls.declaration import DTYPES, default_layout, narrower, problem
from spec import ENCODINGS

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Implementation:
    """A callable that claims to be an encoding in a form and a layout.

    `problem` says in one sentence why the claim cannot be checked, and is None for a sound declaration. `origin` is
    what `--impl` was given to find it: a file or a module.
    """

    name: str
    encoding: str
    form: str
    function: Callable[..., Any]
    module: str
    origin: str
    layout: str | None = None
    source: str | None = None
    dtypes: tuple[str, ...] | None = None
    positions: str = "any"
    max_position: int | None = None
    batched: bool = False
    parameters: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    convention: str | None = None
    compare: str = "value"
    factory: bool = False
    package: str | None = None
    problem: str | None = None

    @property
    def checked_dtypes(self) -> tuple[str, ...]:
        """The dtypes that it is held to: those declared, or all four; positions are counted in float64 at most."""
        known = ENCODINGS.get(self.encoding)
        return self.dtypes or (("float64",) if known and known.acts_on == "positions" else DTYPES)

    @property
    def version(self) -> str | None:
        """The version of the package behind it; None without a package, or where it is not installed."""
        try:
            return metadata.version(self.package) if self.package else None
        except metadata.PackageNotFoundError:
            return None

    @property
    def available(self) -> bool:
        """Whether the package behind it, if any, is installed."""
        return self.package is None or self.version is not None


_REGISTERED: list[Implementation] = []


def registered(module: str) -> tuple[Implementation, ...]:
    """What a module has registered so far, in the order of its file."""
    return tuple(implementation for implementation in _REGISTERED if implementation.module == module)


def all_registered() -> tuple[Implementation, ...]:
    """Everything that any module has registered so far."""
    return tuple(_REGISTERED)


def _of_type(kind: Any, expected: str, arguments: Mapping[str, object]) -> None:
    """Raise TypeError for the first argument that is of another type."""
    for name, value in arguments.items():
        if not isinstance(value, kind):
            raise TypeError(f"implements: {name} is {value!r}; expected {expected}")


def implements(
    encoding: str,
    *,
    form: str,
    layout: str | None = None,
    name: str | None = None,
    source: str | None = None,
    dtypes: tuple[str, ...] | list[str] | None = None,
    positions: str = "any",
    max_position: int | None = None,
    batched: bool = False,
    parameters: Mapping[str, Any] | None = None,
    convention: str | None = None,
    compare: str = "value",
    factory: bool = False,
    package: str | None = None,
) -> Callable[[Function], Function]:
    """Declare that a function is `encoding`, computed in `form`, with its pairs in `layout`.

    `dtypes`: those that it supports; float64 is held to the accuracy of float32 unless it is named here. `positions`:
    "any", "integers", "non-negative" or "contiguous", each with the limits before it; `max_position`: the largest
    that it accepts. `parameters`: fixed values of code that cannot be configured. `convention`: a departure that the
    spec knows by name. `compare`: "value", or "score" / "softmax" for code that is right only up to what attention
    cannot see. `factory`: the function is `f(dim, **parameters)` and returns the callable. `package`: the
    distribution that it needs.

    The function is returned unchanged. A wrong declaration is reported when the implementation is checked, so that it
    never stops the others. Raises TypeError where an argument is of another type than stated here.
    """
    optional = {
        "layout": layout,
        "name": name,
        "source": source,
        "convention": convention,
        "package": package,
    }
    _of_type(str, "text", {"encoding": encoding, "form": form, "positions": positions, "compare": compare})
    _of_type(str | None, "text", optional)
    _of_type(int | None, "an integer", {"max_position": max_position})
    _of_type(tuple | list | None, "a tuple of names", {"dtypes": dtypes})
    _of_type(Mapping | None, "numbers by name", {"parameters": parameters})
    _of_type(int | float | tuple | list, "a number, or a list of them", parameters or {})
    caller = sys._getframe(1).f_globals

    def register(function: Function) -> Function:
        declared: dict[str, Any] = {
            "name": name or getattr(function, "__name__", type(function).__name__).replace("_", "-"),
            "encoding": encoding,
            "form": form,
            "layout": layout or default_layout(encoding, form),
            "dtypes": None if dtypes is None else tuple(dict.fromkeys(map(str, dtypes))),
            "positions": narrower(positions, encoding),
            "max_position": max_position,
            "parameters": MappingProxyType(dict(parameters or {})),
            "convention": convention,
            "compare": compare,
            "factory": factory,
        }
        _REGISTERED.append(
            Implementation(
                **declared,
                function=function,
                module=caller["__name__"],
                origin=caller.get("__file__", "__main__") if caller["__name__"] == "__main__" else caller["__name__"],
                source=source,
                batched=batched,
                package=package,
                problem=problem(function, **declared),
            )
        )
        return function

    return register
