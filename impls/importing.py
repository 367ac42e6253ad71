"""A file or a module is imported, and what it registers is found: all that a process needs which holds a plug-in."""

import importlib
import importlib.util
import pkgutil
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import FunctionType, ModuleType

import impls.forms
import impls.zoo
from impls.marker import REGISTERED, Registration
from impls.strangers import Overdue, told

IMPORT_SECONDS = 60.0
NULL_BYTES = "null bytes"
"""Earlier releases of Python 3.11 raise a ValueError for a file that has some, later ones a SyntaxError."""


class Absent(LookupError):
    """There is nothing of that name; the message says what was expected."""


OWN: Mapping[str, ModuleType] = {package.__name__: package for package in (impls.forms, impls.zoo)}
"""Where the suite's own forms are, and the published implementations."""


def own_modules(package: str, *, tables: bool) -> list[str]:
    """The modules of one of OWN, in order; libraries with a table of rows are among them where that is asked for."""
    found = pkgutil.iter_modules(OWN[package].__path__, f"{package}.")
    return [module.name for module in found if tables or not module.ispkg]


def import_module(name: str) -> ModuleType:
    """A module by its name. Raises Absent where there is none, and what its body raises."""
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


def import_file(path: Path) -> ModuleType:
    """A file as a module of its own name. Raises Absent where there is none, and what its body raises."""
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


def untold(error: BaseException, file: Path, seconds: float = IMPORT_SECONDS) -> str:
    """What was wrong with an import, which had so many seconds, and what to change."""
    if isinstance(error, Absent):
        return str(error)
    if isinstance(error, Overdue):
        return f"importing it took longer than {seconds:g} s; move work out of the module's body"
    if isinstance(error, ValueError) and NULL_BYTES in str(error):
        return f"syntax error in the file: {error}; correct it"
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


def belonging(module: ModuleType) -> tuple[Registration, ...]:
    """What was registered while a module was imported, and what belongs to others that it names.

    Those may have been imported before. What belongs to the suite itself is left out, for a plug-in may use it.
    """
    own, named = module.__name__, _named(module)
    return tuple(
        one
        for one in REGISTERED
        if one.modules[0] == own
        or ((own in one.modules or one.modules[0] in named) and not one.modules[0].startswith("impls."))
    )


def _named(module: ModuleType) -> set[str]:
    """The modules that a module names, or something of them; its own parts come with its body, if they do."""
    things = [each for each in vars(module).values() if isinstance(each, ModuleType | FunctionType | type)]
    names = {each.__name__ if isinstance(each, ModuleType) else each.__module__ for each in things}
    return {name for name in names if not name.startswith(f"{module.__name__}.")}
