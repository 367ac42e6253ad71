"""How wrong a right implementation may be: a-priori bounds on rounding, derived and never fitted.

Model: every operation rounds to nearest, fl(z) = z (1 + e) with |e| <= u. Two units count: `angle`, of the precision
in which position times frequency is formed, and `work`, of the dtype of vectors, table and result. A product of K
factors 1 + e, |e| <= u, differs from 1 by K u / (1 - K u) at most (Higham, Lemma 3.1), and so does exp(K e).

Angle of a pair with frequency t at position m: |error| <= |m| t K u / (1 - K u), u = u_angle, with
    K = |ln t| + 4         frequency as a power 1 / base^x: x rounds (u |ln t|), power (1 ulp, 2u), reciprocal, product
    K = 3 |ln t| + 3       as exp(-x ln base): x or ln base / d, ln base and their product round (3u |ln t|),
                           exponential (1 ulp, 2u), product
    + 2                    another library's power or exponential may be off by 2 ulp
    + 1                    the position itself is rounded, where the angle's precision does not hold it
    The frequency 1 is exact, so pair 0 has no error but that of the position. The base is held exactly.
    K = 2 between a result and the truth for the frequencies as rounded: m t rounds once, twice if m was scaled first.
    K = max(|ln t| + 6 i, 3 |ln t| + 5 i) + i + 1    multiplied up from pair to pair ("products"), t = r^i: r, of which
                           |ln r| = |ln t| / i, is made in either way and off by 2 ulp more at worst, which pair i
                           takes over i times; i products beside it, and the one with the position
    K = 2 + i between a result and the truth for the r as rounded: where the angle is multiplied up itself, the i
                           products are others at every position
Sine and cosine of a given angle: t = 2 u_angle (2 ulp), plus u_work / 2 (half an ulp) where the table is held in a
    coarser dtype. Reduced by 2 pi in two words before a fast cosine ("two-word"): t = (2 pi + 2^3.5) u_angle. From an
    angle a, n = round(a / 2 pi) turns are taken away, n C1 and then n C2, each fused: both results are of size pi at
    most and round once (2 pi u); C1 + C2 is 2 pi to within u |C2| <= 2^-46, which n turns make |a| u^2 at most; and
    the cosine of a GPU's special function unit is off by 2^-20.5 on [-pi, pi], 2^3.5 units of float32.
Rotation by a given table: y1 = x1 c - x2 s, products and sum rounded in the work dtype. Each component is off by
    (2u + u^2)(|x1 c| + |x2 s|), both together by sqrt(2) (2u + u^2) |x||(c, s)|, and |(c, s)| <= 1 + sqrt(2) t.
    A fused multiply-add, a complex product or one final rounding from a wider type only takes roundings away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from spec.numbers.balls import RADIUS

UNIT = {"float64": 2.0**-53, "float32": 2.0**-24, "float16": 2.0**-11, "bfloat16": 2.0**-8}
SUBNORMAL = {"float64": 2.0**-1074, "float32": 2.0**-149, "float16": 2.0**-24, "bfloat16": 2.0**-133}
SAME_FREQUENCIES = 2.0


@dataclass(frozen=True, kw_only=True)
class Arithmetic:
    """How code makes its numbers: frequencies `multiplied` up instead of powers; `cosine`, the units it is off by, and
    `reduction`, those that every radian of its angle adds to that.
    """

    multiplied: bool = False
    cosine: float = 2.0
    reduction: float = 0.0

    def roundings(self, logs: np.ndarray, *, shared: bool) -> np.ndarray:
        """K, of the angles of pairs whose frequencies have these logarithms; the first pair comes first."""
        steps = np.arange(logs.shape[-1]) * self.multiplied
        if shared:
            return np.broadcast_to(SAME_FREQUENCIES + steps, logs.shape)
        if self.multiplied:
            return np.asarray(np.maximum(logs + 6 * steps, 3 * logs + 5 * steps) + steps + 1)
        return np.asarray(np.maximum(logs + 4, 3 * logs + 3) + 2)


POWERS = Arithmetic()
GIVEN = Arithmetic(cosine=0.5)
"""Cosines and sines that are handed in as exact as their dtype holds them: off by half an ulp, from no angle."""
ARITHMETIC: Mapping[str | None, Arithmetic] = MappingProxyType(
    {
        None: POWERS,
        "products": Arithmetic(multiplied=True),
        "two-word": Arithmetic(cosine=2 * np.pi + 2**3.5, reduction=UNIT["float32"]),
        "fast": Arithmetic(cosine=2 * np.pi + 2**3.5, reduction=3.0),
    }
)
"""By the word that declares it; the last is not declared but recognised, and measured instead of derived."""


def angle_unit(dtype: str) -> float:
    """The unit in which angles must be formed: that of float64 for float64, and that of float32 for all others."""
    return min(UNIT[dtype], UNIT["float32"])


def angle_error(
    positions: ArrayLike,
    thetas: np.ndarray,
    unit: float,
    *,
    shared: bool = False,
    further: ArrayLike = 0,
    how: Arithmetic = POWERS,
) -> np.ndarray:
    """The largest error of position times frequency, in radians, shape (positions, pairs).

    `positions` (n,), or (n, pairs) where pairs follow different axes. `shared`: against the angles of the frequencies
    as rounded, which cancel between two results that share them. `further`: roundings of frequencies beside powers.
    """
    m, t, further = np.asarray(positions, dtype=np.float64), thetas[None, :], np.asarray(further)
    m = m[:, None] if m.ndim == 1 else m
    rounded = m.astype(np.float32) != m if unit > UNIT["float64"] else np.abs(m) > 1 / unit
    logs = np.abs(np.log(np.where(t > 0, t, 1.0)))
    factor = how.roundings(logs, shared=shared)
    roundings = np.where((t == 1.0) & (further == 0), 0.0, factor + (0 if shared else further)) + rounded
    return np.asarray(np.abs(m) * t * unit * (roundings / (1 - roundings * unit) + how.reduction))


def trigonometric(angle: float, work: float, how: Arithmetic = POWERS) -> float:
    """The largest error of a sine or cosine of a given angle, once it is held in the work dtype."""
    return how.cosine * angle + (work / 2 if work > angle else 0.0) + RADIUS


def product(angle: float, work: float, how: Arithmetic = POWERS) -> float:
    """The largest error of a rotation by a given table, relative to the length of the pair."""
    return float(np.sqrt(2) * (2 * work + work**2) * (1 + np.sqrt(2) * trigonometric(angle, work, how)))


def relative(
    positions: ArrayLike,
    thetas: np.ndarray,
    dtype: str,
    angle: float,
    *,
    shared: bool = False,
    further: ArrayLike = 0,
    how: Arithmetic = POWERS,
) -> np.ndarray:
    """eta: the largest error of a rotated pair relative to its length, shape (positions, pairs)."""
    turned = np.minimum(2.0, angle_error(positions, thetas, angle, shared=shared, further=further, how=how))
    return np.asarray(turned + norm(dtype, angle, how))


def table(
    positions: ArrayLike,
    thetas: np.ndarray,
    dtype: str,
    angle: float,
    *,
    shared: bool = False,
    further: ArrayLike = 0,
    how: Arithmetic = POWERS,
) -> np.ndarray:
    """The largest error of a sine or cosine in a table, shape (positions, pairs)."""
    turned = np.minimum(2.0, angle_error(positions, thetas, angle, shared=shared, further=further, how=how))
    return np.asarray(turned + trigonometric(angle, UNIT[dtype], how))


def content(positions: ArrayLike, thetas: np.ndarray, dtype: str, angle: float, size: float) -> np.ndarray:
    """The largest error that a turn of the content adds to a rotated pair, relative to its length, (positions, pairs).

    Its angle is a phase, up to pi (an arctangent, 2 ulp: 4 roundings), multiplied (1) and added to something and to
    position times frequency, in any order (2): 7 roundings of at most `size` + pi, 2 of these of the sum with position
    times frequency. The content may be turned, or its length be measured, in a step of its own, which rounds once more.
    """
    m = np.asarray(positions, dtype=np.float64)
    m = np.abs(m[:, None] if m.ndim == 1 else m)
    off = angle * (7 * (size + np.pi) + 2 * m * thetas[None, :])
    return np.asarray(np.minimum(2.0, off) + norm(dtype, angle))


def scaling(positions: ArrayLike, scales: np.ndarray, unit: float, exponent: float | None = None) -> np.ndarray:
    """The largest relative error of s_i to the power of a position, or of s_i alone, shape (positions, pairs).

    As exp(p ln s) or by powers: the exponent p ln s carries three roundings, scaled by its own size; power and product
    add 3, and what s is made of 3 more. Where s is a number to the power of an `exponent`, that number comes from a
    quotient and a sum, and its three roundings enter with exponent times p, however near to 1 it is.
    """
    m = np.asarray(positions, dtype=np.float64)
    m = np.abs(m[:, None] if m.ndim == 1 else m)
    if (scales == 1.0).all():
        return np.zeros((len(m), len(scales)))
    logs = np.abs(np.log(scales))[None, :]
    own = 3 * np.maximum(m, 1.0) * logs if exponent is None else 3 * m * exponent
    roundings = np.where((logs == 0.0) & (exponent is None), 0.0, 3 * m * logs + own + 6)
    return np.asarray(roundings * unit / (1 - np.minimum(roundings * unit, 0.5)))


def norm(dtype: str, angle: float, how: Arithmetic = POWERS) -> float:
    """The largest change of a pair's length, relative to it: an angle error cannot change a length."""
    return float(np.sqrt(2) * trigonometric(angle, UNIT[dtype], how) + product(angle, UNIT[dtype], how))


def underflow(dtype: str) -> float:
    """The largest absolute error that results below the normal range add to a pair, where subnormals are kept.

    Two products a component round by half a subnormal each, sums are exact there: sqrt(2) subnormals for the pair.
    """
    return 1.5 * SUBNORMAL[dtype]


def summation(terms: int) -> float:
    """The largest error of a dot product of that many terms, relative to the sum of their sizes.

    Summed in float64 in any order: each term meets its own rounding and less than `terms` others, and the exact value
    that it is compared with is rounded as well.
    """
    return (terms + 2) * UNIT["float64"] * (1 + 2**-10)


def power(logs: np.ndarray, factors: ArrayLike, unit: float) -> np.ndarray:
    """The largest relative error of a power with these logarithms, made in whichever way.

    As a power or an exponential, which scale three roundings by the logarithm, and add 3 and another library's 2. Or of
    so many equal factors, as r^i or multiplied up: each is off by 1 ulp (2) beside the roundings of its own logarithm,
    which add up to those of the whole, and brings a product with it (1).
    """
    roundings = 3 * np.abs(logs) + 5 + 3 * np.asarray(factors)
    return np.asarray(roundings * unit / (1 - roundings * unit))


def logarithm(logs: np.ndarray, unit: float) -> np.ndarray:
    """The largest relative error of these logarithms of 1 plus a product, none where the product is 0.

    The product carries its own rounding and that of a factor, the sum one more: 3 units beside the logarithm, however
    near to 0 it is. The logarithm itself is off by 1 ulp, another library's by 2 more.
    """
    size = np.abs(logs)
    once = np.divide(3 * unit, size, out=np.zeros_like(size), where=size > 0) + 6 * unit
    return np.asarray(once / (1 - 3 * unit))


def between(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    """The largest error of a wave of the offset, where the waves at query and key have these errors.

    cos(m - n) = cos m cos n + sin m sin n, and |cos| + |sin| <= sqrt(2); made of the offset itself it is no larger.
    """
    return np.asarray(np.sqrt(2) * (query + key) + 2 * query * key)


def accumulated(terms: int, results: int, accumulate: float, work: float) -> float:
    """The largest error of a sum of that many products, relative to the sum of their sizes.

    Every term meets up to `terms` roundings where it is added up, in float32 at least, and three in the dtype of the
    result where it is formed; and one for each of the partial `results` that are held in that dtype and added.
    """
    once = (terms + 1) * accumulate
    return (once / (1 - once) + (results + 3) * work) * (1 + work) ** (results + 3)


def another_basis(q: np.ndarray, k: np.ndarray, mixed: int, accumulate: float, work: float) -> np.ndarray:
    """The largest error of dot products of vectors, each multiplied by one orthogonal matrix, shape (..., nq, nk).

    `q` (..., nq) and `k` (..., nk) are the lengths of the vectors. The entries of the matrix round once, and so does
    every sum, which is added up in a wider type. So many coordinates are `mixed` in one at most: rows and columns of
    absolute values sum to sqrt(mixed) then, and make a vector that much longer at most.
    """
    off = np.sqrt(mixed) * (work + (mixed + 1) * accumulate) * (1 + work) + work
    return np.asarray((2 * off + off**2) * q[..., :, None] * k[..., None, :])


def renormalised(terms: int, logs: np.ndarray, accumulate: float, work: float) -> np.ndarray:
    """The largest relative error of a weight divided by the sum of so many, where their logarithms are this large.

    Multiplied and divided: terms + 1 roundings. Through the softmax of their logarithms: a logarithm is off by 3 of its
    own roundings, so is the largest of them; their difference rounds, and the exponential makes a relative error of all
    that and adds 2 ulp.
    """
    roundings = terms + 8 * np.abs(logs) + 12
    return np.asarray(roundings * accumulate / (1 - roundings * accumulate) + 2 * work)


def logits(q: np.ndarray, off_q: np.ndarray, k: np.ndarray, off_k: np.ndarray, dim: int) -> np.ndarray:
    """The largest error of logits summed in float64, shape (..., nq, nk).

    `q` (..., nq, pairs) and `k` (..., nk, pairs) are the lengths of the pairs, `off_q` and `off_k` their errors.
    """
    reached_q, reached_k = q + off_q, np.swapaxes(k + off_k, -1, -2)
    off = off_q @ np.swapaxes(k, -1, -2) + reached_q @ np.swapaxes(off_k, -1, -2)
    return np.asarray(off + summation(dim) * (reached_q @ reached_k))
