"""Proofs and refutations, by machine.

An identity in sines and cosines is decided, not searched for: angles are taken apart by the addition theorems, each
s = sin a, c = cos a becomes a letter, and the polynomial is reduced by s^2 + c^2 - 1. These relations are a Groebner
basis, so the normal form is zero if and only if the identity is true. A witness is judged by balls: a residual is
nonzero only where its ball excludes zero.
"""

from dataclasses import dataclass
from typing import Any

import sympy
from flint import arb

from spec.encoding import Encoding
from spec.exact import ball, compiled
from spec.statement import Statement
from spec.symbolic import VECTORS, Symbolic, entries, letters
from spec.symbols import THETA
from spec.verdict import Bounded, Fails, Holds, Verdict, Witness


@dataclass(frozen=True)
class Proof:
    """What decided one cell of the truth table, and whether it did."""

    method: str
    settled: bool


def vanishes(expression: sympy.Expr) -> bool:
    """Whether an expression in sines and cosines of real angles is zero for all values of its letters."""
    expression = sympy.expand(sympy.expand_trig(sympy.expand(expression)))
    angles = sorted({part.args[0] for part in expression.atoms(sympy.sin, sympy.cos)}, key=sympy.default_sort_key)
    sines = [sympy.Dummy() for _ in angles]
    cosines = [sympy.Dummy() for _ in angles]
    polynomial = expression.subs(
        {sympy.sin(a): s for a, s in zip(angles, sines, strict=True)}
        | {sympy.cos(a): c for a, c in zip(angles, cosines, strict=True)}
    )
    relations = [s**2 + c**2 - 1 for s, c in zip(sines, cosines, strict=True)]
    if not relations:
        return bool(polynomial == 0)
    return bool(sympy.reduced(polynomial, relations, *sines, *cosines)[1] == 0)


def residual(encoding: Encoding, statement: Statement) -> list[sympy.Expr]:
    """The entries of a statement's residual, in the symbols of its letters."""
    assert statement.residual is not None
    return entries(statement.residual(Symbolic(encoding), **letters(statement.residual, encoding.width)))


def at_witness(encoding: Encoding, statement: Statement, witness: Witness) -> list[arb]:
    """The residual at a witness, in pair 0 (theta = 1), as balls."""
    assert statement.residual is not None
    values = {
        name: sympy.Matrix(witness[name]) if name in VECTORS else sympy.sympify(witness[name])
        for name in letters(statement.residual, encoding.width)
    }
    expressions = entries(statement.residual(Symbolic(encoding), **values))
    return [ball_of(compiled([THETA], expression)(arb(1))) for expression in expressions]


def ball_of(value: Any) -> arb:
    """A computed number as a ball."""
    return value if isinstance(value, arb) else ball(value)


def prove(encoding: Encoding, statement: Statement, verdict: Verdict) -> Proof:
    """Settle one cell: find out whether the verdict is what the definition says."""
    return Proof(statement.method, _settles(encoding, statement, verdict))


def _settles(encoding: Encoding, statement: Statement, verdict: Verdict) -> bool:
    reason = statement.reason_not_applicable(encoding)
    if not isinstance(verdict, Holds | Fails | Bounded):
        return reason is not None
    if reason is not None:
        return False
    if statement.method == "contract":
        return isinstance(verdict, Holds)
    if statement.decides is not None:
        if isinstance(verdict, Fails):
            return not statement.decides(encoding, verdict.witness)
        return isinstance(verdict, Bounded) == (statement.method == "quantity") and statement.decides(encoding, None)
    if isinstance(verdict, Bounded):
        return False
    zero = all(vanishes(expression) for expression in residual(encoding, statement))
    if statement.method == "identity":
        return zero if isinstance(verdict, Holds) else _nonzero(encoding, statement, verdict.witness)
    if isinstance(verdict, Fails):
        return zero
    return statement.example is not None and _nonzero(encoding, statement, statement.example)


def _nonzero(encoding: Encoding, statement: Statement, witness: Witness) -> bool:
    return any(not value.contains(0) for value in at_witness(encoding, statement, witness))
