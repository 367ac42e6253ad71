"""Code that assigns positions: f(segments) -> positions (total, axes). A mixed sequence goes in, exact places come out.

Places are read as exact numbers. Integers are what they are, in any dtype. Where the definition has fractions, a float
stands for the simplest fraction within its rounding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any, ClassVar

import numpy as np

from impls.door.crossing import Answer, Request
from impls.door.misbehaviour import Malformed
from properties.cases import real
from properties.cases import segments as mixed
from properties.cases.case import Case
from properties.cases.segments import SEQUENCES, TOGETHER
from properties.subjects.arrays import extended, transposed
from properties.subjects.door import Door
from properties.subjects.protocols import Shapes
from properties.subjects.setup import Setup
from properties.subjects.subject import Place, Subject
from spec.definitions.assignment import Assignment
from spec.definitions.placing import Number, Segment
from spec.definitions.placing import Place as Cell
from spec.definitions.runs import Run, handed, laid_out, placeable, placed, tokens_of
from spec.numbers import bounds

LARGEST_DENOMINATOR = 1000
"""Denominators are h + 1 and w + 1, of images that are smaller than this."""
Segments = Sequence[Segment]


def asked(setup: Setup, segments: Segments) -> list[Segment]:
    """What is handed in for these segments, which count what is merged into one token as one."""
    return handed(segments, setup.parameters)


def tokens(setup: Setup, segments: Segments) -> list[Segment]:
    """The segments as they are placed: with what the encoding adds."""
    return tokens_of(setup.encoding, asked(setup, segments), **setup.parameters)


def allowed(setup: Setup, position: Any) -> Any:
    """For L + i s with s, i s and the sum rounded: u |i s| twice and u |position|, and |i s| <= |position| + 1."""
    return setup.encoding.definition.roundings * bounds.UNIT[setup.accuracy] * (abs(position) + 1)


@dataclass(frozen=True)
class AssignmentCode:
    """An implementation of an assignment, on a case."""

    setup: Setup
    door: Door
    axes: ClassVar[tuple[str, ...]] = ("axis", "place in the sequence")
    sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)
    both_sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)
    mixed: ClassVar[int] = 1
    has_dtype: ClassVar[bool] = False
    remedy: ClassVar[str] = "return integers, or floating point"

    def may_return(self, dtype: str) -> bool:
        """Whether a result may have this dtype: positions any that holds them."""
        return True

    def draw(self, name: str, rows: int | None = None) -> np.ndarray:
        """No contents enter an assignment."""
        return np.zeros((0, 0))

    def inputs(self, name: str = "x", positions: Any = None) -> tuple[Any, ...]:
        """What a call is asked with: the sequence of the case, behind as many tokens of text as there are positions."""
        before = self.text(len(positions)) if positions else ()
        return ([*before, *self.setup.case.segments],)

    def text(self, tokens: int) -> tuple[Segment, ...]:
        """So many tokens of text, or what comes nearest to them."""
        return placeable([("text", tokens)], self.setup.encoding)

    def request(self, segments: Segments, **words: Any) -> Request:
        """The call with these segments."""
        return Request(instance=self.setup.instance, given=(asked(self.setup, segments),), **words)

    def answer(self, segments: Segments, **words: Any) -> Answer:
        """The answer to that call, whatever comes back."""
        return self.door.ask(self.request(segments, **words))

    def result(self, segments: Segments, **words: Any) -> np.ndarray:
        """The positions of a sequence, (total, axes)."""
        return self.accepted(self.answer(segments, **words), segments)

    def accepted(self, answer: Answer, segments: Segments) -> np.ndarray:
        """The positions of an answer: real numbers in any dtype. Raises Malformed for anything else."""
        total = sum(prod(sizes) for _, *sizes in tokens(self.setup, segments))
        found = answer.shaped(total, self.setup.encoding.grid.axes)
        if found.dtype == bool or np.iscomplexobj(found):
            raise Malformed(f"returned the dtype torch.{answer.dtype}; expected integers, or floating point")
        return found

    def output(self, segments: Segments, **words: Any) -> np.ndarray:
        """The same in extended precision."""
        return self.read(self.result(segments, **words))

    def read(self, result: np.ndarray) -> np.ndarray:
        """Positions in extended precision."""
        return extended(result)

    def lay(self, segments: Segments) -> list[Run]:
        """Every segment with the exact places of its tokens, as the rules of the spec take it."""
        places = [tuple(map(self.number, row)) for row in self.result(segments).tolist()]
        return laid_out(self.setup.encoding, asked(self.setup, segments), places, **self.setup.parameters)

    def number(self, number: float) -> Number:
        """The exact number that a result stands for."""
        if isinstance(number, int) or not np.isfinite(number) or number.is_integer():
            return int(number) if np.isfinite(number) else 2**62
        exact = Fraction(number)
        simplest = exact.limit_denominator(LARGEST_DENOMINATOR)
        return simplest if abs(simplest - exact) <= allowed(self.setup, number) else exact

    def met(self) -> tuple[Any, ...]:
        """The sequence of the case."""
        return self.inputs()

    def logits(self, segments: Segments) -> np.ndarray:
        """What attention sees of places: those of a whole sequence along every axis, (axes, total)."""
        return transposed(self.output(segments))

    def untouched(self, result: np.ndarray) -> np.ndarray:
        """Nothing is left as it is."""
        return np.empty(0)

    def located(self, where: Mapping[str, Any]) -> Mapping[str, Any]:
        """The segment in which a token stands."""
        laid = tokens(self.setup, self.setup.case.segments)
        ends = np.cumsum([prod(sizes) for _, *sizes in laid])
        at = int(np.searchsorted(ends, where["place in the sequence"], side="right"))
        return {"segment": " ".join(map(str, laid[at]))} if at < len(laid) else {}

    def shapes(self) -> Shapes:
        """The shapes that come back, and those of the contract: for the case, and for a single token."""
        sequences: list[list[Segment]] = [*self.inputs(), [*self.text(1)]]
        axes = self.setup.encoding.grid.axes
        return [
            (self.answer(each).values.shape, (sum(prod(sizes) for _, *sizes in tokens(self.setup, each)), axes))
            for each in sequences
        ]

    @property
    def shown(self) -> str:
        """The plainest call, in words."""
        return f"f(segments) with {asked(self.setup, self.setup.case.segments)}"

    @property
    def expected(self) -> str:
        """What that call has to return."""
        total = sum(prod(sizes) for _, *sizes in tokens(self.setup, self.setup.case.segments))
        return f"a tensor of shape {(total, self.setup.encoding.grid.axes)}, one row a token"


@dataclass(frozen=True)
class AssignmentTruth:
    """What the spec says of the positions of a sequence."""

    setup: Setup
    sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)

    def places(self, segments: Segments) -> list[Cell]:
        """The places of the definition."""
        return placed(self.setup.encoding, asked(self.setup, segments), **self.setup.parameters)

    def output(self, segments: Segments) -> np.ndarray:
        """The true positions, (total, axes)."""
        return np.array(
            [[np.longdouble(c.numerator) / c.denominator for c in place] for place in self.places(segments)]
        )

    def bound(self, segments: Segments, *, shared: bool = False) -> np.ndarray:
        """The error allowed to every position: none to integers."""
        return np.asarray(allowed(self.setup, self.output(segments).astype(np.float64)))

    def logits(self, segments: Segments) -> np.ndarray:
        """The true places along every axis, (axes, total)."""
        return transposed(self.output(segments))

    def logit_bound(self, segments: Segments, *, shared: bool = False) -> np.ndarray:
        """The error allowed to these."""
        return transposed(self.bound(segments))

    def another_basis(self, segments: Segments, *, mixed: int) -> np.ndarray:
        """The axes are those of the definition."""
        return np.zeros(1)

    def untouched(self, *inputs: Any) -> np.ndarray:
        """Nothing is left as it is."""
        return np.empty(0)

    def translated(self, inputs: tuple[Any, ...], other: Setup) -> tuple[Any, ...]:
        """The same sequence."""
        return inputs


OnAssignments = Subject[AssignmentCode, AssignmentTruth]
PLACE = Place(
    definition=Assignment,
    code=AssignmentCode,
    truth=AssignmentTruth,
    cases=mixed.standing_for,
    sizes=real.sequences,
    smoke=Case(segments=(("text", 2), ("image", 2, 4), ("text", 1))),
    told_apart=tuple(Case(segments=segments, parameters=given) for given in ((), TOGETHER) for segments in SEQUENCES),
    measured=("prefill",),
)
