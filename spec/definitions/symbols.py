"""The letters in which every definition is written."""

import sympy

POSITION = sympy.Symbol("p", real=True)
INDEX = sympy.Symbol("i", integer=True, nonnegative=True)
THETA = sympy.Symbol("theta", positive=True)
SCALE = sympy.Symbol("s", positive=True)
DIM = sympy.Symbol("dim", integer=True, positive=True)
LENGTH = sympy.Symbol("length", integer=True, positive=True)
HEAD = sympy.Symbol("head", integer=True, nonnegative=True)
HEADS = sympy.Symbol("heads", integer=True, positive=True)
QUERY = sympy.symbols("m:3", real=True)
KEY = sympy.symbols("n:3", real=True)
"""The positions of query and key, one letter an axis."""


CONTENT = sympy.symbols("x:2", real=True)
"""The two coordinates of a block."""


def parameter(name: str) -> sympy.Symbol:
    """The letter of a parameter, by the name that model configurations give it."""
    return sympy.Symbol(name, positive=True)


def sequence(name: str) -> sympy.Function:
    """The function of an index that stands for a parameter with one value a pair, or for a learned table."""
    return sympy.Function(name, real=True)


BASE = parameter("base")
ROTARY_DIM = parameter("rotary_dim")
TABLE = sequence("table")
OF_ONE_HEAD = frozenset({"content_bias", "position_bias"})
LEARNED = frozenset({"table", *OF_ONE_HEAD})
"""The functions whose values training finds: a table by row and column, a vector, which each head has for
itself, by its coordinate."""
