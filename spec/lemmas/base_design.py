"""Which base a context needs: RoPE prefers a like key to a random one at every distance of it only if g(k) >= 0 there.

The bases with that are no half-line: cosines are not monotone in the base. So the smallest is not found by bisection;
here the bases below it are excluded, interval by interval. In u = ln(base), |dg(k)/du| <= k sum_i c_i exp(-c_i u) with
c_i = 2i/dim, which falls in u: a negative g(k) at u stays negative for |g(k)| / (k sum_i c_i exp(-c_i u)) to its right.
"""

import math

import numpy as np

from spec.lemmas.similarity import ROUNDING, signs

SMALLEST_STEP = 1e-9


def serves(base: float, length: int, dim: int) -> bool:
    """Whether g(k) >= 0 at every distance 0 <= k < length, certified."""
    return bool((signs(dim, np.arange(length), base) > 0).all())


def smallest_base(length: int, dim: int, *, resolution: float = 1e-3) -> float:
    """The smallest base >= 1 with g(k) >= 0 for all 0 <= k < length, to a relative resolution.

    The returned base has it, and no base in [1, base / (1 + resolution)] does; both are certified.

    The work grows faster than the square of the length: at dimension 128 half a second for 1024, half a minute for
    8192.

    Source: Men et al., Base of RoPE Bounds Context Length (2024); the search for the infimum: Su, Transformer upgrade
    road 18, design principles of RoPE's base (kexue.fm/archives/10122).
    Raises ValueError where the dimension is not an even number of at least 4 (one pair turns by 1 at every base), or
    where bases that serve come in intervals too short to be told from none.
    """
    if dim < 4 or dim % 2:
        raise ValueError(f"expected an even dimension of at least 4, got {dim}")
    u = 0.0
    while (step := _excluded(u, length, dim)) < math.inf:
        reach = math.log1p(resolution)
        while reach > max(step, SMALLEST_STEP):
            if serves(math.exp(u + reach), length, dim):
                return math.exp(u + reach)
            reach /= 8
        if step < SMALLEST_STEP:
            raise ValueError(f"cannot decide between the bases at {math.exp(u)}; take another length or dimension")
        u += step
    return math.exp(u)


def _excluded(u: float, length: int, dim: int) -> float:
    """How far to the right of u no base serves; infinity where that of u itself does."""
    c = 2 * np.arange(dim // 2) / dim
    theta = np.exp(-c * u)
    best, start, stop = 0.0, 1, 64
    while start < length:
        distances = np.arange(start, min(stop, length))
        g = np.cos(np.multiply.outer(distances, theta)).sum(axis=1)
        margins = ROUNDING * (distances * theta.sum() + dim)
        best = max(best, float(((-g - margins) / distances).max()))
        if best * start >= dim / 2:  # no distance beyond excludes more
            break
        start, stop = stop, 2 * stop
    if best == 0 and serves(math.exp(u), length, dim):
        return math.inf
    return best / float(c @ theta) * (1 - ROUNDING)
