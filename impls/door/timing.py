"""Seconds, and what they are next to those of the least that the same result takes.

Times on a shared machine say little; ratios inside one round say more. A round is A B C: the floor, the floor again,
the call. Reported are the median of C / A over the rounds and, as the noise, the median of B / A. Where a smaller part
of the work is timed in the same rounds, as c beside its floor a, (C - c) / (A - a) is what the work costs without what
a call does but once, such as making tables. On the host seconds are the processor's, of all threads: those that it
gives to other programs do not count; on another device they are those between two of its events.
"""

import ctypes
import platform
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from time import process_time
from typing import Any

import torch

from impls.door.devices import HOST, kind_of

MINIMUM_ROUNDS, MAXIMUM_ROUNDS = 3, 51
SECONDS = 0.01  # for the rounds of one call
AGREED = 0.25  # of the ratio: within so much half of the rounds have to agree on what applying takes of it
BLOCK = 2e-4  # seconds, long for the clock and the caches
TIMED_AT_MOST, FEW_FAULTS = 3, 64  # so often a block is timed, where more pages than these are faulted in
WARMED, WARMING = 4, 4e-3  # calls before those that are timed, and seconds that they may take

TRIM_THRESHOLD, TOP_PAD, MMAP_MAX = -1, -2, -4  # of glibc's malloc.h

Call = Callable[[], Any]


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Seconds of one call, and ratios inside a round: of the call to its floor, and of the floor to itself.

    `applying` is that part of the ratio which grows with the work; the rest is done once a call, whatever its size.
    None where there was no smaller part, or the rounds do not agree.
    """

    seconds: float
    ratio: float
    noise: float
    applying: float | None


@dataclass(frozen=True)
class Pair:
    """A call and its floor; `share`: what part of all that the call makes the floor has to do with."""

    call: Call
    floor: Call
    share: float = 1.0


class Rounds:
    """The rounds of one call: `count` of them are worth their time."""

    def __init__(self, whole: Pair, part: Pair | None = None, device: str = HOST, seconds: float = SECONDS) -> None:
        self._pairs = (whole,) if part is None else (whole, part)
        self._device = device
        self._rounds: list[list[float]] = []
        calls = [each for pair in self._pairs for each in (pair.floor, pair.floor, pair.call)]
        once = [self._seconds(each, 1, 1) for each in calls]
        self._blocks = [(call, *_block(taken)) for call, taken in zip(calls, once, strict=True)]
        self.count = min(max(MINIMUM_ROUNDS, int(seconds / sum(max(taken, BLOCK) for taken in once))), MAXIMUM_ROUNDS)

    def run(self) -> None:
        """One more round."""
        self._rounds.append([self._seconds(*block) for block in self._blocks])

    def measured(self) -> Timing:
        """All of them, one after the other. To be called in `quiet`."""
        for _ in range(self.count):
            self.run()
        return self.timing()

    def timing(self) -> Timing:
        """The medians over the rounds so far."""
        whole = self._pairs[0]
        return Timing(
            seconds=median(called for _, _, called, *_ in self._rounds),
            ratio=(ratio := median(called / floor for floor, _, called, *_ in self._rounds) * whole.share),
            noise=median(again / floor for floor, again, *_ in self._rounds),
            applying=self._applying(ratio) if len(self._pairs) > 1 else None,
        )

    def _applying(self, ratio: float) -> float | None:
        """The median of what more work costs over what more of the floor does; None where the rounds do not agree.

        Neither it nor what is left of the ratio is less than nothing.
        """
        shares = [pair.share for pair in self._pairs]
        grown = [
            (called * shares[0] - less * shares[1]) / (floor - lower)
            for floor, _, called, lower, _, less in self._rounds
            if floor > lower
        ]
        if len(grown) < MINIMUM_ROUNDS:
            return None
        low, middle, high = quantiles(grown, n=4, method="inclusive")
        return min(max(middle, 0.0), ratio) if high - low <= AGREED * ratio else None

    def _seconds(self, call: Call, warm: int, repeats: int) -> float:
        """Seconds of one call: the mean over a block, after calls that warm the caches and fault the pages in."""

        def block() -> None:
            for _ in range(repeats):
                call()

        for _ in range(warm):
            call()
        return seconds_of(block, self._device) / repeats


def _block(taken: float) -> tuple[int, int]:
    """How often a call of so many seconds is made, before it is timed and then; a long one warms the caches itself."""
    repeats = max(1, round(BLOCK / max(taken, 1e-7)))
    return max(repeats - 1, min(WARMED, int(WARMING / max(taken, 1e-7)))), repeats


def seconds_of(block: Call, device: str) -> float:
    """How long it takes: by the processor's clock, or by the device's own events, so that no launch is waited for."""
    if kind_of(device) == HOST:
        return _on_the_host(block)
    begin, end = (torch.Event(device, enable_timing=True) for _ in range(2))
    begin.record()
    block()
    end.record()
    end.synchronize()
    return begin.elapsed_time(end) / 1000


def _on_the_host(block: Call) -> float:
    """Seconds of the processor; what has pages faulted in all the same is timed again."""
    for _ in range(TIMED_AT_MOST):
        faults, started = _page_faults(), process_time()
        block()
        seconds = process_time() - started
        if _page_faults() - faults <= FEW_FAULTS:
            break
    return seconds


def _page_faults() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


@contextmanager
def quiet() -> Iterator[None]:
    """No gradients, one thread (two of them wait for each other where cores are shared), and few page faults."""
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
