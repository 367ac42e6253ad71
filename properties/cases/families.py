"""Where cases come from: a cover that is always run, and draws of a strategy.

What is rare in random draws is enumerated: every dimension, every special position, one token and many, unsorted and
repeated positions. Sizes differ from one another wherever they could be confused.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle
from random import Random
from typing import Any

import numpy as np

from properties.cases.case import Case, Positions, case_at
from properties.cases.drawing import KINDS, Kind
from properties.cases.sizes import sizes_of
from properties.cases.tried import AT_ONCE, BESIDE, TRIED, TRIED_AT, at_once
from spec import Encoding, Statement

DIMS = (4, 6, 16, 34, 128)
SPECIALS = (0, 1, 2, 3, 5, 7, *(2**k + d for k in range(4, 13) for d in (-1, 0, 1)), 8191)
FAR = tuple(2**k + d for k in range(13, 23) for d in (-1, 0, 1))
FRACTIONS = (0.5, 0.25, 1.5, 2.75, 7.125, 31.5, 100.625, 1023.5)
SMALL, FEW = 32, 15
"""Vectors that are wider than this come alone, at a few positions: these are gone through with small ones."""
DRAWN: tuple[Kind, ...] = ("gaussian", "one-hot", "gaussian", "alternating", "gaussian", "large", "gaussian", "small")
"""How the vectors of the cases of a cover are drawn, in turn."""
Strategy = Callable[[Random], Case]


@dataclass(frozen=True)
class Family:
    """A cover, made for an encoding and a seed, and a strategy, which draws one case after the other.

    `shrinks`: a failure may be told on fewer positions, heads and coordinates, and still means the same. `dealt`: the
    dtypes of an implementation share the cover, and so do all implementations of an encoding in a survey. `wide` stands
    for it in the profiles ci and deep. `whole`: its cases are not cut to the size of small ones.
    """

    name: str
    cover: Callable[[Encoding, int], list[Case]]
    strategy: Strategy | None = None
    shrinks: bool = True
    dealt: bool = False
    wide: "Family | None" = None
    whole: bool = False

    def cases(self, encoding: Encoding, *, draws: int, suite_seed: int) -> tuple[Case, ...]:
        """The cover, then `draws` cases of the strategy; the same for the same seed."""
        more = drawn(self.strategy, draws, suite_seed) if self.strategy is not None and draws else ()
        return tuple(self._sized(case, encoding) for case in (*self.cover(encoding, suite_seed), *more))

    def _sized(self, case: Case, encoding: Encoding) -> Case:
        """The case with as many queries and keys as small ones have where each of them meets each."""
        if self.dealt or self.whole:
            return case
        most = sizes_of(encoding)
        return dataclasses.replace(case, positions=case.positions[: most.queries], others=case.others[: most.keys])


@lru_cache(maxsize=256)
def drawn(strategy: Strategy, count: int, suite_seed: int) -> tuple[Case, ...]:
    """Cases of a strategy, fixed by the seed alone, whatever else a process has imported."""
    random = Random(suite_seed)
    return tuple(strategy(random) for _ in range(count))


def some(random: Random, pool: Sequence[Any], most: int) -> tuple[Any, ...]:
    """Some of a pool, one at least, any of them several times."""
    return tuple(random.choices(pool, k=random.randint(1, most)))


def every_offset(encoding: Encoding, suite_seed: int) -> list[Case]:
    """Keys at all distances up to 150 before and behind queries, where these meet: as many as a case has room for."""
    return [Case(dim=8, positions=m, others=n, seed=suite_seed) for m, n in sizes_of(encoding).offsets]


def every_carry(encoding: Encoding, suite_seed: int) -> list[Case]:
    """The decimal carries and their neighbours, where a position is taken for its digits."""
    carries = tuple(10**k + d for k in range(1, 7) for d in (-1, 0, 1))
    return [Case(dim=8, positions=carries, seed=suite_seed)] if "radix" in encoding.parameters else []


def over(pool: Positions, dims: tuple[int, ...], name: str, *, sweeps: bool = False) -> Family:
    """The family of the given positions, in the given dimensions; with `sweeps`, of every offset and carry as well."""

    def cover(encoding: Encoding, suite_seed: int) -> list[Case]:
        shuffled, heads = np.random.default_rng(suite_seed), sizes_of(encoding).heads
        cases = []
        for index, dim in enumerate(dims):
            several = [*pool, pool[1], pool[0]] if index % 2 else list(pool)
            wide = dim > SMALL
            places = [float(p) if p % 1 else int(p) for p in shuffled.permutation(several)[: FEW if wide else None]]
            others = places[5:] + places[:3]
            one = dim == dims[-1]
            cases.append(
                Case(
                    dim=dim,
                    positions=tuple(places),
                    others=tuple(others[:1] if one else others),
                    shift=(1, 7, 256, 4096)[index % 4],
                    batch=1 if wide else 2,
                    heads=heads[index % len(heads)],
                    kind=DRAWN[index % len(DRAWN)],
                    seed=suite_seed + index,
                )
            )
        alone = Case(dim=8, positions=(places[0],), others=(places[1],), seed=suite_seed)
        swept = [*every_offset(encoding, suite_seed), *every_carry(encoding, suite_seed)] if sweeps else []
        return [*cases, *swept, alone]

    def strategy(random: Random) -> Case:
        return Case(
            dim=random.choice(dims),
            positions=some(random, pool, 12),
            others=some(random, pool, 9),
            shift=random.choice((1, 2, 3, 5, 64, 257, 1000, 4095)),
            batch=random.choice((1, 2)),
            heads=random.choice((1, 3)),
            kind=random.choice(KINDS),
            seed=random.randrange(2**20),
        )

    return Family(name, cover, strategy)


thorough = over(SPECIALS, DIMS, "thorough", sweeps=True)
general = over(SPECIALS, (6, 64), "general")
small = over(tuple(p for p in SPECIALS if p <= 65), (10,), "small")
large = over((*FAR, 0, 1), (6, 8), "large")
returning = Family(
    "returning",
    lambda encoding, suite_seed: [
        *small.cover(encoding, suite_seed),
        Case(dim=8, positions=(3, 1500, 7), seed=suite_seed),
    ],
)
"""Small ones, and a sequence of some 3000: for code that forgets a long one only once a very short one has come."""


def _shared(random: Random) -> Case:
    return Case(
        dim=random.choice((32, 64)),
        positions=tuple(range(random.choice((128, 256, 257)))),
        others=tuple(range(16)),
        heads=random.choice((4, 5, 8)),
        seed=random.randrange(2**20),
    )


repeated = Family(
    "repeated",
    lambda encoding, suite_seed: [
        *small.cover(encoding, suite_seed),
        Case(dim=32, positions=tuple(range(256)), others=tuple(range(16)), heads=4, seed=suite_seed),
    ],
    lambda random: random.choice(list(filter(None, (small.strategy, _shared))))(random),
)
"""Small ones, and one of so many numbers that several threads share them."""
fractional = over((*FRACTIONS, 0, 1), (6, 16), "fractional")
negative = over((*(-p for p in SPECIALS if p), 0, 1), (6, 16), "negative")


def _configured(encoding: Encoding, suite_seed: int) -> list[Case]:
    versions = [encoding, *map(encoding.under, encoding.conventions)]
    known = {name for version in versions for name in version.parameters}
    values_of = dict(TRIED) | {name: values for version in versions for name, values in version.tried.items()}
    tried = {name: values for name, values in values_of.items() if name in known}
    return [
        Case(
            dim=dim,
            positions=(0, 1, 3, 17, 255, 1024, 4097),
            others=(1, 2),
            seed=suite_seed + index,
            parameters=(*BESIDE.get(name, ()), (name, values[index])),
        )
        for name, values in tried.items()
        for index, dim in zip(range(len(values)), cycle(TRIED_AT), strict=False)
    ]


def _at_once(encoding: Encoding, suite_seed: int) -> list[Case]:
    """As published models set several parameters, in one dimension."""
    defaults = encoding.configured(AT_ONCE, {})
    return [
        Case(
            dim=AT_ONCE,
            positions=(0, 1, 17, 100, 300, 700, 1024, 4097),
            others=(1, 2),
            seed=suite_seed + index,
            parameters=tuple(sorted(given.items())),
        )
        for index, given in enumerate(at_once(defaults, {**TRIED, **encoding.tried}))
    ]


neighbours = Family(
    "neighbours",
    lambda encoding, suite_seed: [Case(dim=64, positions=SPECIALS, others=(4, 6, *range(8, 15)), seed=suite_seed)],
)
configured = Family(
    "configured",
    lambda encoding, suite_seed: [*_configured(encoding, suite_seed), *_at_once(encoding, suite_seed)],
)


def once(dim: int, positions: Positions, others: Positions = ()) -> Family:
    """The family of a single case."""
    case = Case(dim=dim, positions=positions, others=others)
    return Family("once", lambda encoding, suite_seed: [dataclasses.replace(case, seed=suite_seed)], shrinks=False)


def example(statement: Statement) -> Family:
    """The family of the spec's own example of a statement."""
    assert statement.example is not None
    case = case_at(statement.example)
    return Family("example", lambda encoding, suite_seed: [case])
