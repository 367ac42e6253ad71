"""What code conforms as, where it is not what it claims: another layout, a convention, another encoding of its kind."""

import dataclasses
from collections.abc import Iterator
from contextlib import suppress

from impls import Implementation
from properties.checks.comparisons import is_exact
from properties.subjects import place_of, subject_of
from properties.subjects.misbehaviour import Misbehaved
from spec import ENCODINGS


def likenesses(implementation: Implementation, dtype: str) -> tuple[str, ...]:
    """The other claims that are true of the code wherever known mistakes differ, as sentences; mostly none or one."""
    if implementation.compare != "value":
        return ()
    return tuple(f"it conforms as {_said(claim)}" for claim in _claims(implementation) if _conforms(claim, dtype))


def _claims(own: Implementation) -> Iterator[Implementation]:
    """The same code declared otherwise: its own encoding first, in every layout and convention, then all alike."""
    known = ENCODINGS[own.encoding]
    alike = (
        e for e in ENCODINGS.values() if type(e.definition) is type(known.definition) and e.grid.axes == known.grid.axes
    )
    for encoding in (known, *(e for e in alike if e is not known)):
        if set(own.parameters) <= set(encoding.parameters):
            for convention in (None, *encoding.conventions):
                for layout in encoding.under(convention).layouts or (None,):
                    claim = dataclasses.replace(own, encoding=encoding.name, convention=convention, layout=layout)
                    if claim != own:
                        yield claim


def _conforms(claim: Implementation, dtype: str) -> bool:
    with suppress(Misbehaved, ValueError):
        for case in place_of(claim).told_apart:
            s = subject_of(claim, dtype, case.within(claim))
            if not all(is_exact(s, *s.code.inputs(), **side).holds for side in s.code.sides):
                return False
        return True
    return False


def _said(claim: Implementation) -> str:
    told = {"layout": claim.layout, "convention": claim.convention}
    return ", ".join([claim.encoding, *(f'{name}="{value}"' for name, value in told.items() if value)])
