"""The blocks at many places at once, in the machine's extended precision or in float64, with the error of either.

Balls give theta_i and s_i; position times theta, sines and cosines, and powers of s_i are then formed in one of the
two. With v its unit, half of its epsilon, and everything relative to the amplitude of a block, which is s_i, or 1:

    4 |p theta| v    theta rounds, so does its product with the position, and a factor of the definition before the
                     angle, with its product, as well; none where theta is a power of two and the product exact
    2 |p| v          s rounds where it is raised to a power, and the power's own exponent
    4 v              sine, cosine or power to 2 ulp, their product, and its sum
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Literal, cast

import numpy as np
import sympy
from sympy.printing.numpy import NumPyPrinter

from spec.definitions.definition import OnVectors
from spec.definitions.encoding import Encoding
from spec.definitions.evaluation import Parameters
from spec.definitions.symbols import POSITION, SCALE, THETA, parameter
from spec.definitions.words import Role
from spec.numbers.balls import all_extended
from spec.numbers.exact import frequencies, scales

Kind = Literal["longdouble", "float64"]
MANY = 64
"""From so many places on it is worth it."""


def rows(
    encoding: Encoding,
    places: np.ndarray,
    dim: int,
    parameters: Parameters,
    *,
    length: int = 1,
    role: Role = "query",
    kind: Kind = "longdouble",
) -> np.ndarray:
    """The blocks at places (n, axes), shape (n, blocks, width, width or 1), each entry within `radius` of the truth."""
    with np.errstate(over="ignore"):
        thetas, ss = (
            all_extended(each(encoding, dim, parameters, length)).astype(kind) for each in (frequencies, scales)
        )
    along = places[:, encoding.axes_of(dim, parameters)].astype(kind)
    known = tuple(sorted((name, each) for name, each in parameters.items() if not isinstance(each, tuple)))
    entries = _block(encoding, role, tuple(name for name, _ in known), kind)
    number = np.dtype(kind).type
    numbers = entries(along, thetas, ss, *(number(each) for _, each in known))
    found = np.empty((*along.shape, encoding.width, len(numbers) // encoding.width), dtype=kind)
    for at, entry in enumerate(numbers):
        found[..., at // found.shape[-1], at % found.shape[-1]] = entry
    return found


def radius(encoding: Encoding, along: np.ndarray, thetas: np.ndarray, kind: Kind = "longdouble") -> np.ndarray:
    """The error of an entry of `rows`, relative to the amplitude; `along` are the coordinates followed, (n, blocks)."""
    rounded = np.where((np.frexp(thetas)[0] != 0.5) & encoding.turns, thetas, 0.0)
    powers = np.abs(along) if cast(OnVectors, encoding.definition).scales_by_powers else 0.0
    return np.asarray(float(np.finfo(kind).eps) * (2 * np.abs(along) * rounded + powers + 2))


@lru_cache(maxsize=128)
def _block(encoding: Encoding, role: Role, names: Sequence[str], kind: Kind) -> Callable[..., list[Any]]:
    """The entries of a block, row by row, as functions of arrays: what is a fraction stays one."""
    block = cast(OnVectors, encoding.definition).at(POSITION, role)
    exact = sympy.Tuple(*block).replace(
        lambda part: part.is_Rational and not part.is_Integer,
        lambda part: sympy.Function("ratio")(part.p, part.q),
    )
    number = np.dtype(kind).type
    known = {"ratio": lambda p, q: number(p) / number(q), "numpy": np}
    printer = NumPyPrinter({"allow_unknown_functions": True})
    evaluate: Callable[..., list[Any]] = sympy.lambdify(
        [POSITION, THETA, SCALE, *map(parameter, names)], exact, modules=[known], printer=printer, cse=True
    )
    return evaluate
