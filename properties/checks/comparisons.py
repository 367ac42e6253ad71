"""How results are judged: against the truth, another result of the same code, or the wish that there be none."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from properties.checks.evidence import Evidence, agreement, refuted, satisfied, worst
from properties.subjects.crossing import Answer
from properties.subjects.misbehaviour import Raised
from properties.subjects.subject import Attending, Code, Subject, Truth


def scores_agree(s: Attending, actual: np.ndarray, expected: np.ndarray, bound: np.ndarray) -> Evidence:
    """Two arrays of logits (..., queries, keys) agree; under `compare="softmax"` up to a constant in every row."""
    at = {"query": s.case.positions, "key": s.case.others or s.case.positions}
    if s.implementation.compare == "softmax":
        actual, expected = _centred(actual), _centred(expected)
        bound = bound + bound.mean(-1, keepdims=True)
    return agreement(actual, expected, bound, axes=("key", "query", "head", "batch"), at=at)


def _centred(logits: np.ndarray) -> np.ndarray:
    return np.asarray(logits - logits.mean(-1, keepdims=True))


def same(s: Subject[Code, Truth], one: np.ndarray, other: np.ndarray, *inputs: Any) -> Evidence:
    """Two whole results of one implementation agree: each may be off by what its own rounding allows."""
    return _agree(s, one, s.code.read(other), s.code.untouched(other), 2 * s.truth.bound(*inputs, shared=True), inputs)


def is_exact(s: Subject[Code, Truth], *inputs: Any, **side: Any) -> Evidence:
    """The whole result of code, asked with these inputs, is the true one."""
    expected, rest = s.truth.output(*inputs, **side), s.truth.untouched(*inputs)
    found = _agree(s, s.code.result(*inputs, **side), expected, rest, s.truth.bound(*inputs, **side), inputs)
    told_apart = side if len(s.code.sides) > 1 else {}
    return dataclasses.replace(found, where={**told_apart, **found.where})


def _agree(
    s: Subject[Code, Truth],
    result: np.ndarray,
    expected: np.ndarray,
    rest: np.ndarray,
    bound: np.ndarray,
    inputs: tuple[Any, ...],
) -> Evidence:
    """What a definition speaks of lies within the bound of what is expected, and all else is the rest, bit for bit."""
    at = {"token": inputs[1]} if len(inputs) > 1 else {}
    found, left = s.code.read(result), s.code.untouched(result)
    spoken = agreement(found, expected, bound, axes=s.code.axes[: found.ndim], at=at)
    spoken = dataclasses.replace(spoken, where={**spoken.where, **s.code.located(spoken.where)})
    if left.size == 0:
        return spoken
    behind = ("coordinate that does not turn", *s.code.axes[2:])
    return worst(spoken, agreement(left, rest, axes=behind[: left.ndim], at=at))


def is_true(s: Subject[Code, Truth], result: np.ndarray, *inputs: Any) -> Evidence:
    """A whole result, however it was asked for, is the true one."""
    expected, rest = s.truth.output(*inputs), s.truth.untouched(*inputs)
    return _agree(s, result, expected, rest, s.truth.bound(*inputs), inputs)


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
