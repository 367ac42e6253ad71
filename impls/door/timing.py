"""Seconds, and what they are next to a copy of the same bytes.

Times on a shared machine say little; ratios inside one round say more. A round is A B C: a copy of the result's bytes
into a buffer, the same copy again, the call. Reported are the median of C / A over the rounds and, as the noise floor,
the median of B / A. Seconds are the processor's, of all threads: those that it gives to other programs do not count.
"""

import ctypes
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import process_time

import torch
from torch import Tensor

MINIMUM_ROUNDS, MAXIMUM_ROUNDS = 3, 51
SECONDS = 0.01  # for the rounds of one call
BLOCK = 2e-4  # seconds, long for the clock and the caches

TRIM_THRESHOLD, TOP_PAD, MMAP_MAX = -1, -2, -4  # of glibc's malloc.h


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Seconds of one call, and two ratios inside a round: of the call to the copy, and of the copy to itself."""

    seconds: float
    ratio_to_copy: float
    noise: float


class Rounds:
    """The rounds of one call that returns a tensor: `count` of them are worth their time.

    `share`: what part of all that the call makes that tensor is; its time is that over a copy of all.
    """

    def __init__(self, call: Callable[[], Tensor], share: float = 1.0) -> None:
        self._call, self._share = call, share
        self._source = call().detach().clone(memory_format=torch.contiguous_format)
        self._target = torch.empty_like(self._source)
        self._rounds: list[tuple[float, float, float]] = []
        once = {each: _seconds(each, 1) for each in (self._copy, call)}
        self._repeats = {each: max(1, round(BLOCK / max(seconds, 1e-7))) for each, seconds in once.items()}
        round_seconds = max(once[call], BLOCK) + 2 * max(once[self._copy], BLOCK)
        self.count = min(max(MINIMUM_ROUNDS, int(SECONDS / round_seconds)), MAXIMUM_ROUNDS)

    def run(self) -> None:
        """One more round: the copy, the copy again, the call."""
        copied, again, called = (_seconds(each, self._repeats[each]) for each in (self._copy, self._copy, self._call))
        self._rounds.append((copied, again, called))

    def timing(self) -> Timing:
        """The medians over the rounds so far."""
        return Timing(
            seconds=median(called for _, _, called in self._rounds),
            ratio_to_copy=median(called / copied for copied, _, called in self._rounds) * self._share,
            noise=median(again / copied for copied, again, _ in self._rounds),
        )

    def _copy(self) -> Tensor:
        return self._target.copy_(self._source)


def timed(call: Callable[[], Tensor], share: float = 1.0) -> Timing:
    """Time a call in rounds with a copy of its result's bytes: for about SECONDS, in MINIMUM_ROUNDS or more.

    To be called in `quiet`.
    """
    rounds = Rounds(call, share)
    for _ in range(rounds.count):
        rounds.run()
    return rounds.timing()


@contextmanager
def quiet() -> Iterator[None]:
    """No gradients, one thread (two of them wait for each other where cores are shared), and no page faults."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    keep_freed_memory()
    try:
        with torch.no_grad():
            yield
    finally:
        torch.set_num_threads(threads)


def keep_freed_memory() -> None:
    """Have glibc keep freed blocks, for the rest of the process; with another C library, do nothing.

    It otherwise returns large blocks to the system, and every fresh result then costs the page faults of getting them
    back: several times a copy, for all implementations alike.
    """
    if platform.libc_ver()[0] == "glibc":
        allocator = ctypes.CDLL(None)
        for option, value in ((MMAP_MAX, 0), (TRIM_THRESHOLD, 2**31 - 1), (TOP_PAD, 2**26)):
            allocator.mallopt(option, value)


def _seconds(call: Callable[[], Tensor], repeats: int) -> float:
    """Seconds of one call: the mean over a block, after calls that warm the caches and fault the pages in."""
    for _ in range(max(1, repeats - 1)):
        call()
    started = process_time()
    for _ in range(repeats):
        call()
    return (process_time() - started) / repeats
