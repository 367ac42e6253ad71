"""Whether the same values come out under the transformations that PyTorch applies to functions."""

import dataclasses

import torch

from properties.cases import families
from properties.checks.evidence import Evidence, agreement
from properties.checks.locality import same
from properties.checks.property import Inapplicable, checks
from properties.checks.values import AXES
from properties.subjects.misbehaviour import raising
from properties.subjects.subject import Subject
from spec.numbers import bounds
from spec.statements import code as says


@checks(says.vmap_agreement, cases=families.small)
def vmap_agreement(encoding: Subject) -> Evidence:
    """vmap(f)(x, p) = f(x, p)"""
    encoding = encoding.alone()
    x, p = encoding.draw("x"), encoding.case.positions
    try:
        mapped = torch.func.vmap(lambda one: encoding.call(one, encoding.located(p)))(x)
    except Exception as error:
        raise Inapplicable(f"does not run under vmap: {_first_line(error)}") from None
    return same(encoding, mapped, encoding.encode(x, p), x, p)


@checks(says.autocast_agreement, cases=families.general)
def autocast_agreement(encoding: Subject) -> Evidence:
    """autocast(f)(x, p) = R_p x, where the result may be rounded to bfloat16 but the angles may not"""
    if encoding.dtype != "float32":
        raise Inapplicable("autocast acts on float32")
    x, p = encoding.draw("x"), encoding.case.positions
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y = encoding.encode(x, p)
    allowed = dataclasses.replace(encoding, dtype="bfloat16").bound(x, p)
    if not encoding.spec.turns:
        allowed = allowed + 2 * bounds.UNIT["bfloat16"] * (encoding.lengths(x) * encoding.stretch(p))[..., None]
    return agreement(encoding.pairs(y), encoding.exact_output(x, p), allowed, axes=AXES, at={"token": p})


@checks(says.compiled_agreement, cases=families.once(16, (0, 1, 5, 100, 4097)), profiles=("ci", "deep"))
def compiled_agreement(encoding: Subject) -> Evidence:
    """compile(f)(x, p) = R_p x"""
    encoding = encoding.alone()
    x, positions = encoding.draw("x")[0], encoding.case.positions
    call = torch.compile(encoding.instance(), backend="aot_eager")
    given, named = encoding.arguments(x, positions)
    try:
        with raising():
            y = call(*given, **named)
    finally:
        torch.compiler.reset()
    return agreement(encoding.pairs(y), encoding.exact_output(x, positions), encoding.bound(x, positions))


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:160]
