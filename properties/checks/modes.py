"""What a setting of PyTorch may change: nothing, neither while it lasts nor afterwards."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from impls.door.crossing import Under
from properties.cases import families
from properties.cases.case import supported
from properties.checks.comparisons import refused_or, same
from properties.checks.evidence import Evidence, refuted, worst
from properties.checks.gradients import gradient, is_differentiable
from properties.checks.property import Inapplicable, checks
from properties.checks.tensors import less_precise
from properties.subjects.map import OnMaps
from properties.subjects.protocols import Code, Truth
from properties.subjects.subject import Subject
from spec.statements import code as says

MODES: Sequence[Under] = ("inference", "no-grad", "thread", "default-float64", "deterministic")
WITHOUT_GRADIENTS, SETTINGS = MODES[:2], MODES[3:]
"""Under a setting of the whole process, code may raise an error instead."""
PRECISIONS: Sequence[Under] = ("matmul-high", "matmul-medium")
PLACES = (3, 0, 1, 100, 7)
FAR, STEP = 2**19, 2**12


@checks(says.mode_independence, cases=families.once(8, PLACES))
def mode_independence(s: Subject[Code, Truth]) -> Evidence:
    """mode(f)(x, p) = f(x, p); under a setting of the whole process, or an error"""
    return worst(*(_or_refused(_farther(s, at), mode) for at, mode in enumerate(MODES)))


def _or_refused(s: Subject[Code, Truth], mode: Under) -> Evidence:
    return refused_or(_as_without, s, mode) if mode in SETTINGS else _as_without(s, mode)


def _as_without(s: Subject[Code, Truth], mode: Under) -> Evidence:
    inputs = s.code.inputs()
    return same(s, s.code.result(*inputs, under=mode), s.code.result(*inputs), *inputs)


@checks(says.training_after_inference, cases=families.once(8, PLACES), needs=(is_differentiable,))
def training_after_inference(s: OnMaps) -> Evidence:
    """d (g . f(x, p)) / d x = R_-p g, after f(x, p) in inference mode, and after f(x, p) without gradients"""
    if not gradient.check(_farther(s, len(MODES))).holds:
        raise Inapplicable("its gradient is another one on a fresh instance, too")
    return worst(*(_trained_after(_farther(s, len(MODES) + at), mode) for at, mode in enumerate(WITHOUT_GRADIENTS, 1)))


def _trained_after(s: OnMaps, mode: Under) -> Evidence:
    s.code.result(*s.code.inputs(), under=mode)
    try:
        return gradient.check(s)
    except Inapplicable as refused:
        return refuted(f"after a call under {mode} it {refused}")


def _farther(s: Any, at: int) -> Any:
    """The same on fresh instances, with one more position, which no call has asked for before, where it may be far."""
    far = () if s.encoding.blocks.follows_length else (FAR + STEP * at,)
    p = supported((*s.case.positions, *far), s.implementation, s.setup.limit)
    return s.varied(fresh=True, case=dataclasses.replace(s.case, positions=p if s.case.positions else ()))


@checks(says.matmul_precision_agreement, cases=families.general)
def matmul_precision_agreement(s: OnMaps) -> Evidence:
    """f(x, p) = R_p x where products of float32 matrices may be rounded to bfloat16, but the angles may not"""
    if s.setup.dtype != "float32":
        raise Inapplicable("the precision of products is a setting for float32")
    return worst(*(less_precise(s, precision) for precision in PRECISIONS))
