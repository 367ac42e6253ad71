"""What is registered, as it is checked: judged, with what is not declared filled in."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from importlib import metadata
from types import MappingProxyType, MethodType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from impls.declaration import DTYPES, default_layout, narrower, problem, unvaried, with_preset
from impls.door.devices import is_there, kind_of
from impls.importing import belonging
from impls.marker import REGISTERED, Declaration, Dtype, Positions, Registration, name_of
from spec import ENCODINGS, Encoding, claimed


@dataclass(frozen=True, kw_only=True)
class Implementation(Declaration):
    """A callable that claims to be an encoding in a form and a layout.

    `problem` says in one sentence why the claim cannot be checked, and is None for a sound declaration. `target` is
    what `--impl` was given to find it: a file or a module. `positions` are those that the encoding has as well;
    `claimed_positions` are those that were declared. `device` is where it is run, and `compiler` the
    backend with which it is compiled there. `asked_as` is the preset as which it is configured for this run.
    """

    name: str
    dtypes: tuple[Dtype, ...] | None
    parameters: Mapping[str, Any]
    function: Callable[..., Any]
    module: str
    target: str
    claimed_positions: Positions = "any"
    device: str = "cpu"
    compiler: str = "aot_eager"
    problem: str | None = None
    asked_as: str | None = None

    @cached_property
    def claimed(self) -> Encoding:
        """The encoding that it claims to be, under its convention, and composed as its parameters say."""
        return claimed(self.encoding, self.convention, self.parameters)

    @property
    def composed(self) -> bool:
        """Whether its parameters put the encoding together otherwise: so many coordinates, sections, axes."""
        return self.claimed is not claimed(self.encoding, self.convention)

    @property
    def checked_dtypes(self) -> tuple[str, ...]:
        """The dtypes that it is held to: those declared, or all four; positions are counted in float64 at most."""
        known = ENCODINGS.get(self.encoding)
        return self.dtypes or (known and known.definition.exact_in) or DTYPES

    @property
    def unvaried(self) -> tuple[str, ...]:
        """The parameters of the function that nobody varies, for its encoding knows none of that name."""
        return () if self.problem else unvaried(self.function, self)

    @property
    def version(self) -> str | None:
        """The version of the package behind it; None without a package, or where it is not installed."""
        return _installed(self.package) if self.package else None

    @property
    def nowhere(self) -> str | None:
        """Why it cannot run where it should, in words; None where it can."""
        kinds = tuple(map(kind_of, self.devices or (self.device,)))
        if kind_of(self.device) not in kinds:
            return f"runs on {' and '.join(kinds)} only, and this run is on {self.device}: see --device"
        return None if is_there(self.device) else f"there is no device {self.device} here"

    @property
    def available(self) -> bool:
        """Whether the package behind it, if any, is installed."""
        return self.package is None or self.version is not None


@lru_cache(maxsize=512)
def _installed(package: str) -> str | None:
    """The version in which a distribution is installed; None where it is not."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def all_registered() -> tuple[Implementation, ...]:
    """Everything that any module has registered so far."""
    return tuple(map(_known, REGISTERED))


def registered(module: str) -> tuple[Implementation, ...]:
    """What a module has registered so far, in the order of its file."""
    return tuple(_known(one) for one in REGISTERED if one.modules[0] == module)


def configured_as(one: Implementation, preset: str) -> Implementation:
    """An implementation as it is configured for a published model."""
    named = with_preset(replace(one, preset=preset, asked_as=preset))
    return replace(named, problem=one.problem or problem(one.function, named))


def registered_as(function: Callable[..., Any]) -> tuple[Implementation, ...]:
    """Everything that a callable is registered as."""
    return tuple(judged(one) for one in REGISTERED if _is_same(one.function, function))


def collected(module: ModuleType) -> tuple[Implementation, ...]:
    """What was registered while a module was imported, and what belongs to others that it names.

    Those may have been imported before. What belongs to the suite itself is left out, for a plug-in may use it.
    """
    return tuple(map(_known, belonging(module)))


def _is_same(one: Callable[..., Any], other: Callable[..., Any]) -> bool:
    """Whether it is the same object; of a bound method there is a new one every time that it is named."""
    if isinstance(one, MethodType) and isinstance(other, MethodType):
        return one.__self__ is other.__self__ and one.__func__ is other.__func__
    return one is other


def judged(one: Registration) -> Implementation:
    """A registration, with what is not declared filled in and what is wrong with it told."""
    declared = with_preset(one.declared)
    given = {field.name: getattr(declared, field.name) for field in fields(declared)}
    known: dict[str, Any] = {
        "name": declared.name or name_of(one.function),
        "layout": declared.layout or default_layout(declared.encoding, declared.form, declared.call),
        "dtypes": None if declared.dtypes is None else tuple(dict.fromkeys(map(str, declared.dtypes))),
        "positions": narrower(declared),
        "claimed_positions": declared.positions,
        "parameters": MappingProxyType(dict(declared.parameters or {})),
    }
    place = {"function": one.function, "module": one.modules[0], "target": one.file or one.modules[0]}
    implementation = Implementation(**given | known | place)
    return replace(implementation, problem=problem(one.function, implementation))


_KNOWN: MutableMapping[Registration, Implementation] = WeakKeyDictionary()


def _known(one: Registration) -> Implementation:
    """The same, judged once: what is made of its claim is made once as well."""
    if one not in _KNOWN:
        _KNOWN[one] = judged(one)
    return _KNOWN[one]
