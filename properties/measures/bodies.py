"""Which code of a library runs in a call: implementations that run the same functions are one body in other settings.

Functions are the same where their instructions and numbers are, whatever their names, texts and places. A module that
is called counts with what builds it, if that lies in a file of which something is called.
"""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

from impls import Implementation
from impls.door.far import Far
from properties.subjects import place_of, subject_of

LIBRARIES = "site-packages/"
NUMBERS = ("torch", "numpy")
"""The libraries that all code is written in."""


def body(implementation: Implementation) -> str | None:
    """A fingerprint of the functions of its library that the plainest call runs; None where Python does not see them.

    Raises what the code raises.
    """
    if isinstance(implementation.function, Far):
        return None
    case = place_of(implementation).smoke.within(implementation)
    code: Any = subject_of(implementation, implementation.checked_dtypes[0], case).code
    inputs = code.inputs()
    with _watched() as building:
        code.door.build(code.setup.instance)
    with _watched() as calling:
        code.answer(*inputs)
    files = {each.co_filename for each in calling}
    run = sorted({repr(_plain(each)) for each in (*building, *calling) if each.co_filename in files})
    return hashlib.sha256("".join(run).encode()).hexdigest()[:12] if run else None


@contextmanager
def _watched() -> Iterator[list[CodeType]]:
    """In the block, the functions of libraries that are entered."""
    entered, before = list[CodeType](), sys.getprofile()

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and _is_of_a_library(frame.f_code):
            entered.append(frame.f_code)

    sys.setprofile(watch)
    try:
        yield entered
    finally:
        sys.setprofile(before)


def _is_of_a_library(code: CodeType) -> bool:
    _, found, inside = code.co_filename.rpartition(LIBRARIES)
    return bool(found) and inside.partition("/")[0] not in NUMBERS


def _plain(code: CodeType) -> tuple[bytes, tuple[Any, ...]]:
    constants = [each for each in code.co_consts if not isinstance(each, str)]
    return code.co_code, tuple(_plain(each) if isinstance(each, CodeType) else each for each in constants)
