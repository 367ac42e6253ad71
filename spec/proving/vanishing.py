"""Whether an expression is zero for all values of its letters: decided, not searched for.

Every expression here is a sum of c exp(f) in which c and f are polynomials in the letters with rational coefficients
(and i), and such a sum with different exponents f is zero if and only if every c is. For if some c is not, rational
values of the letters exist at which it is not and all the f still differ; there the sum cannot be zero, by the theorem
of Lindemann and Weierstrass. What is not of this kind is refused, not guessed.
"""

from collections import defaultdict

import sympy
from sympy.core.function import AppliedUndef


def vanishes(expression: sympy.Expr) -> bool:
    """Whether an expression is zero for all real values of its letters.

    It may hold sines, cosines, exponentials and powers of positive letters; angles, exponents and coefficients are
    polynomials in the letters with rational coefficients (and i). Anything else (pi, roots, floats, sin(1/x), 2^x, a
    floor, an unknown function) is a ValueError, unless it cancels: parts with equal arguments are equal, and what is 0
    or 1 is its own square.
    """
    expression = _with_letters_for_the_opaque(sympy.sympify(expression))
    symbolic = [power for power in expression.atoms(sympy.Pow) if power.exp.free_symbols]
    powers = {power.base for power in symbolic if power.base.is_Symbol and power.base.is_positive}
    expression = expression.subs({base: sympy.exp(sympy.Dummy(f"ln_{base}", real=True)) for base in powers})
    coefficients: defaultdict[sympy.Expr, list[sympy.Expr]] = defaultdict(list)
    for term in sympy.Add.make_args(sympy.expand(expression.rewrite(sympy.exp))):
        factors = sympy.Mul.make_args(term)
        exponent = sympy.expand(sympy.Add(*(f.args[0] for f in factors if isinstance(f, sympy.exp))))
        coefficients[exponent].append(sympy.Mul(*(f for f in factors if not isinstance(f, sympy.exp))))
    collected = {exponent: _once_each(sympy.expand(sympy.Add(*terms))) for exponent, terms in coefficients.items()}
    for part in (part for term in collected.items() if term[1] != 0 for part in term):
        _require_polynomial(part)
    return all(coefficient == 0 for coefficient in collected.values())


class _Opaque(sympy.Dummy):  # type: ignore[misc]
    """A letter for a part of which nothing is known but that it equals itself."""


class _ZeroOrOne(_Opaque):
    """Such a letter, of which it is known that it is 0 or 1."""


OPAQUE = (AppliedUndef, sympy.floor, sympy.Mod, sympy.Abs, sympy.Heaviside, sympy.Min, sympy.Max, sympy.KroneckerDelta)


def _with_letters_for_the_opaque(expression: sympy.Expr) -> sympy.Expr:
    """Every outermost opaque part replaced by a letter, equal parts by the same."""
    letters: dict[sympy.Expr, sympy.Symbol] = {}

    def letter(part: sympy.Expr) -> sympy.Symbol:
        expanded = part.func(*map(sympy.expand, part.args))
        kind = _ZeroOrOne if isinstance(part, sympy.KroneckerDelta) else _Opaque
        return letters.setdefault(expanded, kind(str(expanded), real=True))

    return expression.replace(lambda part: isinstance(part, OPAQUE), letter)


def _once_each(coefficient: sympy.Expr) -> sympy.Expr:
    """A sum of products in which what is 0 or 1 occurs once at most."""
    powers = {power for power in coefficient.atoms(sympy.Pow) if isinstance(power.base, _ZeroOrOne)}
    return sympy.expand(coefficient.subs({power: power.base for power in powers}))


def _require_polynomial(part: sympy.Expr) -> None:
    for node in sympy.preorder_traversal(part):
        power = node.is_Pow and node.exp.is_Integer and node.exp > 0
        known = node.is_Symbol and not isinstance(node, _Opaque)
        if not (power or node.is_Add or node.is_Mul or known or node.is_Rational or node == sympy.I):
            raise ValueError(f"cannot decide whether this is zero: {node} is no polynomial with rational coefficients")
