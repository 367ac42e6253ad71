"""Some packages hold a good leaf module and do not import as a whole: a dependency is missing, or too new.

`leaf("torchtune.modules.position_embeddings")` runs that file, and what it imports relatively, but the
`__init__` of none of its parents. It lives under the name `bare_torchtune...`, so that whoever imports the
package itself, before or after, gets the package itself.
"""

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType


def leaf(name: str) -> ModuleType:
    """Import the module `name` without the packages that it lies in.

    Raises ImportError if its distribution is not installed, or if the module cannot be imported even so.
    """
    folder = folder_of(name)
    root, *path = name.split(".")
    for depth in range(len(path)):
        parents = path[:depth]
        hollow(".".join([f"bare_{root}", *parents]), folder.joinpath(*parents))
    return imported(".".join([f"bare_{root}", *path]), name)


def folder_of(name: str) -> Path:
    """Where the package lies that a module belongs to. Raises ImportError where it is not installed."""
    root = name.partition(".")[0]
    spec = find_spec(root)
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(f"{name}: expected a package {root!r} to be installed, found none")
    return Path(next(iter(spec.submodule_search_locations)))


def hollow(name: str, folder: Path) -> None:
    """Put a package under `name`, unless there is one, that finds the modules of `folder` and has run nothing."""
    if name not in sys.modules:
        package = ModuleType(name, f"The modules of {folder}, without its __init__.")
        package.__path__ = [str(folder)]
        package.__spec__ = ModuleSpec(name, None, is_package=True)
        package.__spec__.submodule_search_locations = package.__path__
        sys.modules[name] = package


def imported(name: str, called: str) -> ModuleType:
    """A module, by the name that it has here. Raises ImportError, with the one that it is called by, where it fails."""
    try:
        return import_module(name)
    except Exception as error:
        raise ImportError(f"{called}: cannot be imported by itself from {folder_of(called)}: {error}") from error
