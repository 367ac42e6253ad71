"""How wrong a right implementation may be: a-priori bounds on rounding, derived and never fitted.

Model: every operation rounds to nearest, fl(z) = z (1 + e) with |e| <= u. Two units count: `angle`, of the precision
in which position times frequency is formed, and `work`, of the dtype of vectors, table and result.

Angle of a pair with frequency t at position m, |error| <= |m| t u_angle K:
    K = |ln t| + 4         frequency as a power 1 / base^e: exponent, power (1 ulp), reciprocal, product
    K = 2 |ln t| + 3       as exp(-e ln base); in float64 the constant ln base rounds too: 3 |ln t| + 3
    + 2                    another library's power or exponential may be off by 2 ulp
    + 1                    beyond 1 / u the position itself is rounded
    The frequency 1 is exact, so pair 0 has no angle error below 1 / u.
    K = 2 between two results with the same frequencies: their error cancels, the products round once each
    (twice if the position was scaled first).
Sine and cosine: t = 2 u_angle (2 ulp), plus u_work / 2 where the table is rounded to a lower dtype.
Rotation: y1 = x1 c - x2 s, products and sum rounded in the work dtype: 2 sqrt(2) u (1 + 2u) of the pair's length.
    A fused multiply-add, a complex product or one final rounding from a wider type only takes roundings away.
"""

from collections.abc import Sequence

import numpy as np

from spec.exact import RADIUS

UNIT = {"float64": 2.0**-53, "float32": 2.0**-24, "float16": 2.0**-11, "bfloat16": 2.0**-8}
SUBNORMAL = {"float64": 2.0**-1074, "float32": 2.0**-149, "float16": 2.0**-24, "bfloat16": 2.0**-133}
SAME_FREQUENCIES = 2.0


def angle_unit(dtype: str, *, claims_float64: bool) -> float:
    """The unit in which angles must be formed: float32 at least, float64 where float64 is claimed."""
    return UNIT["float64"] if dtype == "float64" and claims_float64 else UNIT["float32"]


def angle_error(
    positions: Sequence[float], thetas: np.ndarray, unit: float, *, shared: bool = False
) -> np.ndarray:
    """The largest error of position times frequency, in radians, shape (positions, pairs).

    `shared`: between two results that use the same rounded frequencies.
    """
    m, t = np.abs(np.asarray(positions, dtype=np.float64))[:, None], thetas[None, :]
    logs = np.abs(np.log(np.where(t > 0, t, 1.0)))
    exponential = (3 if unit == UNIT["float64"] else 2) * logs + 3
    factor = np.full_like(logs, SAME_FREQUENCIES) if shared else np.maximum(logs + 4, exponential) + 2
    factor = np.where(t == 1.0, 0.0, factor) + (m > 1 / unit)
    return np.asarray(m * t * unit * factor * (1 + 4 * unit))


def trigonometric(angle: float, work: float) -> float:
    """The largest error of a sine or cosine of a given angle, once it is held in the work dtype."""
    return 2 * angle + (work / 2 if work > angle else 0.0) + RADIUS


def product(work: float) -> float:
    """The largest error of a rotation by a given table, relative to the length of the pair."""
    return 2 * np.sqrt(2) * work * (1 + 2 * work)


def relative(
    positions: Sequence[float], thetas: np.ndarray, dtype: str, angle: float, *, shared: bool = False
) -> np.ndarray:
    """eta: the largest error of a rotated pair relative to its length, shape (positions, pairs)."""
    turned = np.minimum(2.0, angle_error(positions, thetas, angle, shared=shared))
    return turned + np.sqrt(2) * trigonometric(angle, UNIT[dtype]) + product(UNIT[dtype])


def table(
    positions: Sequence[float], thetas: np.ndarray, dtype: str, angle: float, *, shared: bool = False
) -> np.ndarray:
    """The largest error of a sine or cosine in a table, shape (positions, pairs)."""
    turned = np.minimum(2.0, angle_error(positions, thetas, angle, shared=shared))
    return turned + trigonometric(angle, UNIT[dtype])


def norm(dtype: str, angle: float) -> float:
    """The largest change of a pair's length, relative to it: an angle error cannot change a length."""
    return float(np.sqrt(2) * trigonometric(angle, UNIT[dtype]) + product(UNIT[dtype]))


def underflow(dtype: str) -> float:
    """The largest absolute error that results below the normal range add: three roundings to a subnormal."""
    return 1.5 * SUBNORMAL[dtype]


def summation(terms: int) -> float:
    """The largest relative error of a dot product of that many terms, summed in float64 in any order."""
    return (terms + 2) * UNIT["float64"] * (1 + 2**-10)


def logits(q: np.ndarray, off_q: np.ndarray, k: np.ndarray, off_k: np.ndarray, dim: int) -> np.ndarray:
    """The largest error of logits summed in float64, shape (..., nq, nk).

    `q` (..., nq, pairs) and `k` (..., nk, pairs) are the lengths of the pairs, `off_q` and `off_k` their errors.
    """
    reached_q, reached_k = q + off_q, np.swapaxes(k + off_k, -1, -2)
    off = off_q @ np.swapaxes(k, -1, -2) + reached_q @ np.swapaxes(off_k, -1, -2)
    return np.asarray(off + summation(dim) * (reached_q @ reached_k))
