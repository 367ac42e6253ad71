"""One cell: a property asked of code case by case, and the smallest case of a failure."""

import dataclasses
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from impls import Implementation
from impls.strangers import Overdue, within
from properties.cases.case import Case
from properties.cases.shrinking import smallest
from properties.checks.evidence import Evidence, worst
from properties.checks.property import Inapplicable, Property
from properties.runs.messages import command
from properties.runs.result import Result

CELL_SECONDS = 30.0
SHRINK_SECONDS = 5.0
Ask = Callable[..., Evidence]
"""What a property says of a case: `ask(case, fresh=False)`; fresh instances have never been called."""


class NotBack(Exception):
    """A case did not come back in time; the result of its cell says so."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.message)
        self.result = result


@dataclass(frozen=True)
class Cell:
    """A property on an implementation at one dtype. `blank` is its result until something is known.

    `wanted`: whether the property should hold; the spec's own witness, where its statement is false, should not.
    """

    implementation: Implementation
    prop: Property
    blank: Result
    ask: Ask
    wanted: bool = True

    def judged(self, cases: Sequence[Case], *, shrinks: bool = False) -> Result:
        """All cases that apply, until the first that is not as wanted. Raises NotBack where one takes too long."""
        seen, reasons = list[Evidence](), list[str]()
        failing: Case | None = None
        try:
            with within(CELL_SECONDS):
                for case in cases:
                    try:
                        seen.append(self.ask(case))
                    except Inapplicable as inapplicable:
                        reasons.append(str(inapplicable))
                        continue
                    if not self._as_wanted(seen[-1]):
                        failing = case
                        break
        except Overdue:
            message = f"did not come back within {CELL_SECONDS:g} s"
            raise NotBack(dataclasses.replace(self.blank, message=message, cases=len(seen))) from None
        except Exception:
            message = "the suite itself failed:\n" + traceback.format_exc(limit=-4)
            return dataclasses.replace(self.blank, message=message)
        if reasons and not seen:
            return dataclasses.replace(self.blank, outcome="not-applicable", message=reasons[0])
        if not seen:
            return dataclasses.replace(self.blank, message="no case was run, so nothing is known")
        counted = dataclasses.replace(self.blank, cases=len(seen))
        if failing is not None:
            return self._failed(counted, failing, seen[-1], shrinks=shrinks)
        measured = {} if self.prop.statement.method == "difference" else _measured(worst(*seen))
        return dataclasses.replace(counted, outcome="pass", **measured)

    def _as_wanted(self, evidence: Evidence) -> bool:
        return evidence.holds == self.wanted and not evidence.misbehaved

    def _failed(self, counted: Result, case: Case, evidence: Evidence, *, shrinks: bool) -> Result:
        """A failure, told on the smallest case that shows it to instances of its own, found in time."""
        failed = dict[Case, Evidence]()

        def fails(smaller: Case) -> bool:
            try:
                found = self.ask(smaller, fresh=True)
            except Exception:
                return False
            if not self._as_wanted(found):
                failed[smaller] = found
            return smaller in failed

        witness = case
        if shrinks:
            try:
                with within(SHRINK_SECONDS):
                    witness = smallest(case, fails) if fails(case) else case
            except Overdue:
                pass
        evidence = failed.get(witness, evidence)
        witness = witness.within(self.implementation)
        silent = "" if self.wanted else "the spec's witness, where the statement is false, shows no failure"
        return dataclasses.replace(
            counted,
            outcome="fail",
            **_measured(evidence),
            message=evidence.message or silent,
            witness=witness.described(),
            reproduce=command(self.implementation, self.prop.id, str(counted.dtype), witness),
        )


def _measured(evidence: Evidence) -> dict[str, Any]:
    return {"error": evidence.error, "bound": evidence.bound, "where": dict(evidence.where)}
