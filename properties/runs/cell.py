"""One cell: a property asked of code case by case, and the smallest case of a failure."""

import dataclasses
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from impls import Implementation
from impls.door.far import GivenUp, Lost
from impls.strangers import Overdue, within
from properties.cases.case import Case
from properties.cases.onset import onset
from properties.checks.evidence import Evidence, worst
from properties.checks.property import Inapplicable, Property
from properties.runs.messages import command
from properties.runs.replay import Replay, Script, replayed
from properties.runs.result import Result
from properties.subjects.door import forgiven

CELL_SECONDS = 30.0
SHRINK_SECONDS = 5.0
Ask = Callable[..., Evidence]
"""What a property says of a case: `ask(case, fresh=False)`; fresh instances have never been called."""
Anew = Callable[[Script], Iterable[Evidence]]


def smallest(case: Case, fails: Callable[[Case], bool]) -> Case:
    """The simplest case that still fails, by Hypothesis, which is imported where something fails."""
    from properties.cases import shrinking

    return shrinking.smallest(case, fails)


class NotBack(Exception):
    """A case did not come back in time; the result of its cell says so."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.message)
        self.result = result


@dataclass(frozen=True)
class Cell:
    """A property on an implementation at one dtype. `blank` is its result until something is known.

    `wanted`: whether the property should hold; the spec's own witness, where its statement is false, should not.
    `anew`: what a new start says of cases, one after the other on one instance; None where the cases are given, and
    nothing else is looked for. `whole`: a command that asks all that was asked. `patience`: how many
    times longer than usual it may take. `enough`: after how many cases that apply it is at its end.
    """

    implementation: Implementation
    prop: Property
    blank: Result
    ask: Ask
    wanted: bool = True
    anew: Anew | None = None
    whole: str = ""
    patience: int = 1
    enough: int | None = None

    def judged(self, cases: Sequence[Case], *, shrinks: bool = False) -> Result:
        """All cases that apply, until the first that is not as wanted. Raises NotBack where one takes too long."""
        asked, seen, reasons = list[Case](), list[Evidence](), list[str]()
        case, seconds = cases[0] if cases else None, CELL_SECONDS * self.patience
        try:
            with nullcontext() if self.prop.cases.dealt else within(seconds):
                for case in cases:
                    try:
                        with within(seconds):
                            seen.append(self.ask(case))
                    except Inapplicable as inapplicable:
                        reasons.append(str(inapplicable))
                        continue
                    asked.append(case)
                    if not self._as_wanted(seen[-1]) or len(seen) == self.enough:
                        break
        except Overdue:
            message = f"did not come back within {seconds:g} s"
            raise NotBack(self._ended(message, asked, case)) from None
        except Lost as lost:
            return self._ended(str(lost), asked, case, lost)
        except Exception:
            message = "the suite itself failed:\n" + traceback.format_exc(limit=-4)
            return dataclasses.replace(self.blank, message=message)
        if reasons and not seen:
            return dataclasses.replace(self.blank, outcome="not-applicable", message=reasons[0])
        if not seen:
            return dataclasses.replace(self.blank, message="no case was run, so nothing is known")
        counted = dataclasses.replace(self.blank, cases=len(seen))
        if not self._as_wanted(seen[-1]):
            return self._failed(counted, tuple(asked), seen[-1], shrinks=shrinks)
        measured = {} if self.prop.statement.method == "difference" else _measured(worst(*seen))
        return dataclasses.replace(counted, outcome="pass", **measured)

    def _ended(self, message: str, asked: Sequence[Case], case: Case | None, lost: Lost | None = None) -> Result:
        """An error in which a call ended that gave no result, and the command that makes it again, if it was made."""
        unasked = case is None or isinstance(lost, GivenUp)
        last = [] if case is None or unasked else [case.within(self.implementation)]
        return dataclasses.replace(
            self.blank,
            message=message,
            cases=len(asked),
            witness=last[0].described() if last else None,
            reproduce=command(self.implementation, self.prop.id, str(self.blank.dtype), *last) if last else "",
        )

    def _as_wanted(self, evidence: Evidence) -> bool:
        return evidence.holds == self.wanted and not evidence.misbehaved

    def _failed(self, counted: Result, asked: Script, evidence: Evidence, *, shrinks: bool) -> Result:
        """A failure, told on the smallest case that shows it to instances of its own, found in time."""
        failed, case = dict[Case, Evidence](), asked[-1]

        def fails(smaller: Case) -> bool:
            try:
                found = self.ask(smaller, fresh=True)
            except Exception:
                return False
            if not self._as_wanted(found) and found.misbehaved == evidence.misbehaved:
                failed[smaller] = found
            return smaller in failed

        witness, sizes = case, ""
        if shrinks:
            try:
                with forgiven(self.implementation), within(SHRINK_SECONDS):
                    witness, sizes = self._smaller(case, fails) if fails(case) else (case, "")
            except Overdue:
                pass
        found = self._replayed(asked, witness, failed.get(witness, evidence))
        sizes = sizes if found.script == (witness,) else ""
        evidence, script = found.evidence, [each.within(self.implementation) for each in found.script]
        witness = (script or [case.within(self.implementation)])[-1]
        told = (self.implementation, self.prop.id, str(counted.dtype))
        silent = "" if self.wanted else "the spec's witness, where the statement is false, shows no failure"
        return dataclasses.replace(
            counted,
            outcome="fail",
            **_measured(evidence),
            message="; ".join(filter(None, (evidence.message or silent, sizes, found.remark))),
            witness=witness.described(),
            reproduce=command(*told, *script) if script else self.whole,
        )

    def _replayed(self, asked: Script, witness: Case, evidence: Evidence) -> Replay:
        if self.anew is None:
            return Replay((*asked[:-1], witness), evidence)
        anew = self.anew

        def again(script: Script) -> Evidence | None:
            try:
                return next((each for each in anew(script) if not self._as_wanted(each)), None)
            except Exception:
                return None

        return replayed(asked, witness, evidence, again)

    def _smaller(self, case: Case, fails: Callable[[Case], bool]) -> tuple[Case, str]:
        """The smallest case that fails, and at which sizes of models it begins to, where it is one of these."""
        return onset(case, fails) if self.prop.cases.dealt else (smallest(case, fails), "")


def _measured(evidence: Evidence) -> dict[str, Any]:
    return {"error": evidence.error, "bound": evidence.bound, "where": dict(evidence.where)}
