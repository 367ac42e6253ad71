"""Code in a process of its own, which may end, hang or lie without harm to those who ask it."""

import inspect
import itertools
import os
import select
import signal
import sys
import time
import weakref
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any

from impls.door import replies
from impls.door.crossing import Answer, Cost, Floor, Instance, Request
from impls.door.devices import HOST
from impls.door.limits import KIBI, Limits
from impls.door.processes import PROCESSES, hold, inherit, no_main, uninterrupted
from impls.door.wire import Garbled, sent, unpacked

BEGINNING = -1
"""In the place of the index of a registration, where the process begins."""
ENOUGH = 2
"""How often a process may be lost before it is given up."""
GIVEN_UP = "given up: "
"""What begins the reason."""
AT_ONCE = 6
"""How many targets have a process at the same time: the libraries of many would fill the memory."""
LARGEST = 2**31
"""Of a message, in bytes."""
TOKENS, TURNS = itertools.count(), itertools.count()


class Lost(Exception):
    """The process that holds an implementation ended, or had to be ended; the message says how."""


class GivenUp(Lost):
    """It is not asked any more."""


@dataclass
class Account:
    """What one registration has cost: how its process was lost, and the seconds of its calls."""

    lost: list[str] = field(default_factory=list)
    used: float = 0.0


class Worker:
    """The process that holds what one target registers; a new one, where it was lost."""

    def __init__(self, target: str, limits: Limits) -> None:
        self.target, self.limits = target, limits
        self.gone, self.held = list[int](), list[Any]()
        self.accounts = defaultdict[int, Account](Account)
        self.asked, self.index = self.accounts[BEGINNING], BEGINNING
        self.connection: Connection | None = None
        self.replied = select.poll()
        self.turn = 0
        WORKERS.add(self)
        weakref.finalize(self, _end, self.held)

    def described(self) -> list[Mapping[str, Any]]:
        """What the target registers, in plain values, once its process has begun.

        Raises Lost, and ImportError, which says what is wrong.
        """
        kind, told = self._exchange(None)
        if kind != "registered":
            raise ImportError(str(told))
        return list(told)

    def ask(self, index: int, token: int, what: str, *arguments: Any) -> Any:
        """What a registration answers. Raises Raised, Malformed and Left as the code does, and Lost."""
        if self.limits.device != HOST:
            self._alone_on_the_device(index)
        self.asked, self.index = self.accounts[index], index
        if len(self.asked.lost) >= ENOUGH:
            last = self.asked.lost[-1]
            raise GivenUp(f"{GIVEN_UP}its process was lost {ENOUGH} times, the last time because {last}")
        if self.asked.used >= self.limits.seconds:
            raise GivenUp(f"{GIVEN_UP}its calls have taken more than {self.limits.seconds:g} s together")
        self.turn = next(TURNS)
        if not self.held:
            self.begin()
            self.described()
        gone, self.gone[:] = tuple(self.gone), []
        reply = self._exchange((index, token, gone, what, arguments))
        if reply[0] == "spoiled":
            self.end()
        return replies.told(reply)

    def _alone_on_the_device(self, index: int) -> None:
        """End what else holds a part of its memory: one registration at a time is there."""
        for other in [each for each in WORKERS if each is not self and each.held and each.limits.device != HOST]:
            other.end()
        if self.index not in (BEGINNING, index):
            self.end()

    def begin(self) -> None:
        """Start a process, which begins to import the target; of too many, those end that were asked longest ago."""
        self.turn = next(TURNS)
        for other in sorted((each for each in WORKERS if each.held), key=lambda each: each.turn)[: 1 - AT_ONCE]:
            other.end()
        mine, its = PROCESSES.Pipe()
        printed, out = PROCESSES.Pipe(duplex=False)
        process = PROCESSES.Process(target=hold, args=(its, out, self.target, self.limits), daemon=True)
        with no_main(), uninterrupted():
            process.start()
        its.close()
        out.close()
        self.held[:] = [process]
        self.connection, self.replied = mine, select.poll()
        self.replied.register(mine, select.POLLIN)
        Thread(target=_passed_on, args=(printed, self.limits, self.target), daemon=True).start()
        self._exchange(None)

    def _exchange(self, message: Any) -> Any:
        """The reply to a message, or the first word of the process; where none comes, the process is ended."""
        start, connection = time.monotonic(), self.connection
        assert connection is not None
        try:
            if message is not None:
                connection.send_bytes(sent(message))
            if not self.replied.poll(1000 * max(self.limits.seconds - self.asked.used, 1.0)):
                raise Garbled(f"nothing within the {self.limits.seconds:g} s that it has")
            reply = unpacked(connection.recv_bytes(LARGEST))
            if not (isinstance(reply, tuple) and reply and isinstance(reply[0], str)):
                raise Garbled("what came has no name")
            return reply
        except (EOFError, OSError):
            raise self._ended() from None
        except Garbled as garbled:
            self.end(f"the code answered what cannot be read: {garbled}")
            raise Lost(self.asked.lost[-1]) from None
        except BaseException:
            self.end("the code did not come back in time, and was stopped")
            raise
        finally:
            self.asked.used += time.monotonic() - start

    @contextmanager
    def forgiven(self) -> Iterator[None]:
        """In the block, the loss of the process does not count."""
        before = {index: len(account.lost) for index, account in self.accounts.items()}
        try:
            yield
        finally:
            for index, account in self.accounts.items():
                del account.lost[before.get(index, 0) :]

    def _ended(self) -> Lost:
        process = self.held[0]
        process.join(1.0)
        self.end(_how(process.exitcode))
        return Lost(self.asked.lost[-1])

    def end(self, how: str | None = None) -> None:
        """End the process, and all that it has started."""
        _end(self.held)
        if how is not None:
            self.asked.lost.append(how)


WORKERS = weakref.WeakSet[Worker]()


def _let_go() -> None:
    """In a copy of this process, leave the processes of plug-ins to it: the copy begins its own."""
    inherit()
    for each in WORKERS:
        each.held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


class Far:
    """What stands for a callable that is in another process: its name, and what it takes."""

    def __init__(self, process: Worker, index: int, described: Mapping[str, Any]) -> None:
        self.process, self.index, self.described = process, index, described
        self.__name__ = str(described["name"])
        self.__doc__ = str(described["doc"])
        self.file = described["source"]
        self.taken = dict[tuple[Instance, str], bool]()
        if described["signature"] is not None:
            self.__signature__ = inspect.Signature([_parameter(*each) for each in described["signature"]])

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Raise TypeError: it is asked through its door."""
        raise TypeError(f"{self.__name__} is in a process of its own")

    def near(self) -> "FarDoor":
        """A door of its own, behind which nothing has been built."""
        return FarDoor(self)


class FarDoor:
    """A door to code in another process: the same questions as of `Near`."""

    def __init__(self, far: Far) -> None:
        self.far, self.token = far, next(TOKENS)
        weakref.finalize(self, far.process.gone.append, self.token)

    def _ask(self, what: str, *arguments: Any) -> Any:
        return self.far.process.ask(self.far.index, self.token, what, *arguments)

    def build(self, wanted: Instance) -> None:
        """Have the callable built."""
        self._ask("build", wanted)

    def takes(self, wanted: Instance, keyword: str) -> bool:
        """Whether the callable takes this keyword argument, which is asked once."""
        known, asked = self.far.taken, (wanted, keyword)
        if asked not in known:
            known[asked] = bool(self._ask("takes", wanted, keyword))
        return known[asked]

    def measured(self, request: Request, part: Request | None, floor: Floor, seconds: float) -> Cost:
        """What one call costs, as its process tells it."""
        return replies.cost(self._ask("measured", request, part, floor, seconds))

    def changes(self, request: Request) -> list[str]:
        """Which settings of its process are, after a call, not as its plug-in found them, in words."""
        return replies.sound(lambda told: [str(each) for each in told], self._ask("changes", request))

    def ask(self, request: Request) -> Answer:
        """Call the code."""
        return replies.answer(self._ask("ask", request), request)


class _Shown:
    """A default or an annotation that is only told."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _parameter(name: str, kind: int, default: str | None, annotation: str | None) -> inspect.Parameter:
    shown = [inspect.Parameter.empty if each is None else _Shown(each) for each in (default, annotation)]
    return inspect.Parameter(name, inspect._ParameterKind(kind), default=shown[0], annotation=shown[1])


def _how(status: int | None) -> str:
    """How a process ended, or why it has to be ended, where it has no exit status yet."""
    if status is None:
        return "the code closed the connection of its process"
    if status < 0:
        return f"the code ended its process by the signal {signal.Signals(-status).name}"
    return f"the code ended its process with the exit status {status}"


def _end(held: list[Any]) -> None:
    for process in held:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.join(5.0)
    held.clear()


def _passed_on(printed: Connection, limits: Limits, target: str) -> None:
    """Pass on what a process prints, as far as it may."""
    left = int(limits.output * KIBI)
    with suppress(OSError):
        while text := os.read(printed.fileno(), 1 << 16):
            if left > 0:
                print(text[:left].decode(errors="replace"), end="", file=sys.stderr, flush=True)
                if len(text) >= left:
                    print(f"\n[{target} prints more than {limits.output:g} kB: the rest is left out]", file=sys.stderr)
            left -= len(text)
