"""How results are judged: against the truth, another result of the same code, or the wish that there be none."""

from collections.abc import Callable
from typing import Any

import numpy as np

from properties.checks.evidence import Evidence, agreement, refuted, satisfied
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
    """Two outputs of one implementation agree: each may be off by what its own rounding allows."""
    allowed = 2 * s.truth.bound(*inputs, shared=True)
    axes = s.code.axes if isinstance(inputs[0], np.ndarray) and inputs[0].ndim == 4 else ()
    at = {"token": inputs[1]} if len(inputs) > 1 else {}
    return agreement(one, other, allowed, axes=axes, at=at)


def is_exact(s: Subject[Code, Truth], *inputs: Any, **side: Any) -> Evidence:
    """The output of code, asked with these inputs, is the true one."""
    at = {"token": inputs[1]} if len(inputs) > 1 else {}
    found, expected = s.code.output(*inputs, **side), s.truth.output(*inputs, **side)
    return agreement(found, expected, s.truth.bound(*inputs, **side), axes=s.code.axes, at=at)


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
