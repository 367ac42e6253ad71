"""Right implementations of RoPE in numpy, as people write them: every choice of precision and of frequency formula."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from spec import ENCODINGS
from spec.numbers.bounds import UNIT
from spec.numbers.exact import frequencies, rows

DTYPES = {name: np.dtype(name) for name in ("float64", "float32", "float16")}
try:
    import ml_dtypes
except ImportError:  # numpy has no bfloat16 of its own; what needs it is left out
    pass
else:
    DTYPES["bfloat16"] = np.dtype(ml_dtypes.bfloat16)


def power(base, dim, kind):
    """1 / base^(2i/d), everything in one precision."""
    return kind(1) / kind(base) ** (np.arange(0, dim, 2, dtype=kind) / kind(dim))


def exponential(base, dim, kind):
    """exp(-2i (ln base / d)), the constant formed in float64 as Python does."""
    return np.exp(np.arange(0, dim, 2, dtype=kind) * kind(-np.log(np.float64(base)) / dim))


def logarithm(base, dim, kind):
    """exp(-(2i/d) ln base), the logarithm too in the one precision."""
    return np.exp(-(np.arange(0, dim, 2, dtype=kind) / kind(dim)) * np.log(kind(base)))


@dataclass(frozen=True)
class Pipeline:
    """Angles formed in `angle`, tables and vectors held in `work`."""

    formula: Callable[..., np.ndarray]
    angle: str
    work: str

    @property
    def unit(self) -> float:
        return UNIT[self.angle]

    def table(self, positions, dim, base):
        """Cosines and sines in the work dtype, (2, positions, pairs)."""
        kind = DTYPES[self.angle].type
        thetas = self.formula(base, dim, kind)
        angles = np.asarray(positions, dtype=np.float64).astype(kind)[:, None] * thetas
        assert angles.dtype == kind
        return np.stack([np.cos(angles), np.sin(angles)]).astype(DTYPES[self.work])

    def rotate(self, x, positions, dim, base):
        """The rotated pairs of x (..., positions, pairs, 2), in the work dtype throughout."""
        x = x.astype(DTYPES[self.work])
        c, s = self.table(positions, dim, base)
        one, other = x[..., 0], x[..., 1]
        return np.stack([one * c - other * s, other * c + one * s], axis=-1)


_CHOICES = (
    Pipeline(power, "float32", "float32"),
    Pipeline(exponential, "float32", "float32"),
    Pipeline(logarithm, "float32", "float32"),
    Pipeline(power, "float64", "float32"),
    Pipeline(power, "float32", "float16"),
    Pipeline(exponential, "float32", "bfloat16"),
    Pipeline(power, "float64", "bfloat16"),
    Pipeline(power, "float64", "float64"),
    Pipeline(logarithm, "float64", "float64"),
    Pipeline(power, "float32", "float64"),
)
PIPELINES = {f"{p.formula.__name__}-{p.angle}-{p.work}": p for p in _CHOICES if p.work in DTYPES}


@lru_cache(maxsize=64)
def exact_rows(positions, dim, base):
    """The true blocks, (positions, pairs, 2, 2), in extended precision."""
    return rows(ENCODINGS["rope"], [(p,) for p in positions], dim, {"base": base})


def exact_rotation(x, positions, dim, base):
    """The true rotation of the given numbers, in extended precision."""
    return np.einsum("npab,...npb->...npa", exact_rows(positions, dim, base), x.astype(np.longdouble))


def thetas(dim, base):
    """The true frequencies, rounded to float64."""
    return np.array([float(theta) for theta in frequencies(ENCODINGS["rope"], dim, {"base": base})])


def drawn(seed, shape, work):
    """Pairs of every direction and of lengths from 1/8 to 8, held in the work dtype."""
    random = np.random.default_rng(seed)
    direction = random.uniform(0, 2 * np.pi, shape)
    length = np.exp2(random.uniform(-3, 3, shape))
    pairs = length[..., None] * np.stack([np.cos(direction), np.sin(direction)], axis=-1)
    return pairs.astype(DTYPES[work])


def lengths(x):
    """The lengths of pairs, in extended precision."""
    return np.sqrt((x.astype(np.longdouble) ** 2).sum(-1))
