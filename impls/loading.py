"""From what a user names to implementations: files, modules, entry points, and the suite's own forms and adapters.

Whatever is wrong with one of them is a problem of its own; the others are loaded all the same.
"""

import dataclasses
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from impls.door.devices import HOST
from impls.door.far import Far, Lost, Worker
from impls.door.limits import Limits
from impls.importing import IMPORT_SECONDS, OWN, import_file, import_module, own_modules, untold
from impls.marker import REGISTERED, Declaration, Registration
from impls.registry import Implementation, collected, judged, registered
from impls.strangers import Overdue, within
from spec import WrongSpec

GROUP = "posenc.implementations"
HOME = ("impls.forms.", "impls.faults.")
"""What is imported by this very process where it is named."""


@dataclass(frozen=True)
class Problem:
    """Why something that was named gave nothing to check, in one sentence that says what to change."""

    target: str
    message: str


@dataclass(frozen=True)
class Loaded:
    """What was found, and what was wrong."""

    implementations: tuple[Implementation, ...] = ()
    problems: tuple[Problem, ...] = ()


def load(target: str) -> Loaded:
    """What `--impl` names: `file.py`, `package.module`, and either with `::name` for one of those that it registers."""
    found = _imported(target)
    return found if isinstance(found, Loaded) else _chosen(target, collected(found))


def _imported(target: str) -> ModuleType | Loaded:
    """The module that a target names, or what was wrong with its import, of which no registration is left."""
    place = target.partition("::")[0]
    before = len(REGISTERED)
    try:
        with within(IMPORT_SECONDS):
            return import_file(Path(place)) if place.endswith(".py") else import_module(place)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        REGISTERED[before:] = [one for one in REGISTERED[before:] if one.modules[0] in sys.modules]
        return _problem(target, untold(error, Path(place), IMPORT_SECONDS))


def load_apart(target: str, limits: Limits) -> Loaded:
    """The same, where what it names is imported by a process of its own, and never by this one."""
    place = target.partition("::")[0]
    process = Worker(place, limits)
    try:
        process.begin()
        with within(limits.import_seconds):
            described = process.described()
        found = [_registration(process, index, each) for index, each in enumerate(described)]
    except KeyboardInterrupt:
        raise
    except Lost as lost:
        return _problem(target, f"it cannot be imported, for {lost}; it must import and leave its process running")
    except Overdue as error:
        return _problem(target, untold(error, Path(place), limits.import_seconds))
    except Exception as error:
        return _problem(target, str(error))
    try:
        return _chosen(target, tuple(map(judged, found)))
    except WrongSpec as error:
        return _problem(target, str(error))


def again(one: Implementation) -> Implementation | None:
    """An implementation that a process of its own holds, in a new one, as it is configured for this run."""
    function: object = one.function
    assert isinstance(function, Far)
    found = load_apart(f"{one.target}::{one.name}", function.process.limits).implementations
    return dataclasses.replace(one, function=found[0].function) if len(found) == 1 else None


def _registration(process: Worker, index: int, described: Mapping[str, Any]) -> Registration:
    """A registration of another process, as it would be in this one."""
    plain = dict(described["declared"])
    declared = Declaration(**plain | {"apply": _elsewhere if plain["apply"] else None})
    return Registration(declared, Far(process, index, described), tuple(described["modules"]), described["file"])


def _elsewhere(*tables: Any) -> None:
    """What stands for a function that is in another process."""


def _chosen(target: str, registered: Iterable[Implementation]) -> Loaded:
    """Those of the implementations of a target that it names."""
    place, _, name = target.partition("::")
    found = tuple(dataclasses.replace(one, target=place) for one in registered)
    if not found:
        example = '@implements("rope", form="rotate-half", layout="half")'
        return _problem(target, f"it registers no function; decorate one with {example} from impls")
    named = tuple(one for one in found if one.name in (name, name.replace("_", "-"))) if name else found
    if not named:
        return _problem(target, f"it registers no {name!r}; it registers {', '.join(one.name for one in found)}")
    return Loaded(named)


def load_all(targets: Iterable[str], limits: Limits | None = None) -> Loaded:
    """Everything that the targets name, each implementation once; two of the same name are a problem.

    With `limits`, what does not belong to the suite itself is held by processes that keep to them; on a device all is.
    """
    each = dict.fromkeys(name for target in targets for name in _modules(target))
    return _unique(
        load(target) if limits is None or _is_at_home(target, limits) else load_apart(target, limits) for target in each
    )


def load_default(limits: Limits | None = None, *, zoo: bool = False, apart: bool = False) -> Loaded:
    """The suite's own forms, one published implementation a package, and what installed packages announce.

    `zoo`: every published implementation. With `limits`, what is announced is held by processes that keep to them,
    and so is, `apart` or on a device, what is published.
    """
    announced = (_load_entry_point(entry, limits) for entry in metadata.entry_points(group=GROUP))
    needed = limits if limits and limits.device != HOST else None
    forms = [_of_module(name, needed) for name in own_modules("impls.forms", tables=False)]
    adapters = [_of_module(name, limits if apart else needed) for name in own_modules("impls.zoo", tables=zoo)]
    return _unique([*forms, *(adapters if zoo else _one_a_package(adapters)), *announced])


def _one_a_package(parts: Iterable[Loaded]) -> Iterator[Loaded]:
    """Of published implementations the first of every package."""
    seen = set[str | None]()
    for part in parts:
        first = {one.package: one for one in reversed(part.implementations) if one.package not in seen}
        seen |= first.keys()
        yield replace(part, implementations=tuple(reversed(first.values())))


def _modules(target: str) -> Sequence[str]:
    """What a target names: of a room of the suite itself all modules that register something."""
    if target not in OWN:
        return [target]
    light, every = (own_modules(target, tables=tables) for tables in (False, True))
    return [name for name in every if name not in light or _of_module(name, None).implementations]


def _is_at_home(target: str, limits: Limits) -> bool:
    """Whether it is the suite's own code, and tensors are on no device, which an error takes from a process."""
    return target.startswith(HOME) and limits.device == HOST


def _of_module(name: str, limits: Limits | None) -> Loaded:
    """What one module of `impls` registers, which for a helper of others is nothing; with `limits`, apart."""
    module = _imported(name)
    if isinstance(module, Loaded):
        return module
    found = Loaded(registered(name))
    return load_apart(name, limits) if limits and found.implementations else found


def _load_entry_point(entry: metadata.EntryPoint, limits: Limits | None) -> Loaded:
    loaded = load(entry.module) if limits is None else load_apart(entry.module, limits)
    announced = f"entry point {entry.name} = {entry.value}"
    problems = tuple(Problem(announced, problem.message) for problem in loaded.problems)
    return Loaded(loaded.implementations, problems)


def _unique(parts: Iterable[Loaded]) -> Loaded:
    kept: dict[str, Implementation] = {}
    problems: list[Problem] = []
    for part in parts:
        problems += part.problems
        for one in part.implementations:
            first = kept.setdefault(one.name, one)
            if not _is_again(first, one):
                remedy = "give it another with implements(..., name=...)"
                clash = f"the name {one.name!r} is taken by {first.target}; {remedy}"
                problems.append(Problem(f"{one.target}::{one.name}", clash))
    return Loaded(tuple(kept.values()), tuple(dict.fromkeys(problems)))


def _is_again(first: Implementation, one: Implementation) -> bool:
    """Whether it is the same, found on another way: by another target, or in a file that was imported by two names."""
    if first.function is one.function:
        return dataclasses.replace(first, target=one.target) == one
    return first.module != one.module and _file_of(first) is not None and _file_of(first) == _file_of(one)


def _file_of(one: Implementation) -> Path | None:
    function: object = one.function
    if isinstance(function, Far):
        return function.file and Path(function.file).resolve()
    file = getattr(sys.modules.get(one.module), "__file__", None)
    return Path(file).resolve() if file else None


def _problem(target: str, message: str) -> Loaded:
    return Loaded(problems=(Problem(target, message),))
