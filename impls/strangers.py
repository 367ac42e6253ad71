"""Calls of strangers come back, and in time, or are given up; and their errors are told in one line."""

import signal
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from impls.door.misbehaviour import words_of

LONGEST = 300
SOON = 1e-3
"""What is left at least of a time that is up."""
AGAIN = 5.0
"""After so many seconds it is said again that the time is up: Python drops what is raised while it cleans up."""


class Left(Exception):
    """What was called tried to end more than the call: by sys.exit, or by an exception of a test runner."""


class Overdue(BaseException):
    """The time is up. Not an Exception, so that code which catches everything cannot swallow it."""


@contextmanager
def contained() -> Iterator[None]:
    """Raise Left where the block raises what `except Exception` lets through, other than an interrupt."""
    try:
        yield
    except (Exception, KeyboardInterrupt, Overdue):
        raise
    except BaseException as error:
        raise Left(f"raised {type(error).__name__}: {error}") from error


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise Overdue in the block after that many seconds, or as soon as that of a block around it is due.

    An error that comes of this is Overdue as well: what is interrupted in the middle may break in its own way.
    Needs the main thread of a Unix process; elsewhere there is no limit. Native code is interrupted on its return.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        yield
        return

    due = list[int]()

    def give_up(number: int, frame: FrameType | None) -> None:
        due.append(number)
        raise Overdue

    previous, start = signal.signal(signal.SIGALRM, give_up), time.monotonic()
    around, _ = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    if 0 < around < seconds:
        signal.setitimer(signal.ITIMER_REAL, around, AGAIN)
    try:
        yield
    except Exception as error:
        if due:
            raise Overdue from error
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
        if around:
            signal.setitimer(signal.ITIMER_REAL, max(around - (time.monotonic() - start), SOON), AGAIN)


def told(error: BaseException, file: str | None) -> str:
    """One line such as `ValueError: the dimension is odd (line 12)`, a line of `file`."""
    kind, words = type(error).__name__, words_of(error).strip().splitlines()
    said = f": {words[0]}" if words else ""
    if len(said) > LONGEST:
        said = said[:LONGEST] + " ..."
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if file is not None and frame.filename == file]
    return f"{kind}{said}" + (f" (line {lines[-1]})" if lines else "")
