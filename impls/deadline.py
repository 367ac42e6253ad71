"""Calls of strangers come back in time, or are given up."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Overdue(BaseException):
    """The time is up. Not an Exception, so that code which catches everything cannot swallow it."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise Overdue in the block after that many seconds.

    Needs the main thread of a Unix process; elsewhere there is no limit. Native code is interrupted on its return.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        yield
        return

    def give_up(number: int, frame: FrameType | None) -> None:
        raise Overdue

    previous = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
