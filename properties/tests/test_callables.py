"""Whatever is called as a function may be registered as it is: each kind, once right and once wrong."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import torch

from impls import implements
from properties import check
from properties.runs.catalogue import PROPERTIES
from properties.runs.plan import Plan

PLAN = Plan(
    properties=tuple(prop for prop in PROPERTIES if prop.id in ("exact-values", "norm", "symmetry", "direction")),
    dtypes=("float32",),
)
DECLARED = implements("rope", form="fused", layout="half")


def turned(sign, x, positions, base=10000.0):
    half = x.shape[-1] // 2
    angles = positions[:, None] * base ** -(torch.arange(half, dtype=torch.float64) / half)
    cos, sin = angles.cos().to(x.dtype), sign * angles.sin().to(x.dtype)
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


class FusedRope(torch.nn.Module):
    def __init__(self, sign):
        super().__init__()
        self.sign = sign

    def forward(self, x, positions, *, base=10000.0):
        return turned(self.sign, x, positions, base)

    def rotate(self, x, positions, *, base=10000.0):
        return turned(self.sign, x, positions, base)


class Turning(torch.autograd.Function):
    """Has a context, so that it takes arguments in their order alone."""

    sign = 1.0

    @classmethod
    def forward(cls, ctx, x, positions, base=10000.0):
        return turned(cls.sign, x, positions, base)


class TurningBack(Turning):
    """The wrong direction."""

    sign = -1.0


class SetUp(torch.autograd.Function):
    """Takes arguments by name."""

    sign = 1.0

    @classmethod
    def forward(cls, x, positions, base=10000.0):
        return turned(cls.sign, x, positions, base)

    @staticmethod
    def setup_context(ctx, inputs, output):
        return None


class SetUpBack(SetUp):
    """The wrong direction."""

    sign = -1.0


@dataclass
class Signed:
    """Not hashable, and not comparable."""

    sign: torch.Tensor

    def __call__(self, x, positions, *, base=10000.0):
        return turned(self.sign.to(x.dtype)[0], x, positions, base)


KINDS: dict[str, tuple[Any, Any]] = {
    "module": (FusedRope(1.0), FusedRope(-1.0)),
    "method": (FusedRope(1.0).rotate, FusedRope(-1.0).rotate),
    "partial": (partial(turned, 1.0), partial(turned, -1.0)),
    "partial-module": (partial(FusedRope(1.0)), partial(FusedRope(-1.0))),
    "apply": (Turning.apply, TurningBack.apply),
    "set-up": (SetUp.apply, SetUpBack.apply),
    "unhashable": (Signed(torch.tensor([1.0, 1.0])), Signed(torch.tensor([-1.0, -1.0]))),
}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_checked_as_it_is(kind):
    right, wrong = KINDS[kind]
    found, failed = (check(DECLARED(each), PLAN) for each in (right, wrong))
    assert {one.outcome for one in found} == {"pass"}
    assert {one.property: one.outcome for one in failed}["exact-values"] == "fail"
    assert {one.property for one in failed} == {one.property for one in found}


def test_what_is_named_anew_is_found_again():
    with pytest.raises(ValueError, match="is not registered"):
        check(FusedRope(1.0).forward)
    DECLARED(Turning.apply)
    assert {one.implementation for one in check(Turning.apply, PLAN)} == {"turning"}
