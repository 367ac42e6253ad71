"""Judging on several cores: while this process takes one task after the other, copies of it begin with the last."""

import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from typing import Any

from impls.door.processes import end_with_parent

FEW = 40
"""So many tasks are done before a copy has begun."""
Task = Callable[[], Any]
FORKED = multiprocessing.get_context("fork") if sys.platform == "linux" else None
"""A copy has everything that this process has, so that only the numbers of tasks are sent. Only on Linux is it safe."""


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Tasks:
    """Tasks that several processes do, each of them once."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        assert FORKED is not None
        self.tasks, self.taken = tasks, FORKED.Array("b", len(tasks))

    def takes(self, at: int) -> bool:
        """Whether a task is this process's to do: no other one has begun with it, and none will."""
        with self.taken.get_lock():
            self.taken[at], before = 1, self.taken[at]
        return not before

    def done(self, at: int) -> tuple[Any] | None:
        """What a task returns, in a tuple; None where another process has begun with it."""
        return (self.tasks[at](),) if self.takes(at) else None


SHARED = list[Tasks]()
"""Those of now, where a copy of this process finds them."""


@contextmanager
def ahead(tasks: Sequence[Task], jobs: int) -> Iterator[Callable[[Task], Any]]:
    """In the block, a function that does a task, or waits for the one of so many processes that has begun with it.

    Tasks are asked for in their order. What a task returns, or raises, is sent from one process to another.
    """
    copies = min(jobs - 1, len(tasks) // FEW) if FORKED else 0
    if copies < 1:
        yield lambda task: task()
        return
    shared, pool = Tasks(tasks), ProcessPoolExecutor(copies, FORKED, _begin)
    SHARED[:], others = [shared], multiprocessing.active_children()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        futures = [pool.submit(_done, at) for at in reversed(range(len(tasks)))][::-1]
    own = [each for each in multiprocessing.active_children() if each not in others]
    places = {id(task): at for at, task in enumerate(tasks)}

    def done(task: Task) -> Any:
        at = places[id(task)]
        if not shared.takes(at):
            with suppress(BrokenProcessPool):
                if found := futures[at].result():
                    return found[0]
        return task()

    try:
        yield done
    finally:
        for process in own:
            process.kill()
        pool.shutdown()
        SHARED.clear()


def _begin() -> None:
    """Leave what stops the run to the process that is copied, and end with it."""
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _done(at: int) -> Any:
    return SHARED[0].done(at)
