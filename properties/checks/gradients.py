"""Gradients: what comes back of a result to the vectors, to contents, and to all that is learned.

A gradient of sums over tokens is held against the definition along directions that cover a whole argument.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from impls import Implementation
from impls.door.crossing import Strides
from impls.door.misbehaviour import Raised
from properties.cases import families
from properties.cases.case import Case
from properties.cases.families import Family
from properties.checks.comparisons import refused_or
from properties.checks.evidence import Evidence, agreement, refuted, worst
from properties.checks.property import Inapplicable, checks
from properties.subjects.map import OnMaps
from properties.subjects.subject import Summing
from spec import Encoding
from spec.definitions.words import Role
from spec.numbers import bounds
from spec.statements import algebra
from spec.statements import code as says

DIRECTIONS = 3
VIEWS: tuple[Strides, ...] = ("transposed", "strided")
AXES = {"b": "batch", "h": "head", "q": "query", "k": "key", "t": "token", "d": "coordinate", "r": "row"}


def is_differentiable(implementation: Implementation, encoding: Encoding) -> str | None:
    """Gradients flow through it."""
    if implementation.arrays != "torch":
        return f"takes arrays of {implementation.arrays}, through which PyTorch computes no gradient"
    return None if implementation.differentiable else "declares differentiable=False"


def _long_as_well(encoding: Encoding, suite_seed: int) -> list[Case]:
    """General ones, and a few as long, wide and many as those of models."""
    sizes = ((129, 256, 3, 1), (4097, 6, 1, 1), (2, 64, 33, 9))
    long = [
        Case(dim=encoding.dimension(dim), positions=tuple(range(n)), heads=heads, batch=batch, seed=suite_seed)
        for n, dim, heads, batch in sizes
    ]
    return [*families.general.cover(encoding, suite_seed), *long]


@checks(
    algebra.gradient,
    cases=Family("general and long", _long_as_well, families.general.strategy),
    needs=(is_differentiable,),
)
def gradient(s: OnMaps) -> Evidence:
    """d (g . f(x, p)) / d x = R_-p g, for a random upstream gradient g; and g itself, behind the rotated coordinates

    Also where x and g are views, whose numbers do not lie one behind the other, unless such views are refused.
    """
    views = [s.varied(case=dataclasses.replace(s.case, strides=strides)) for strides in VIEWS]
    judged = [_turned_back(s, side.get("role", "query")) for side in s.code.sides]
    try:
        found = [judge(s) for judge in judged]
    except Raised as error:
        raise Inapplicable(f"refuses vectors that require a gradient: {error}") from None
    return worst(*found, *(refused_or(judge, view) for view in views for judge in judged))


def _turned_back(s: OnMaps, role: Role) -> Callable[[OnMaps], Evidence]:
    """How the gradient of a call is judged, which the same numbers are handed, however they lie in memory."""
    x, g, p = s.draw("x"), s.draw("g"), s.case.positions
    upstream, at = s.setup.returned(g), {"token": s.setup.located(p)}
    turned_back = (s.truth.blocks(p, role).swapaxes(-1, -2) * s.setup.pairs(upstream)[..., None, :]).sum(-1)
    allowed, behind = s.truth.bound(upstream, p, role=role), ("coordinate that does not turn", *s.code.axes[2:])

    def judge(asked: OnMaps) -> Evidence:
        got = asked.code.gradient(x, g, p, role)
        if got is None:
            return refuted("the result is cut off from the graph: no gradient reaches the vectors")
        turned = agreement(s.setup.pairs(got), turned_back, allowed, axes=s.code.axes, at=at)
        left, rest = s.code.untouched(got), s.code.untouched(upstream)
        return worst(turned, agreement(left, rest, axes=behind, at=at)) if rest.size else turned

    return judge


def _few(encoding: Encoding, suite_seed: int) -> list[Case]:
    """Few of each, so that few roundings add up; and all offsets, so that every row of a table is met."""
    apart = [dataclasses.replace(case, batch=1, heads=2) for case in families.every_offset(encoding, suite_seed)]
    many = Case(dim=8, positions=(2, 100, 0), others=tuple(range(100)), batch=1, heads=6, seed=suite_seed)
    return [Case(dim=8, positions=(3, 0, 17, 2, 3), others=(5, 1, 0, 40, 2, 3, 0), seed=suite_seed), many, *apart]


@checks(says.exact_gradients, cases=Family("few", _few, whole=True), needs=(is_differentiable,))
def exact_gradients(s: Summing) -> Evidence:
    """e . d (g . f(a)) / d a = g . (f(a + e) - f(a - e)) / 2, of contents, weights and all that is learned"""
    if s.setup.dtype not in ("float32", "float64"):
        raise Inapplicable("gradients add up over tokens, which rounds too often in narrow dtypes")
    inputs, asked = s.code.inputs(), s.code.differentiable
    g = s.setup.held(s.case.numbers("g", *s.code.result(*inputs).shape))
    of = tuple(place for place, _ in asked.values())
    try:
        answer = s.code.answer(*inputs, under="gradient", upstream=g, of=of)
    except Raised as error:
        raise Inapplicable(f"refuses arguments that require a gradient: {error}") from None
    s.code.accepted(answer, *inputs)
    return worst(*(_along(s, name, found, g) for name, found in zip(asked, answer.gradients, strict=True)))


def _along(s: Summing, name: str, found: np.ndarray | None, g: np.ndarray) -> Evidence:
    """What the gradient of an argument says of several directions, wherever an axis is also one of the result."""
    if found is None:
        return refuted(f"the result is cut off from the graph: no gradient reaches {name}")
    axes, letters = s.code.differentiable[name][1], s.code.letters
    kept = "".join(letter for letter in axes if letter in letters)
    seen, unit = [], bounds.UNIT[s.setup.accuracy]
    for each in range(DIRECTIONS):
        direction = s.case.numbers(f"direction {each} of {name}", *found.shape)
        there = s.truth.changed(name, direction, *s.code.inputs())
        rounded = bounds.accumulated(there.terms, 4, unit, unit)
        allowed = np.einsum(f"{letters},{letters}->{kept}", np.abs(g), there.off + rounded * there.size)
        expected = np.einsum(f"{letters},{letters}->{kept}", g, there.value)
        actual = np.einsum(f"{axes},{axes}->{kept}", found, direction)
        seen.append(agreement(actual, expected, allowed, axes=tuple(AXES[letter] for letter in kept[::-1])))
    evidence = worst(*seen)
    return dataclasses.replace(evidence, where={"gradient of": name, **evidence.where})
