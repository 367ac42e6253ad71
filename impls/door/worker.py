"""What a process does that holds a plug-in: import it, tell what it registers, answer requests. It knows no truth.

The suite's own forms, adapters and checks cannot be imported here: what is right has to come from the plug-in itself.
"""

import os
import pickle
import signal
import sys
import warnings
from collections.abc import Sequence
from dataclasses import fields
from importlib.abc import MetaPathFinder
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from impls.door.crossing import Answer, Cost
from impls.door.devices import HOST, is_lost
from impls.door.fence import fence
from impls.door.limits import Limits
from impls.door.misbehaviour import Malformed, Raised, words_of
from impls.door.near import Near, near_of
from impls.door.processes import end_with_parent
from impls.door.settings import Settings, settings
from impls.door.signatures import signature_of
from impls.door.wire import packed
from impls.importing import belonging, import_file, import_module, untold
from impls.marker import Declaration, Registration, name_of
from impls.strangers import told

OWN = ("impls.forms.", "impls.zoo.", "impls.faults.")
"""What belongs to the suite itself, and may know of one another."""
SEALED = ("impls.forms", "impls.zoo", "impls.faults", "properties", "reports", "spec")


class Sealed(MetaPathFinder):
    """Refuses what knows the truth."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Raise ImportError for a part of the suite that a plug-in may not have."""
        if f"{fullname}.".startswith(tuple(f"{name}." for name in SEALED)):
            raise ImportError(f"{fullname} is not there for what is checked: bring all that the code needs")


def serve(connection: Connection, printed: Connection, target: str, limits: Limits) -> None:
    """Tell what a file or a module registers, then answer until nobody asks."""
    _settle(printed, limits, sealed=not f"{target}.".startswith(OWN))
    usual = settings()
    pid, doors = os.getpid(), dict[tuple[int, int], Near]()
    _send(connection, pid, ("begun",))
    try:
        registrations = _imported(target)
        _send(connection, pid, ("registered", [_described(one) for one in registrations]))
    except BaseException as error:
        _send(connection, pid, ("problem", untold(error, Path(target))))
        return
    files = [getattr(sys.modules.get(one.modules[0]), "__file__", None) for one in registrations]
    while True:
        try:
            index, token, gone, what, arguments = pickle.loads(connection.recv_bytes())
        except EOFError:
            return
        for key in [key for key in doors if key[1] in gone]:
            del doors[key]
        one = registrations[index]
        near = doors.setdefault((index, token), near_of(one.function, one.declared))
        _send(connection, pid, _reply(near, what, arguments, files[index], usual))


def _settle(printed: Connection, limits: Limits, *, sealed: bool) -> None:
    """Become a process that can be ended with all that it starts, and can do no harm to others."""
    os.setsid()
    end_with_parent()
    for number in (1, 2):
        os.dup2(printed.fileno(), number)
    sys.stdout, sys.stderr = (os.fdopen(os.dup(number), "w", buffering=1) for number in (1, 2))
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    torch.set_num_threads(1)
    if sealed:
        sys.meta_path.insert(0, Sealed())
    fence()
    limits.impose()


def _imported(target: str) -> Sequence[Registration]:
    module: ModuleType = import_file(Path(target)) if target.endswith(".py") else import_module(target)
    return belonging(module)


def _described(one: Registration) -> dict[str, Any]:
    """A registration in plain values."""
    declared = {field.name: _plain(getattr(one.declared, field.name)) for field in fields(Declaration)}
    declared["apply"] = one.declared.apply is not None
    return {
        "declared": declared,
        "name": name_of(one.function),
        "modules": list(one.modules),
        "file": one.file,
        "source": getattr(sys.modules.get(one.modules[0]), "__file__", None),
        "callable": callable(one.function),
        "class": isinstance(one.function, type),
        "kind": type(one.function).__name__,
        "doc": str(getattr(one.function, "__doc__", None) or ""),
        "signature": _signature(one.function),
    }


def _plain(value: Any) -> Any:
    """A declared value, with dtypes of torch by their names, so that it is told what was given."""
    if isinstance(value, tuple | list):
        return type(value)(map(_plain, value))
    return str(value) if isinstance(value, torch.dtype) else value


def _signature(function: Any) -> list[Any] | None:
    """The parameters: name, kind, and the texts of default and annotation, as far as there are any; None if unread."""
    try:
        signature = signature_of(function)
    except Exception:
        return None
    return [
        [p.name, int(p.kind), *(None if each is p.empty else _text(each) for each in (p.default, p.annotation))]
        for p in signature.parameters.values()
    ]


def _text(thing: Any) -> str:
    if isinstance(thing, type):
        return thing.__name__ if thing.__module__ == "builtins" else f"{thing.__module__}.{thing.__qualname__}"
    try:
        return repr(thing)
    except Exception:
        return "..."


def _reply(
    near: Near, what: str, arguments: Sequence[Any], file: str | None, usual: Settings | None
) -> tuple[Any, ...]:
    """What came of a request."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            done = getattr(near, what)(*arguments, *([usual] if what == "changes" else []))
        return "value", _said(done) if what in ("ask", "measured") else done
    except Raised as error:
        cause = error.__cause__
        if cause and is_lost(str(getattr(arguments[0], "device", HOST)), cause):
            return "spoiled", error.kind, error.said, told(cause, file)
        return "raised", error.kind, error.said, told(cause, file) if cause else ""
    except Malformed as error:
        return "malformed", words_of(error)
    except BaseException as error:
        return "left", f"raised {told(error, file)}"


def _said(done: Answer | Cost) -> dict[str, Any]:
    """What of an answer is not what it is where nothing is said."""
    return {one.name: value for one in fields(done) if (value := getattr(done, one.name)) is not one.default}


def _send(connection: Connection, pid: int, reply: tuple[Any, ...]) -> None:
    """Send a reply, unless this is a copy of the process that the plug-in has made."""
    if os.getpid() != pid:
        os._exit(0)
    connection.send_bytes(packed(reply))
