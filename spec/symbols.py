"""The letters in which every definition is written."""

import sympy

POSITION = sympy.Symbol("p", real=True)
INDEX = sympy.Symbol("i", integer=True, nonnegative=True)
THETA = sympy.Symbol("theta", positive=True)
DIM = sympy.Symbol("dim", integer=True, positive=True)


def parameter(name: str) -> sympy.Symbol:
    """The letter of a parameter, by the name that model configurations give it."""
    return sympy.Symbol(name, positive=True)


BASE = parameter("base")
ROTARY_DIM = parameter("rotary_dim")
