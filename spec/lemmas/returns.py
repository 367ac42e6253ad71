"""No similarity in finitely many dimensions falls for ever: sums of waves come back."""

from collections.abc import Callable

from flint import arb
from sympy import Matrix, Rational

from spec.lemmas.lemma import lemma
from spec.lemmas.similarity import similarity

Kernel = Callable[[int], Rational]

RETURNS = {2: (710, "0.99999999"), 4: (71000, "0.9999"), 8: (710000, "0.9995")}
TURNS = ((Rational(3, 5), Rational(4, 5)), (Rational(5, 13), Rational(12, 13)), (Rational(8, 17), Rational(15, 17)))
"""Cosine and sine of angles that are no fraction of a turn."""

FALLING: dict[str, Kernel] = {
    "exponential": lambda k: Rational(1, 2**k),
    "hyperbolic": lambda k: Rational(1, 1 + k),
    "linear": lambda k: Rational(100 - k, 100),
    "logarithmic in steps": lambda k: Rational(20 - k.bit_length(), 20) - Rational(k, 10000),
}
"""Symmetric kernels G(k), k >= 0, that fall with every step over the distances used here."""


@lemma("theorem", cites="Dirichlet's theorem on simultaneous approximation; Bohr: almost periodic functions (1925)")
def the_similarity_returns_to_its_top() -> bool:
    """For every d and base the similarity comes as close to g(0) as you like, infinitely often.

    Stands in for the theorem: at base 10^4, d = 2, 4, 8, a share of 0.99999999, 0.9999, 0.9995 at 710, 71000, 710000.
    """
    return all(_returns(dim, distance, share) for dim, (distance, share) in RETURNS.items())


@lemma("theorem", cites="Caratheodory-Toeplitz: a Toeplitz Gram matrix of rank d belongs to a sum of d waves")
def no_falling_kernel_in_finitely_many_dimensions() -> bool:
    """No vectors in R^d, one a position, have dot products that depend on the distance alone and fall with every step.

    Stands in for the theorem: rows in R^d have Gram matrices of rank d at most, as sums of d/2 rational rotations show
    at d + 2 positions, exactly; four falling kernels have rank d + 2 there, d = 2, 4, 6.
    """
    dims = range(2, 2 * len(TURNS) + 1, 2)
    return all(fits(waves(dim), dim) for dim in dims) and not any(
        fits(kernel, dim) for kernel in FALLING.values() for dim in dims
    )


@lemma("certified")
def at_most_d_rows_are_orthogonal() -> bool:
    """No d + 2 vectors of R^d are orthogonal to each other, at d = 2, 4, 6: the rank of their Gram matrix is d + 2."""
    return not any(fits(lambda k: Rational(int(k == 0)), dim) for dim in (2, 4, 6))


def waves(dim: int) -> Kernel:
    """The similarity of rows made of dim / 2 rational rotations, exactly: the real parts of z^k."""

    def kernel(k: int) -> Rational:
        total = Rational(0)
        for c, s in TURNS[: dim // 2]:
            real, imaginary = Rational(1), Rational(0)
            for _ in range(k):
                real, imaginary = real * c - imaginary * s, real * s + imaginary * c
            total += real
        return total

    return kernel


def fits(kernel: Kernel, dim: int) -> bool:
    """Whether the Gram matrix of dim + 2 consecutive positions has a rank that vectors in R^dim can have."""
    size = dim + 2
    return bool(Matrix(size, size, lambda p, r: kernel(abs(int(p) - int(r)))).rank() <= dim)


def _returns(dim: int, distance: int, share: str) -> bool:
    return bool(similarity(dim, distance) > arb(share) * dim / 2)
