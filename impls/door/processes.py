"""Where processes for plug-ins come from: one that has imported torch and no plug-in, of which each is a copy."""

import multiprocessing
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from types import ModuleType
from typing import Any

PROCESSES: Any = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["impls.door.worker"])


def prepare() -> None:
    """Start the process that is copied, which takes as long as to import torch, while others go on."""
    with no_main():
        forkserver.ensure_running()


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
