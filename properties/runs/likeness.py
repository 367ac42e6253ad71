"""What code conforms as, where it is not what it claims: another layout, a convention, another encoding of its kind."""

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import Any

import numpy as np

from impls import Implementation
from impls.calls import call_of
from impls.door.misbehaviour import Misbehaved
from properties.cases.case import Case
from properties.checks.comparisons import is_exact
from properties.runs.catalogue import PROPERTIES
from properties.runs.plan import Plan
from properties.subjects import place_of, subject_of
from spec import ENCODINGS, Encoding
from spec.definitions.composition import SECTIONS, TRAILING, is_rotary

DIM = 64
"""The size at which it is seen how many coordinates turn, if it may be that."""
SHARE = "partial_rotary_factor"
EXACT = next(prop for prop in PROPERTIES if prop.id == "exact-values")


def likenesses(implementation: Implementation, dtype: str) -> tuple[str, ...]:
    """The other claims that are true of the code wherever known mistakes differ, as sentences.

    All of its own encoding, where there are any, else the first of another, or of some coordinates alone; none where
    nothing is wrong there.
    """
    if implementation.compare != "value" or _conforms(implementation, dtype):
        return ()
    known = ENCODINGS[implementation.encoding]
    own = [claim for claim in _otherwise(implementation, [known]) if _conforms(claim, dtype)]
    more = chain(_filled(implementation), _as_others(implementation, dtype))
    found = own or islice((claim for claim in more if _conforms(claim, dtype)), 1)
    return tuple(f"it conforms as {_said(claim, implementation)}" for claim in found)


def _related(implementation: Implementation) -> list[Encoding]:
    """The other encodings of the same kind, on as many axes, that have the parameters which are fixed."""
    known, fixed = ENCODINGS[implementation.encoding], set(implementation.parameters)
    alike = (e for e in ENCODINGS.values() if type(e.definition) is type(known.definition) and e is not known)
    return [e for e in alike if e.grid.axes == known.grid.axes and fixed <= set(e.parameters)]


def _otherwise(own: Implementation, encodings: Sequence[Encoding]) -> Iterator[Implementation]:
    """The same code declared otherwise, in every layout and convention of these encodings."""
    for encoding in encodings:
        for convention in (None, *encoding.conventions):
            for layout in encoding.under(convention).layouts or (None,):
                known: dict[str, Any] = {"encoding": encoding.name, "convention": convention, "layout": layout}
                claim = dataclasses.replace(own, **known)
                if claim != own:
                    yield claim


def _filled(own: Implementation) -> Iterator[Implementation]:
    """The same code for the vectors alone that its sections fill."""
    for name, each in SECTIONS.items():
        if name in own.parameters and own.head_sizes is None:
            yield dataclasses.replace(own, head_sizes=(each * sum(own.parameters[name]),))


def _as_others(own: Implementation, dtype: str) -> Iterator[Implementation]:
    """The same code as other encodings: where some coordinates stay as they are, as those that leave some."""
    if call_of(own).handed:
        return
    turned = _turned(own, dtype)
    partial = 0 < turned.sum() < len(turned)
    related = [e for e in _related(own) if e.blocks.partial or not partial]
    yield from _otherwise(own, related)
    if partial:
        yield from _in_part(own, turned, [e for e in related if SHARE in e.parameters])


def _turned(own: Implementation, dtype: str) -> np.ndarray:
    """Which coordinates of what turns are others far out; none, where that cannot be seen."""
    s = subject_of(own, dtype, Case(dim=DIM, positions=(5000,)).within(own))
    if is_rotary(own.claimed):
        with suppress(Misbehaved):
            x, places = s.code.inputs()
            return np.asarray((s.code.result(x, places) != x).any(tuple(range(x.ndim - 1))))
    return np.zeros(0, dtype=bool)


def _in_part(own: Implementation, turned: np.ndarray, shares: Sequence[Encoding]) -> Iterator[Implementation]:
    """The same code where as many coordinates turn as it turns, for vectors of this size; or as large a share."""
    dim, count = len(turned), int(turned.sum())
    part = {"rotary_dim": count} | ({} if turned[0] else {"rotary_slice": TRAILING})
    yield dataclasses.replace(own, parameters={**own.parameters, **part}, head_sizes=(dim,))
    for claim in _otherwise(own, shares):
        yield dataclasses.replace(claim, parameters={**own.parameters, SHARE: count / dim})


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


def _said(claim: Implementation, own: Implementation) -> str:
    """What is to be declared, and what is to be left out."""
    told: dict[str, Any] = {name: getattr(claim, name) for name in ("layout", "convention")}
    told |= {"head_sizes": claim.head_sizes if claim.head_sizes != own.head_sizes else None}
    told |= {"parameters": {name: each for name, each in claim.parameters.items() if own.parameters.get(name) != each}}
    left = ["without a convention"] if own.convention and not claim.convention else []
    return ", ".join([claim.encoding, *(f"{name}={_written(each)}" for name, each in told.items() if each), *left])


def _written(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).replace("'", '"')
