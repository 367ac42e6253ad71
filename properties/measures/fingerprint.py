"""What a black box shows of itself: layout, direction, base, the precision of its angles, how far it stays usable.

Nothing here is a verdict. Everything is recovered from calls alone, and stands in the report beside what is claimed.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from impls import Implementation
from impls.door.misbehaviour import Misbehaved
from impls.strangers import Overdue, contained, within
from properties.cases.case import Case, counts_of_heads, nearest, reach, size
from properties.measures.bodies import body
from properties.subjects import place_of, subject_of
from properties.subjects.blocks import POWERS_OF_TWO
from properties.subjects.door import Door, forgiven
from properties.subjects.vectors import OnVectors
from spec import Holds, verdict
from spec.numbers import bounds
from spec.statements.algebra import spectrum

DIM = 16
ONE_BASE = 0.05
"""By how much the bases that single pairs show may differ: those of scaled frequencies do more."""
PORTRAIT_SECONDS = 20.0


@dataclass(frozen=True)
class Fingerprint:
    """What the calls show; None where they show nothing."""

    layout: str | None = None
    direction: str | None = None
    base: float | None = None
    angles: str | None = None


@dataclass(frozen=True)
class Sample:
    """The largest error at one position and the next, relative to the length of a pair, beside the bound of that pair.

    `allowed`: no pair is over its own; `distinct`: the two positions have different results.
    """

    dtype: str
    position: int
    error: float
    bound: float
    allowed: bool
    distinct: bool


def fingerprint(implementation: Implementation, dtypes: Sequence[str]) -> Fingerprint:
    """Recover what can be recovered, in the widest dtype that it is checked in."""
    dtype = next((d for d in ("float64", "float32", "bfloat16", "float16") if d in dtypes), None)
    if dtype is None or implementation.compare != "value":
        return Fingerprint()
    subject: OnVectors = subject_of(implementation, dtype, Case(dim=DIM, positions=(1,)).within(implementation))
    if not isinstance(verdict(subject.encoding, spectrum), Holds):
        return Fingerprint()
    try:
        layout = _layout(subject)
        thetas = _frequencies(subject)
    except (Misbehaved, RuntimeError, ValueError, IndexError):
        return Fingerprint()
    as_claimed = np.allclose(thetas, subject.truth.waves.thetas, rtol=1e-5, atol=0)
    return Fingerprint(
        layout=layout,
        direction=subject.truth.direction(thetas[0]),
        base=_base(subject, np.abs(thetas)),
        angles=_precision(subject) if as_claimed else None,
    )


def _layout(subject: OnVectors) -> str:
    """The layout in which every coordinate reaches its partner."""
    found, patterns = subject.code.partners()
    return next((name for name, pattern in patterns.items() if np.array_equal(found, pattern)), "neither")


def _angles(subject: OnVectors, position: int) -> np.ndarray:
    """The angle that every declared pair has turned through, in (-pi, pi]."""
    turned = subject.code.output(subject.truth.first(), (position,))[0]
    return subject.truth.angles(turned.astype(np.float64))


def _frequencies(subject: OnVectors) -> np.ndarray:
    """Angle per position of every pair, refined from position to doubled position while full turns can be counted."""
    thetas, limit = _angles(subject, 1), subject.setup.limit
    for position in [p for p in POWERS_OF_TWO[1:13] if limit is None or p <= limit]:
        seen = _angles(subject, position)
        turns = np.round((position * thetas - seen) / (2 * np.pi))
        thetas = (seen + 2 * np.pi * turns) / position
    return np.asarray(thetas)


def _base(subject: OnVectors, thetas: np.ndarray) -> float | None:
    """The one base whose powers the recovered frequencies are, in the exponents of the declared convention."""
    if "base" not in subject.setup.parameters:
        return None
    exponents = -np.log(subject.truth.waves.thetas[1:]) / np.log(subject.setup.parameters["base"])
    with np.errstate(divide="ignore"):
        bases = np.exp(-np.log(thetas[1:]) / exponents)
    middle = float(np.median(bases))
    one = np.isfinite(middle) and np.allclose(bases, middle, rtol=ONE_BASE)
    return float(f"{middle:.5g}") if one else None


def _precision(subject: OnVectors) -> str:
    """The coarsest unit that the angle errors at positions around 4096 need."""
    case = Case(dim=DIM, positions=(4095,)).within(subject.implementation)
    position = int(case.positions[0])
    ones = np.ones((1, case.dim))
    exact = subject.truth.output(ones, (position,))[0].astype(np.float64)
    got = subject.code.output(ones, (position,))[0].astype(np.float64)
    off = np.linalg.norm(got - exact, axis=-1) / (np.linalg.norm(exact, axis=-1) + 1e-300)
    for unit in ("float64", "float32", "float16", "bfloat16"):
        thetas, dtype = subject.truth.waves.thetas, subject.setup.dtype
        if (off <= bounds.relative((position,), thetas, dtype, bounds.UNIT[unit])[0]).all():
            return unit
    return "none of these"


def accuracy(implementation: Implementation, dtype: str) -> list[Sample]:
    """The worst relative error at 1, 2, 4, ... and one behind each, as far as it declares to reach.

    Of vectors only, and of such as have values of their own: none of what is compared by scores.
    """
    samples: list[Sample] = []
    if implementation.compare != "value":
        return samples
    dim = size(implementation, DIM)
    door, limit = Door(implementation), reach(implementation, dim, {})
    for start in place_of(implementation).sampled:
        if limit is not None and start + 1 > limit:
            break
        heads = nearest(Case.heads, counts_of_heads(implementation))
        case = Case(dim=dim, positions=(start, start + 1), heads=heads)
        try:
            samples.append(_sample(subject_of(implementation, dtype, case, door)))
        except (Misbehaved, RuntimeError, ValueError, IndexError):
            break
    return samples


def _sample(subject: OnVectors) -> Sample:
    positions = subject.case.positions
    x = np.ones((len(positions), subject.case.dim))
    result = subject.code.result(x, positions)
    apart = subject.code.read(result) - subject.truth.output(x, positions)
    off = np.linalg.norm(apart.astype(np.float64), axis=-1) / subject.truth.pair_length
    allowed = subject.truth.pair_bound(x, positions)
    place = np.unravel_index(int(np.argmax(np.where(np.isfinite(off), off, np.inf))), off.shape)
    return Sample(
        dtype=subject.setup.dtype,
        position=int(positions[0]),
        error=float(off[place]),
        bound=float(allowed[place]),
        allowed=bool((off <= allowed).all()),
        distinct=bool((result[0] != result[1]).any()),
    )


def usable(samples: Sequence[Sample], implementation: Implementation) -> dict[str, Any] | None:
    """The largest position up to which every sample is within its bound and told apart from the next."""
    reached = 0
    for sample in samples:
        if not sample.allowed:
            return {"position": reached, "limited_by": "accuracy"}
        if not sample.distinct:
            return {"position": reached, "limited_by": "distinguishability"}
        reached = sample.position + 1
    if not samples:
        return None
    declared = implementation.max_position is not None and implementation.max_position < 2 * reached
    return {"position": reached, "limited_by": "declared" if declared else "probe-range"}


def portrait_in_time(implementation: Implementation, dtypes: Sequence[str]) -> dict[str, Any]:
    """The same, or nothing where the code does not come back, or ends more than the call."""
    try:
        with forgiven(implementation), within(PORTRAIT_SECONDS), contained():
            return portrait(implementation, dtypes)
    except (Exception, Overdue):
        return {}


def portrait(implementation: Implementation, dtypes: Sequence[str]) -> dict[str, Any]:
    """Everything that the report shows of an implementation beside its results, as JSON."""
    samples = {dtype: accuracy(implementation, dtype) for dtype in dtypes}
    reach = {dtype: usable(found, implementation) for dtype, found in samples.items()}
    shown = ("dtype", "position", "error", "bound")
    plain = [{name: getattr(sample, name) for name in shown} for found in samples.values() for sample in found]
    return {
        "fingerprint": asdict(fingerprint(implementation, dtypes)),
        "accuracy": [row for row in plain if np.isfinite(row["error"])],
        "usable_context": {dtype: found for dtype, found in reach.items() if found},
        **({"probed": size(implementation, DIM)} if plain else {}),
        **({"body": found} if implementation.package and (found := body(implementation)) else {}),
    }
