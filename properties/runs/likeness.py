"""What code conforms as, where it is not what it claims: another layout, a convention, another encoding of its kind."""

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

from impls import Implementation
from impls.calls import call_of
from impls.door.misbehaviour import Misbehaved
from properties.cases.case import Case
from properties.checks.comparisons import is_exact
from properties.runs.catalogue import PROPERTIES
from properties.runs.plan import Plan
from properties.subjects import place_of, subject_of
from spec import ENCODINGS, Encoding

EXACT = next(prop for prop in PROPERTIES if prop.id == "exact-values")


def likenesses(implementation: Implementation, dtype: str) -> tuple[str, ...]:
    """The other claims that are true of the code wherever known mistakes differ, as sentences.

    All of its own encoding, where there are any, else the first of another; none where nothing is wrong there.
    """
    if implementation.compare != "value" or _conforms(implementation, dtype):
        return ()
    known = ENCODINGS[implementation.encoding]
    alike = [e for e in ENCODINGS.values() if type(e.definition) is type(known.definition) and e is not known]
    related = (
        []
        if call_of(implementation).handed
        else [
            e for e in alike if e.grid.axes == known.grid.axes and set(implementation.parameters) <= set(e.parameters)
        ]
    )
    own = [claim for claim in _claims(implementation, [known]) if _conforms(claim, dtype)]
    others = (claim for claim in _claims(implementation, related) if _conforms(claim, dtype))
    return tuple(f"it conforms as {_said(claim)}" for claim in own or islice(others, 1))


def _claims(own: Implementation, encodings: Sequence[Encoding]) -> Iterator[Implementation]:
    """The same code declared otherwise, in every layout and convention of these encodings."""
    for encoding in encodings:
        for convention in (None, *encoding.conventions):
            for layout in encoding.under(convention).layouts or (None,):
                known: dict[str, Any] = {"encoding": encoding.name, "convention": convention, "layout": layout}
                claim = dataclasses.replace(own, **known)
                if claim != own:
                    yield claim


def _conforms(claim: Implementation, dtype: str) -> bool:
    """Whether it is right wherever known mistakes differ, and then on all that exact values are looked at."""
    with suppress(Misbehaved, ValueError):
        return all(_is_right(claim, dtype, case) for case in place_of(claim).told_apart) and all(
            _is_right(claim, dtype, case) for case in Plan().cases(EXACT, claim, dtype)
        )
    return False


def _is_right(claim: Implementation, dtype: str, case: Case) -> bool:
    s = subject_of(claim, dtype, case.within(claim))
    return all(is_exact(s, *s.code.inputs(), **side).holds for side in s.code.sides)


def _said(claim: Implementation) -> str:
    told = {"layout": claim.layout, "convention": claim.convention}
    return ", ".join([claim.encoding, *(f'{name}="{value}"' for name, value in told.items() if value)])
