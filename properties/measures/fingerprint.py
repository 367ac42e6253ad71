"""What a black box shows of itself: layout, direction, base, the precision of its angles, how far it stays usable.

Nothing here is a verdict. Everything is recovered from calls alone, and stands in the report beside what is claimed.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from impls import Implementation
from properties.cases.case import Case, reach
from properties.subjects.calls import Instances
from properties.subjects.kinds import subject_of
from properties.subjects.misbehaviour import Misbehaved
from properties.subjects.scored import Scores
from properties.subjects.subject import Subject
from spec import ENCODINGS, Holds, verdict
from spec.numbers import bounds
from spec.statements.algebra import spectrum

DIM = 16
REACH = tuple(2**k for k in range(21))
"""Where accuracy is measured, with one neighbour behind."""


@dataclass(frozen=True)
class Fingerprint:
    """What the calls show; None where they show nothing."""

    layout: str | None = None
    direction: str | None = None
    base: float | None = None
    angles: str | None = None


@dataclass(frozen=True)
class Sample:
    """The worst error at one position and the next, relative to the length of a pair, beside its bound."""

    dtype: str
    position: int
    error: float
    bound: float
    distinct: bool


def fingerprint(implementation: Implementation, dtypes: Sequence[str]) -> Fingerprint:
    """Recover what can be recovered, in the widest dtype that it is checked in."""
    dtype = next((d for d in ("float64", "float32", "bfloat16", "float16") if d in dtypes), None)
    subject = dtype and subject_of(implementation, dtype, Case(dim=DIM, positions=(1,)).within(implementation))
    if not subject or isinstance(subject, Scores) or not subject.spec.turns or implementation.compare != "value":
        return Fingerprint()
    if not isinstance(verdict(subject.spec, spectrum), Holds):
        return Fingerprint()
    try:
        layout = _layout(subject)
        thetas = _frequencies(subject)
    except (Misbehaved, RuntimeError, ValueError, IndexError):
        return Fingerprint()
    turning = "counter-clockwise" if thetas[0] > 0 else "clockwise" if thetas[0] < 0 else "none"
    as_claimed = np.allclose(thetas, subject.thetas, rtol=1e-5, atol=0)
    return Fingerprint(
        layout=layout,
        direction=turning if subject.maps else None,
        base=_base(subject, np.abs(thetas)),
        angles=_precision(subject) if as_claimed else None,
    )


def _layout(subject: Subject) -> str:
    """Where the image of each basis vector reaches beyond itself; in a table, where row 0 has its ones."""
    if not subject.maps:
        cosines = np.flatnonzero(subject.table((0,))[0].double().numpy() > 0.5)
        patterns = {"interleaved": np.arange(1, DIM, 2), "half": np.arange(DIM // 2, DIM)}
    else:
        size = subject.coordinates.size
        images = [_image(subject, position) for position in (1, 10, 100, 1000)]
        reached = np.max([np.abs(image - np.diag(np.diag(image))) for image in images], axis=0)[:size, :size]
        cosines = reached.argmax(-1)
        patterns = {"interleaved": np.arange(size) ^ 1, "half": (np.arange(size) + size // 2) % size}
    return next((name for name, pattern in patterns.items() if np.array_equal(cosines, pattern)), "neither")


def _image(subject: Subject, position: int) -> np.ndarray:
    basis = torch.eye(DIM, dtype=subject.torch_dtype)[:, None, None, :]
    return np.asarray(subject.encode(basis, (position,)).detach().double().numpy()[:, 0, 0, :])


def _angles(subject: Subject, position: int) -> np.ndarray:
    """The angle that every declared pair has turned through, in (-pi, pi]."""
    x = torch.zeros(1, DIM, dtype=subject.torch_dtype)
    x[:, subject.coordinates[:, 0]] = 1
    pairs = subject.pairs(subject.output(x, (position,)).detach())[0].astype(np.float64)
    sine, cosine = (pairs[:, 1], pairs[:, 0]) if subject.maps else (pairs[:, 0], pairs[:, 1])
    return np.asarray(np.arctan2(sine, cosine))


def _frequencies(subject: Subject) -> np.ndarray:
    """Angle per position of every pair, refined from position to doubled position while full turns can be counted."""
    thetas = _angles(subject, 1)
    for position in REACH[1:13]:
        seen = _angles(subject, position)
        turns = np.round((position * thetas - seen) / (2 * np.pi))
        thetas = (seen + 2 * np.pi * turns) / position
    return np.asarray(thetas)


def _base(subject: Subject, thetas: np.ndarray) -> float | None:
    """The base whose powers the recovered frequencies are, from the exponents of the declared convention."""
    if "base" not in subject.parameters:
        return None
    exponents = -np.log(subject.thetas[1:]) / np.log(subject.parameters["base"])
    with np.errstate(divide="ignore"):
        bases = np.exp(-np.log(thetas[1:]) / exponents)
    middle = float(np.median(bases))
    return float(f"{middle:.5g}") if np.isfinite(middle) else None


def _precision(subject: Subject) -> str:
    """The coarsest unit that the angle errors at positions around 4096 need."""
    case = Case(dim=DIM, positions=(4095,)).within(subject.implementation)
    position = int(case.positions[0])
    exact = subject.exact_output(_ones(subject), (position,))[0].astype(np.float64)
    got = subject.pairs(subject.output(_ones(subject), (position,)).detach())[0].astype(np.float64)
    off = np.linalg.norm(got - exact, axis=-1) / (np.linalg.norm(exact, axis=-1) + 1e-300)
    for unit in ("float64", "float32", "float16", "bfloat16"):
        allowed = bounds.relative((position,), subject.thetas, subject.dtype, bounds.UNIT[unit])[0]
        if (off <= allowed).all():
            return unit
    return "none of these"


def _ones(subject: Subject) -> torch.Tensor:
    return torch.ones(1, DIM, dtype=subject.torch_dtype)


def accuracy(implementation: Implementation, dtype: str) -> list[Sample]:
    """The worst relative error at 1, 2, 4, ... and one behind each, as far as it declares to reach; of vectors only."""
    samples: list[Sample] = []
    if ENCODINGS[implementation.encoding].acts_on not in ("query-key", "input"):
        return samples
    instances: Instances = {}
    limit = reach(implementation, DIM, {})
    for start in REACH:
        if limit is not None and start + 1 > limit:
            break
        try:
            samples.append(
                _sample(Subject(implementation, dtype, Case(dim=DIM, positions=(start, start + 1)), instances))
            )
        except (Misbehaved, RuntimeError, ValueError, IndexError):
            break
    return samples


def _sample(subject: Subject) -> Sample:
    positions = subject.case.positions
    x = torch.ones(len(positions), DIM, dtype=subject.torch_dtype)
    output = subject.output(x, positions).detach()
    got, exact = subject.pairs(output), subject.exact_output(x, positions)
    lengths = np.sqrt(2) if subject.maps else 1.0
    off = np.linalg.norm((got - exact).astype(np.float64), axis=-1) / lengths
    allowed = subject.bound(x, positions)[..., 0] / (lengths if subject.maps else 1 / np.sqrt(2))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(off == 0, 0.0, np.where(np.isfinite(off), off / allowed, np.inf))
    place = np.unravel_index(int(np.argmax(ratio)), off.shape)
    return Sample(
        dtype=subject.dtype,
        position=int(positions[0]),
        error=float(off[place]),
        bound=float(allowed[place]),
        distinct=bool((output[0] != output[1]).any()),
    )


def usable(samples: Sequence[Sample], implementation: Implementation) -> dict[str, Any] | None:
    """The largest position up to which every sample is within its bound and told apart from the next."""
    reached = 0
    for sample in samples:
        if not sample.error <= sample.bound:
            return {"position": reached, "limited_by": "accuracy"}
        if not sample.distinct:
            return {"position": reached, "limited_by": "distinguishability"}
        reached = sample.position + 1
    if not samples:
        return None
    declared = implementation.max_position is not None and implementation.max_position < 2 * reached
    return {"position": reached, "limited_by": "declared" if declared else "probe-range"}


def portrait(implementation: Implementation, dtypes: Sequence[str]) -> dict[str, Any]:
    """Everything that the report shows of an implementation beside its results, as JSON."""
    samples = {dtype: accuracy(implementation, dtype) for dtype in dtypes}
    reach = {dtype: usable(found, implementation) for dtype, found in samples.items()}
    plain = [
        {k: v for k, v in asdict(sample).items() if k != "distinct"} for found in samples.values() for sample in found
    ]
    return {
        "fingerprint": asdict(fingerprint(implementation, dtypes)),
        "accuracy": [row for row in plain if np.isfinite(row["error"])],
        "usable_context": {dtype: found for dtype, found in reach.items() if found},
    }
