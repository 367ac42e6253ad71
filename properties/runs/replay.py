"""How a failure is shown again: on its smallest case, after the fewest calls it needs, or by all that was asked."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass

from impls.strangers import Overdue, within
from properties.cases.case import Case
from properties.checks.evidence import Evidence

SECONDS = 5.0
SURE, TRIED = 3, 8
"""How often something must fail in order to be shown again, and how often it is tried where it fails only sometimes."""
LONGEST = 300
"""How much of earlier cases is told in words."""
BEFORE = "right on a fresh instance and on these cases alone: it depends on what was called before, by other properties"
MISSED = 1e-3
"""How likely it may be that a case which fails only sometimes fails at none of its repetitions."""
Script = tuple[Case, ...]
Again = Callable[[Script], Evidence | None]
"""What a new start fails of cases that are asked one after the other; None where it fails none."""


@dataclass(frozen=True)
class Replay:
    """A script that shows a failure again, and how; none where only all that was asked of the code may do so."""

    script: Script
    evidence: Evidence
    remark: str = ""


def replayed(asked: Script, smaller: Case, seen: Evidence, again: Again) -> Replay:
    """The shortest script, found in time, with which a new start fails as the last of the cases that were asked did.

    `smaller` is the case that shows it to fresh instances, as far as one is known.
    """
    best = [Replay((smaller,), seen)]
    try:
        with within(SECONDS):
            for script in dict.fromkeys(((smaller,), asked[-1:])):
                if found := _sure(script, again):
                    return found
            best.append(Replay(asked, seen))
            return _after_calls(asked, again, best) or _sometimes(asked[-1], seen, again) or Replay((), seen, BEFORE)
    except Overdue:
        return best[-1]


def _sure(script: Script, again: Again) -> Replay | None:
    found = [again(script)]
    while found[-1] is not None and len(found) < SURE:
        found.append(again(script))
    return None if found[-1] is None else Replay(script, found[-1])


def _after_calls(asked: Script, again: Again, best: list[Replay]) -> Replay | None:
    """The fewest earlier cases after which the last one fails; the `best` so far are kept, lest time be up."""

    def fails(before: Script) -> bool:
        script = (*before, asked[-1])
        if seen := again(script):
            best.append(Replay(script, seen, f"right on a fresh instance, wrong after {_listed(before)}"))
        return seen is not None

    if len(asked) == 1 or not fails(asked[:-1]):
        return None
    fewest(asked[:-1], fails)
    return next((each for each in reversed(best) if each.remark and _sure(each.script, again)), None)


def _sometimes(case: Case, seen: Evidence, again: Again) -> Replay | None:
    """A case that fails only some of the time, so often that it fails at least once; None where it never does."""
    failed = sum(again((case,)) is not None for _ in range(TRIED))
    if not failed:
        return None
    told = f"it differs from call to call: {failed} of {TRIED} new starts fail this case"
    count = math.ceil(math.log(MISSED) / math.log1p(-failed / (TRIED + 1)))
    return Replay((case,) * count, seen, told)


def fewest(before: Script, fails: Callable[[Script], bool]) -> Script:
    """The fewest of these cases, in their order, with which `fails` is still true: stretches are left out by halves."""
    kept, stretch = before, len(before)
    while stretch:
        at = 0
        while at < len(kept):
            shorter = kept[:at] + kept[at + stretch :]
            if fails(shorter):
                kept = shorter
            else:
                at += stretch
        stretch //= 2
    return kept


def _listed(cases: Script) -> str:
    told = ", ".join(json.dumps(case.described()) for case in cases)
    return told if len(told) <= LONGEST else f"{len(cases)} other cases: {told[:LONGEST]} ..."
