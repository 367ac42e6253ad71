"""What a check sees: code that answers, and beside it the truth. Neither knows the other.

    agreement(s.code.output(x, p), s.truth.output(x, p), s.truth.bound(x, p))

Each place where an encoding acts has a file in this folder that says how code of that kind is asked and what is true of
its results. What all kinds can do is listed here; what only some can do is a method of these alone.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

import numpy as np

from impls import Implementation
from impls.door.crossing import Floor
from properties.cases import real
from properties.cases.case import Case
from properties.cases.families import Family
from properties.cases.mistaken import MISTAKEN
from properties.subjects.door import Door
from properties.subjects.protocols import (
    AttendingCode,
    AttendingTruth,
    Code,
    HandedCode,
    HandedTruth,
    SummingCode,
    SummingTruth,
    Truth,
)
from properties.subjects.setup import Setup
from spec import Encoding

SMOKED = Case(dim=8, positions=(1, 2, 3, 4, 5))
"""The plainest case: five tokens of eight coordinates."""


C = TypeVar("C", bound=Code, covariant=True)
T = TypeVar("T", bound=Truth, covariant=True)


@dataclass(frozen=True)
class Subject(Generic[C, T]):
    """Code and truth of one implementation, at one dtype, on one case."""

    code: C
    truth: T

    @property
    def setup(self) -> Setup:
        """What both were told."""
        return self.code.setup

    @property
    def case(self) -> Case:
        """The case."""
        return self.setup.case

    @property
    def encoding(self) -> Encoding:
        """The encoding that the code claims to be."""
        return self.setup.encoding

    @property
    def implementation(self) -> Implementation:
        """The code, and what it declares."""
        return self.setup.implementation

    def draw(self, name: str, rows: int | None = None) -> np.ndarray:
        """The vectors of the case called `name`, (batch, heads, rows, dim); as many rows as positions."""
        return self.code.draw(name, rows)

    def varied(self, *, fresh: bool = False, **changes: Any) -> Self:
        """The same with another dtype or case; `fresh`: asked of instances that have never been called."""
        setup = dataclasses.replace(self.setup, **changes)
        door = self.code.door.fresh() if fresh else self.code.door
        return type(self)(type(self.code)(setup, door), type(self.truth)(setup))  # type: ignore[call-arg]

    def alone(self) -> Self:
        """The same, where a call sees no other tokens than those that are handed in."""
        return self.varied(anchored=False)


Attending = Subject[AttendingCode, AttendingTruth]
Handed = Subject[HandedCode, HandedTruth]
Summing = Subject[SummingCode, SummingTruth]


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the suite has to know of a kind of definition in order to check code of it.

    `cases` are the families that stand for those which properties ask for, `sizes` the one of real sizes; `smoke` the
    plainest case; `told_apart` the cases in which known mistakes differ, `sampled` the positions at which accuracy is
    measured. `measured` are the kinds of costs that are told of it, as multiples of a `floor`; `pairs`: a result has a
    number for every pair of tokens.
    """

    definition: type
    code: Callable[[Setup, Door], Code]
    truth: Callable[[Setup], Truth]
    cases: Callable[[Family], Family] = lambda asked: asked
    sizes: Family = real.vectors
    smoke: Case = SMOKED
    told_apart: tuple[Case, ...] = MISTAKEN
    sampled: tuple[int, ...] = ()
    measured: tuple[str, ...] = ()
    floor: Floor = "copy"
    pairs: bool = False
