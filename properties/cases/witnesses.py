"""Cases near a witness: where parameters are fixed, or limits declared, another one may show what it shows."""

import dataclasses

from impls import Implementation
from properties.cases.case import Case, case_at
from spec import ENCODINGS, Witness

FARTHER = (2, 4, 16, 64, 256, 1024)
"""By how much positions are multiplied: interpolated by a factor, encodings need as much more room."""
DISTANCES = (tuple(range(1, 66)), tuple(range(1, 1026)))
"""Where a kernel is looked at, if not where it is known to rise."""


def departs(implementation: Implementation) -> bool:
    """Whether parameters are fixed or limits declared: witnesses are proved for the defaults, and without limits.

    A witness of a convention may show in one layout alone.
    """
    one, encoding = implementation, ENCODINGS[implementation.encoding]
    limits = (one.max_position, one.head_sizes, one.heads, one.position_dtypes, one.convention and one.layout)
    return bool(one.parameters) or any(limits) or one.positions != encoding.domain.positions


def variations(witness: Witness) -> tuple[Case, ...]:
    """The case of a witness, and those that may show the same, smallest first."""
    case = case_at(witness)
    if "kernel" in witness.values:
        return case, *(dataclasses.replace(case, positions=places) for places in DISTANCES)
    if case.segments:
        return (case,)
    return case, *(_farther(case, by) for by in FARTHER)


def _farther(case: Case, by: int) -> Case:
    positions, others = (tuple(by * p for p in places) for places in (case.positions, case.others))
    return dataclasses.replace(case, positions=positions, others=others)
