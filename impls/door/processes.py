"""Where processes for plug-ins come from: one that has imported torch and no plug-in, of which each is a copy."""

import ctypes
import gc
import multiprocessing
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from types import ModuleType
from typing import Any

PROCESSES: Any = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["impls.door.copied"])


def hold(*given: Any) -> None:
    """Hold a plug-in, in a process that has imported what it takes: whoever starts it has not."""
    from impls.door.worker import serve

    serve(*given)


WITH_PARENT = 1
"""PR_SET_PDEATHSIG: end when the parent ends."""


def end_with_parent() -> None:
    """Have this process killed when the one that has made it ends, where the system knows how."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(WITH_PARENT, signal.SIGKILL)


def prepare() -> None:
    """Start the process that is copied, which takes as long as to import torch, while others go on."""
    with no_main():
        forkserver.ensure_running()


def inherit() -> None:
    """In a copy of this process, rely on the one that makes processes: it is no child of the copy, to be waited for."""
    server: Any = getattr(forkserver.ensure_running, "__self__")  # noqa: B009
    server.ensure_running = lambda: None


@contextmanager
def for_good() -> Iterator[None]:
    """In the block, what is imported stays: nobody looks through it for garbage, now or later, here or in a copy."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def uninterrupted() -> Iterator[None]:
    """In the block, no signal is heard: the process that is copied ends where it is asked for half a copy."""
    asked = (signal.SIGALRM, signal.SIGINT, signal.SIGTERM)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, asked)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def no_main() -> Iterator[None]:
    """In the block, there is no main program that a new process would have to run again."""
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
