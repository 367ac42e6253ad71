"""Contents that turn by themselves: their values against balls, and what proofs may know of them."""

from dataclasses import replace

import numpy as np
import pytest
import sympy
from flint import arb, ctx

from spec import ENCODINGS, STATEMENTS, Holds
from spec.definitions.symbols import CONTENT, POSITION
from spec.encodings.eulerformer import PHASE
from spec.numbers import bounds
from spec.numbers import phases as contents
from spec.numbers.balls import PRECISION, RADIUS, ball
from spec.proving.proofs import prove
from spec.proving.structure import definition_is_closed
from spec.proving.symbolic import Symbolic
from spec.proving.vanishing import vanishes

EULER, COCA, ROPE = (ENCODINGS[name] for name in ("eulerformer", "coca", "rope"))
Q, K = (sympy.Matrix(sympy.symbols(f"{name}:2", real=True)) for name in "qk")
M, N, C = sympy.symbols("m n c", real=True)


def _turned_in_balls(pair, scale, shift):
    ctx.prec = PRECISION
    a, b = map(ball, pair)
    length, phase = (a * a + b * b).sqrt(), arb.atan2(b, a) * ball(scale) + ball(shift)
    return length * phase.cos(), length * phase.sin()


@pytest.mark.parametrize(("scale", "shift"), [(0.5, 0.25), (0.3, 0.0), (2.0, 1.5), (0.7, 3.0)])
def test_extended_precision_is_right_to_a_few_units(scale, shift):
    """At 200 contents of all sizes and in all quadrants, the encoding's numbers taken as the floats that they are."""
    drawn = np.random.default_rng(7).standard_normal((200, 2)) * np.exp2(np.arange(200) % 41 - 20)[:, None]
    got = contents.turned(EULER, drawn, {"base": 1e4, "phase_scale": scale, "phase_shift": shift})
    for pair, found in zip(drawn.tolist(), got, strict=True):
        exact = _turned_in_balls(pair, scale, shift)
        off = max(abs(float(value - float(x)) - float(x_low)) for value, x, x_low in _split(exact, found))
        assert off <= 64 * RADIUS * np.hypot(*pair)


def _split(exact, found):
    """Each exact number beside the two doubles of an extended one."""
    return [(value, float(x), x - np.longdouble(float(x))) for value, x in zip(exact, found, strict=True)]


def test_removed_phases_leave_the_length():
    got = contents.turned(COCA, np.array([[3.0, 4.0], [-3.0, 4.0], [0.0, -2.0], [0.0, 0.0]]), {"base": 1e4})
    assert np.abs(got - [[5, 0], [5, 0], [2, 0], [0, 0]]).max() < 8 * RADIUS


def test_what_turns_nothing_is_handed_back():
    drawn = np.array([[3.0, 4.0]])
    assert contents.turned(ROPE, drawn, {"base": 1e4}) is drawn


@pytest.mark.parametrize("scale", [0.5, 2.0, -1.0])
def test_the_allowance_covers_a_turn_in_float32_and_no_wrong_one(scale):
    """All in float32, the error stays within the bound; a phase that is off by 1e-4 does not."""
    numbers = {"base": 1e4, "phase_scale": scale, "phase_shift": 0.25}
    pairs = np.random.default_rng(3).standard_normal((500, 2)).astype(np.float32)
    exact = contents.turned(EULER, pairs, numbers)
    length, phase = np.hypot(*pairs.T), np.arctan2(pairs[:, 1], pairs[:, 0])
    size = contents.size(EULER, numbers)
    allowed = (length * bounds.content([0], np.ones(1), "float32", bounds.UNIT["float32"], size)[0, 0])[:, None]
    for wrong in (0.0, 1e-4):
        angle = np.float32(scale) * phase + np.float32(0.25 + wrong)
        got = np.stack([length * np.cos(angle), length * np.sin(angle)], axis=-1)
        assert bool((np.abs(got - exact) <= allowed).all()) == (wrong == 0)


def _turning(encoding, turn):
    """The same with another turn of the content."""
    return replace(encoding, definition=replace(encoding.definition, turn=turn))


def test_the_logit_is_relative_whatever_the_turn_is():
    """Not even that the turn is a turn of the phase is used: two contents have two unknown angles."""
    unknown = _turning(EULER, PHASE**3 + 7 * CONTENT[0])
    e = Symbolic(unknown)
    assert vanishes(e.logit(Q, K, M + C, N + C) - e.logit(Q, K, M, N))
    with pytest.raises(ValueError, match="cannot decide"):
        vanishes(e.logit(Q, K, M, N) - e.logit(Q, K, N, M))


def test_only_removed_phases_are_symmetric():
    symmetry = STATEMENTS["symmetry"]
    assert prove(COCA, symmetry, Holds()).settled
    assert not prove(EULER, symmetry, Holds()).settled
    assert not prove(_turning(COCA, 2 * PHASE), symmetry, Holds()).settled


def test_collinear_keys_make_the_paper_s_logit():
    """RoPE's logit of q with k = t q, t > 0, is that of removed phases: t |q|^2 cos((m - n) theta). Not so for -t."""
    t = sympy.Symbol("t", positive=True)
    removed, rope = Symbolic(COCA), Symbolic(ROPE)
    assert vanishes(sympy.simplify(removed.logit(Q, t * Q, M, N)) - rope.logit(Q, t * Q, M, N))
    assert not vanishes(sympy.simplify(removed.logit(Q, -t * Q, M, N)) - rope.logit(Q, -t * Q, M, N))


def test_a_turn_that_knows_the_position_is_seen():
    assert definition_is_closed(EULER, None)
    assert not definition_is_closed(_turning(EULER, PHASE * POSITION), None)
