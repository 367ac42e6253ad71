"""From what a user names to implementations: files, modules, entry points, and the suite's own forms and adapters.

Whatever is wrong with one of them is a problem of its own; the others are loaded all the same.
"""

import dataclasses
import importlib
import importlib.util
import pkgutil
import sys
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import ModuleType

import impls.forms
import impls.peers
from impls.marker import REGISTERED
from impls.registry import Implementation, collected, registered
from impls.strangers import Overdue, told, within

GROUP = "posenc.implementations"
IMPORT_SECONDS = 60.0


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


class Absent(LookupError):
    """There is nothing of that name; the message says what was expected."""


def load(target: str) -> Loaded:
    """What `--impl` names: `file.py`, `package.module`, and either with `::name` for one of those that it registers."""
    place, _, name = target.partition("::")
    before = len(REGISTERED)
    try:
        with within(IMPORT_SECONDS):
            module = _import_file(Path(place)) if place.endswith(".py") else _import_module(place)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        REGISTERED[before:] = [one for one in REGISTERED[before:] if one.modules[0] in sys.modules]
        return _problem(target, _untold(error, Path(place)))
    found = tuple(dataclasses.replace(one, target=place) for one in collected(module))
    if not found:
        example = '@implements("rope", form="rotate-half", layout="half")'
        return _problem(target, f"it registers no function; decorate one with {example} from impls")
    named = tuple(one for one in found if one.name in (name, name.replace("_", "-"))) if name else found
    if not named:
        return _problem(target, f"it registers no {name!r}; it registers {', '.join(one.name for one in found)}")
    return Loaded(named)


def load_all(targets: Iterable[str]) -> Loaded:
    """Everything that the targets name, each implementation once; two of the same name are a problem."""
    return _unique(load(target) for target in dict.fromkeys(targets))


def load_default() -> Loaded:
    """Everything registered in `impls` itself, and what installed packages announce."""
    announced = map(_load_entry_point, metadata.entry_points(group=GROUP))
    return _unique([*(_of_module(name) for name in _submodules()), *announced])


def _submodules() -> list[str]:
    packages = (impls.forms, impls.peers)
    return [
        module.name
        for package in packages
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + ".")
        if not module.ispkg
    ]


def _of_module(name: str) -> Loaded:
    """What one module of `impls` registers, which for a helper of others is nothing."""
    importlib.import_module(name)
    return Loaded(registered(name))


def _load_entry_point(entry: metadata.EntryPoint) -> Loaded:
    loaded = load(entry.module)
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
    file = getattr(sys.modules.get(one.module), "__file__", None)
    return Path(file).resolve() if file else None


def _import_module(name: str) -> ModuleType:
    if "" in name.split("."):
        raise Absent(_no_module(name))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(error.name + ".")):
            raise Absent(_no_module(name)) from None
        raise


def _no_module(name: str) -> str:
    return f"there is no module {name!r}; give a file that ends in .py or an importable module"


def _import_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise Absent("there is no such file; give the path of a Python file")
    name = f"plugin_{path.stem}_{zlib.crc32(str(path.resolve()).encode()):08x}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(sys.modules[name])
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]


def _untold(error: BaseException, file: Path) -> str:
    """What was wrong with an import, and what to change."""
    if isinstance(error, Absent):
        return str(error)
    if isinstance(error, Overdue):
        return f"importing it took longer than {IMPORT_SECONDS:g} s; move work out of the module's body"
    if isinstance(error, SyntaxError):
        line = f"line {error.lineno} of {error.filename}" if error.lineno else "the file"
        return f"syntax error in {line}: {error.msg}; correct it"
    raised = f"importing it raised {told(error, str(file.absolute()))}"
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"{raised}; it needs {error.name!r}: {_remedy(error.name, file)}"
    return f"{raised}; it must import without an error"


def _remedy(missing: str, file: Path) -> str:
    """How a file gets a module that it did not find."""
    top = missing.partition(".")[0]
    if top != missing and top in sys.modules:
        return f"there is a {top!r}, but without it; correct the import"
    if file.suffix == ".py" and ((file.parent / f"{top}.py").exists() or (file.parent / top).is_dir()):
        return f"put its folder on PYTHONPATH: {file.resolve().parent}"
    return "install it"


def _problem(target: str, message: str) -> Loaded:
    return Loaded(problems=(Problem(target, message),))
