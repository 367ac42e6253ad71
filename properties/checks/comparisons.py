"""How results are judged: against the truth, another result of the same code, or the wish that there be none."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from impls.door.crossing import Answer
from impls.door.misbehaviour import Raised
from properties.checks.evidence import Evidence, agreement, refuted, satisfied, worst
from properties.checks.property import Inapplicable
from properties.subjects.arrays import extended, transposed
from properties.subjects.assignment import OnAssignments
from properties.subjects.beside import heads_told
from properties.subjects.compared import compared
from properties.subjects.protocols import Code, Truth
from properties.subjects.subject import Attending, Subject
from spec import Fails, Statement, verdict
from spec.numbers import bounds

LOGITS = ("key", "query", "head", "batch")
"""The axes of logits, from the last one backwards."""


def scores_agree(
    s: Subject[Code, Truth], actual: np.ndarray, expected: np.ndarray, bound: np.ndarray, *asked: Any
) -> Evidence:
    """Two arrays of logits (..., queries, keys) agree; where softmax is compared, up to a constant in every row.

    Then every entry is taken relative to the one of its row that may be off least. `asked`: for which contents, where.
    """
    if compared(s.implementation) == "softmax":
        bound = bound + shifted(s, actual, *asked) + shifted(s, expected, *asked)
        nearest = bound.argmin(-1, keepdims=True)
        actual, expected = (extended(each) - np.take_along_axis(each, nearest, -1) for each in (actual, expected))
        bound = bound + np.take_along_axis(bound, nearest, -1)
    at = {name: s.setup.located(places) for name, places in zip(("query", "key"), asked[2:], strict=False)}
    return agreement(actual, expected, bound, axes=LOGITS, at=at)


def scores_are_exact(s: Attending | OnAssignments, *asked: Any) -> Evidence:
    """What attention sees of the results of code, asked for these contents and places, is what it should see."""
    off = allowed(s, None, *asked, shared=False)
    return scores_agree(s, s.code.logits(*asked), s.truth.logits(*asked), off, *asked)


def allowed(s: Attending | OnAssignments, statement: Statement | None, *asked: Any, shared: bool = True) -> np.ndarray:
    """The error allowed to logits, `shared`: between two results of one code; where only products count, in its basis.

    The witness of a statement that is false shows more than what rounding does in the basis of the definition.
    """
    off = s.truth.logit_bound(*asked, shared=shared)
    false = statement is not None and isinstance(verdict(s.encoding, statement), Fails)
    if compared(s.implementation) == "value" or false:
        return off
    return np.asarray(off + s.truth.another_basis(*asked, mixed=s.code.mixed))


def shifted(s: Subject[Code, Truth], logits: np.ndarray, *asked: Any) -> np.ndarray:
    """What a constant in every row costs where softmax is compared: a rounding of scores as they come, two in float64.

    The constant may be as large as a position, as in slope * key, but not as large as it likes: that loses everything.
    """
    if compared(s.implementation) != "softmax":
        return np.zeros_like(logits, dtype=np.float64)
    farthest = np.abs([*np.ravel(s.case.positions), *np.ravel(s.case.others), 0]).max() + s.case.shift
    with np.errstate(invalid="ignore"):
        spread = np.abs(logits - logits[..., :1]).max(initial=0)
    products = np.abs(asked[0]) @ transposed(np.abs(asked[1])) if asked[1:] else 0
    size = products + np.minimum(np.abs(logits), farthest + 2 * spread)
    return np.asarray((bounds.UNIT[s.setup.accuracy] + 2 * bounds.UNIT["float64"]) * size, dtype=np.float64)


def expect_constants_to_show(s: Subject[Code, Truth]) -> None:
    """Raises Inapplicable where a constant in every row of the logits does not count."""
    if compared(s.implementation) == "softmax":
        raise Inapplicable("compared by softmax: a constant may be added to every logit of a row")


def same(s: Subject[Code, Truth], one: np.ndarray, other: np.ndarray, *inputs: Any) -> Evidence:
    """Two whole results of one implementation agree: each may be off by what its own rounding allows."""
    return _agree(s, one, s.code.read(other), s.code.untouched(other), 2 * s.truth.bound(*inputs, shared=True), inputs)


def is_exact(s: Subject[Code, Truth], *inputs: Any, **side: Any) -> Evidence:
    """The whole result of code, asked with these inputs, is the true one."""
    found = is_true(s, s.code.result(*inputs, **side), *inputs, **side)
    told_apart = {**side, **heads_told(s.setup, side.get("role", "query"))} if len(s.code.sides) > 1 else {}
    return dataclasses.replace(found, where={**told_apart, **found.where})


def is_true(s: Subject[Code, Truth], result: np.ndarray, *inputs: Any, **side: Any) -> Evidence:
    """A whole result, however it was asked for, is the true one."""
    expected, rest = s.truth.output(*inputs, **side), s.truth.untouched(*inputs)
    return _agree(s, result, expected, rest, s.truth.bound(*inputs, **side), inputs)


def _agree(
    s: Subject[Code, Truth],
    result: np.ndarray,
    expected: np.ndarray,
    rest: np.ndarray,
    bound: np.ndarray,
    inputs: tuple[Any, ...],
) -> Evidence:
    """What a definition speaks of lies within the bound of what is expected, and all else is the rest, bit for bit."""
    at = {"token": s.setup.located(inputs[1])} if len(inputs) > 1 else {}
    found, left = s.code.read(result), s.code.untouched(result)
    spoken = agreement(found, expected, bound, axes=s.code.axes, at=at)
    spoken = dataclasses.replace(spoken, where={**spoken.where, **s.code.located(spoken.where)})
    if left.size == 0:
        return spoken
    behind = ("coordinate that does not turn", *s.code.axes[2:])
    return worst(spoken, agreement(left, rest, axes=behind, at=at))


def refused_or(call: Callable[..., Evidence], *arguments: Any) -> Evidence:
    """The evidence of a call; a call that raises an error has refused."""
    try:
        return call(*arguments)
    except Raised:
        return satisfied("refused")


def refusal(asked: str, call: Callable[..., Answer], *arguments: Any) -> Evidence:
    """That a call raises an error, and says something; `asked` tells what was asked for."""
    try:
        answer = call(*arguments)
    except Raised as error:
        return (
            satisfied(f"refused: {error.said}") if error.said else refuted(f"{asked} gave an error without a message")
        )
    return refuted(f"{asked} gave a result of shape {answer.values.shape}; expected an error")
