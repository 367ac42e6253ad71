"""Abel's summation bounds RoPE's logit by partial sums of waves; what the bound says, and what it does not.

Contents enter as h_i = q_i conj(k_i), one complex number a pair; the logit at distance delta is the real part of
sum h_i exp(i delta theta_i). With S_j, the sum of the first j waves, and h behind the last pair taken as 0,
|logit| <= max |h_(i+1) - h_i| (|S_1| + ... + |S_(d/2)|). The trivial bound is |h_0| + ... + |h_(d/2 - 1)|.

Source: Su et al., RoFormer (2021), section 3.4.3.
"""

import random
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import sympy
from sympy import Expr, Matrix, cos

from spec.definitions.rotations import rotation
from spec.definitions.symbols import THETA
from spec.lemmas.lemma import lemma
from spec.lemmas.similarity import ROUNDING, first_as_similar, thetas
from spec.proving.vanishing import vanishes

DIM = 128
PAIRS = DIM // 2
DISTANCES = np.arange(4097)
ROUNDED = ROUNDING * DISTANCES.max()
RAMP = 1 - np.arange(PAIRS) / PAIRS
N, N0 = sympy.symbols("n n0", real=True)
Q = Matrix(sympy.symbols("q:2", real=True))


@lemma("proof")
def summation_by_parts() -> bool:
    """sum_(i<n) h_i z_i = S_n h_(n-1) + sum_(0<j<n) S_j (h_(j-1) - h_j) for every n, S_j the sum of the first j z_i.

    By induction: both sides are h_0 z_0 for n = 1, and from n to n + 1 both grow by h_n z_n.
    """
    return _grows_alike(lambda partial, last, new: partial * (last - new))


@lemma("certified")
def abels_bound_holds() -> bool:
    """No logit exceeds Abel's bound: 50 contents of whole numbers and a ramp, at every distance to 4096, d = 128."""
    return _bounded(np.vstack([_contents(50), RAMP]), share=1.0)


@lemma("certified")
def abels_bound_is_vacuous_for_signs() -> bool:
    """Where every h_i is 1 or -1, whatever the pattern, Abel's bound is more than twice the trivial one at every
    distance to 4096, d = 128: the step behind the last pair is 1, and the |S_j| have a mean above 2."""
    return _mean_of_partial_sums_exceeds(2)


@lemma("certified")
def abels_bound_is_vacuous_for_generic_contents() -> bool:
    """For 200 contents of whole numbers from -9 to 9 Abel's bound is more than 5 times the trivial one at every
    distance to 4096, d = 128."""
    return _vacuous(_contents(200), times=5)


@lemma("certified")
def abels_bound_tells_something_of_a_ramp() -> bool:
    """For the ramp h_i = 1 - 2i/d Abel's bound is below the trivial one at every distance from 1 to 4096, d = 128."""
    return _informative(RAMP)


@lemma("proof")
def a_logit_peaks_wherever_the_content_says() -> bool:
    """With the key R_(-n0) q the logit at distance n is |q|^2 cos((n - n0) theta) in each pair: it peaks at n0."""
    return _peaks(at=N0)


@lemma("certified")
def no_second_peak_in_reach() -> bool:
    """With equal unit contents no distance within 20000 of the peak at n0 has so large a logit, d = 128."""
    return first_as_similar(DIM, 20000, distance=0) is None


@lru_cache(maxsize=1)
def _waves() -> np.ndarray:
    """exp(i delta theta_i), shape (distances, pairs)."""
    waves: np.ndarray = np.exp(1j * np.multiply.outer(DISTANCES, [float(theta) for theta in thetas(DIM)]))
    return waves


@lru_cache(maxsize=1)
def _partial_sums() -> np.ndarray:
    """|S_j|, shape (distances, pairs)."""
    sums: np.ndarray = np.abs(_waves().cumsum(axis=1))
    return sums


def _contents(count: int) -> np.ndarray:
    """h of random whole-number queries and keys, shape (count, pairs); the same at every call."""
    draw = random.Random(2024)
    numbers = [[complex(draw.randint(-9, 9), draw.randint(-9, 9)) for _ in range(2 * PAIRS)] for _ in range(count)]
    q, k = np.split(np.array(numbers), 2, axis=1)
    h: np.ndarray = q * k.conj()
    return h


def _steps(contents: np.ndarray) -> np.ndarray:
    behind = np.zeros((*contents.shape[:-1], 1))
    steps: np.ndarray = np.abs(np.diff(contents, append=behind)).max(axis=-1)
    return steps


def _bounded(contents: np.ndarray, *, share: float) -> bool:
    logits = np.abs((_waves() @ contents.T).real)
    bounds = np.multiply.outer(_partial_sums().sum(axis=1), _steps(contents))
    return bool((logits <= share * bounds + ROUNDED * np.abs(contents).sum(axis=1)).all())


def _vacuous(contents: np.ndarray, *, times: float) -> bool:
    least = _partial_sums().sum(axis=1).min() * _steps(contents)
    return bool((least > (times + ROUNDED) * np.abs(contents).sum(axis=1)).all())


def _informative(content: np.ndarray) -> bool:
    bounds = _partial_sums()[1:].sum(axis=1) * _steps(content)
    return bool((bounds < np.abs(content).sum() * (1 - 10 * ROUNDED)).all())


def _mean_of_partial_sums_exceeds(least: float) -> bool:
    return bool((_partial_sums().mean(axis=1) > least + ROUNDED).all())


def _grows_alike(parted: Callable[[Expr, Expr, Expr], Expr]) -> bool:
    partial, last, new, z = sympy.symbols("S h_last h_new z")
    grown = (partial + z) * new + parted(partial, last, new) - partial * last
    return bool(sympy.expand(grown - new * z) == 0)


def _peaks(*, at: Expr) -> bool:
    key = Matrix(rotation(-N0 * THETA)) * Q
    logit = (Q.T * Matrix(rotation(N * THETA)) * key)[0]
    return vanishes(logit - Q.dot(Q) * cos((N - at) * THETA))
