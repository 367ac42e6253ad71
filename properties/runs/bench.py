"""One implementation under check: cell by cell, evidence against bound, and the smallest case of each failure."""

import dataclasses
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from impls import Implementation
from impls.strangers import Left, Overdue, contained, within
from properties.cases.case import Case, case_at
from properties.cases.shrinking import smallest
from properties.checks.evidence import Evidence, worst
from properties.checks.property import Inapplicable, Property
from properties.measures.diagnosis import diagnosis
from properties.runs.expectations import Expectation
from properties.runs.messages import command
from properties.runs.plan import Plan
from properties.runs.result import PLUGIN, Result
from properties.runs.smoke import smoke
from properties.subjects import subject_of
from properties.subjects.door import Door
from properties.subjects.misbehaviour import Misbehaved
from spec import ENCODINGS, Fails, NotApplicable, Verdict, verdict

CELL_SECONDS = 30.0
SHRINK_SECONDS = 5.0
ALIKE = ("locality", "state", "composition")
"""Sections whose properties compare code with itself: one dtype shows what another would."""
WIDE, NARROW = ("float32", "float64"), ("bfloat16", "float16")


@dataclass(frozen=True)
class Bench:
    """An implementation, the plan, what is known to fail, and what was found on the way.

    That is what its factory built, the mistakes that fit, and the cell that did not come back: none follows it.
    """

    implementation: Implementation
    plan: Plan
    expectations: tuple[Expectation, ...] = ()
    doors: dict[str, Door] = field(default_factory=dict)
    mistakes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    overdue: list[str] = field(default_factory=list)

    @cached_property
    def troubles(self) -> tuple[Result, ...]:
        """Why it cannot be checked, or not in some dtype: a single result if it cannot be checked at all."""
        implementation = self.implementation
        place = f"{implementation.origin}: {implementation.name}"
        if implementation.problem:
            return (self.blank(PLUGIN, None, message=f"{place}: {implementation.problem}"),)
        if not implementation.available:
            message = f"{place} needs {implementation.package}, which is not installed"
            return (self.blank(PLUGIN, None, outcome="unavailable", message=message),)
        dtypes = self.plan.dtypes_of(implementation)
        if not dtypes:
            message = f"{place} supports {', '.join(implementation.checked_dtypes)} only"
            return (self.blank(PLUGIN, None, outcome="not-run", message=message),)
        found = dict[str, str]()
        for dtype in dtypes:
            if "float32" not in found and (complaint := smoke(implementation, dtype)):
                found[dtype] = f"{place}: {complaint}"
        if "float32" in found or len(found) == len(dtypes):
            return (self._trouble(dtypes[0], found[dtypes[0]], whole=True),)
        troubles = [self._trouble(dtype, message) for dtype, message in found.items()]
        return (*troubles, *self._mended(set(dtypes) - set(found)))

    def _trouble(self, dtype: str, message: str, *, whole: bool = False) -> Result:
        trouble = self.blank(PLUGIN, None if whole else dtype, message=message)
        known = self._known(PLUGIN, dtype)
        return dataclasses.replace(trouble, outcome="expected-fail", reason=known.told) if known else trouble

    def _mended(self, dtypes: set[str]) -> Iterator[Result]:
        """That it can be called where it is expected not to be."""
        for dtype in sorted(dtypes):
            if known := self._known(PLUGIN, dtype):
                yield _no_longer(self.blank(PLUGIN, dtype), known)

    def _known(self, prop: str, dtype: str) -> Expectation | None:
        covering = (e for e in self.expectations if e.covers(self.implementation.name, prop, dtype))
        return None if self.plan.case else next(covering, None)

    @cached_property
    def dtypes(self) -> tuple[str, ...]:
        """The dtypes in which it can be checked."""
        broken = {trouble.dtype for trouble in self.troubles if trouble.outcome != "unexpected-pass"}
        return () if None in broken else tuple(d for d in self.plan.dtypes_of(self.implementation) if d not in broken)

    def dtypes_for(self, prop: Property) -> tuple[str, ...]:
        """The dtypes in which a property is asked: in a survey the first wide, and perhaps the first narrow one."""
        if not self.plan.survey or prop.id == "exact-values":
            return self.dtypes
        alike = prop.statement.method == "quantity" or prop.statement.section in ALIKE
        kinds = (WIDE,) if alike else (WIDE, NARROW)
        firsts = [next((d for d in self.dtypes if d in kind), self.dtypes[0]) for kind in kinds if self.dtypes]
        return tuple(d for d in self.dtypes if d in firsts or self._known(prop.id, d))

    def left_out(self, prop: Property) -> tuple[str, str] | None:
        """The outcome and the reason where nothing is asked of any case; None where something is."""
        encoding, truth = ENCODINGS[self.implementation.encoding], self._truth(prop)
        reason = truth.reason if isinstance(truth, NotApplicable) else None
        reason = reason or prop.reason_not_applicable(self.implementation, encoding)
        if reason:
            return "not-applicable", reason
        if self.plan.profile not in prop.profiles:
            return "not-run", f"runs in the profiles {' and '.join(prop.profiles)} only"
        return None

    def result(self, prop: Property, dtype: str) -> Result:
        """One property at one dtype, and where it fails, the known mistakes that fit."""
        found = self.cell(prop, dtype)
        if found.outcome != "fail":
            return found
        if dtype not in self.mistakes:
            self.mistakes[dtype] = self._diagnosed(dtype)
        return dataclasses.replace(found, diagnosis=self.mistakes[dtype])

    def _diagnosed(self, dtype: str) -> tuple[str, ...]:
        """The known mistakes that fit; none where that cannot be found out, or not in time."""
        try:
            with within(SHRINK_SECONDS), contained():
                return diagnosis(self.implementation, dtype)
        except (Exception, Overdue):
            return ()

    def cell(self, prop: Property, dtype: str) -> Result:
        """One property at one dtype."""
        encoding, truth = ENCODINGS[self.implementation.encoding], self._truth(prop)
        blank = self.blank(prop.id, dtype, expected=truth.word)
        if left_out := self.left_out(prop):
            outcome, message = left_out
            return dataclasses.replace(blank, outcome=outcome, message=message)
        if self.overdue:
            return dataclasses.replace(blank, outcome="not-run", message=f"{self.overdue[0]} did not come back before")
        start = time.perf_counter()
        shrinks = prop.family(encoding).shrinks and self.plan.case is None
        if known := self._known(prop.id, dtype):
            result = self._replayed(blank, prop, known)
        elif isinstance(truth, Fails):
            result = self._judged(blank, prop, (case_at(truth.witness),), wanted=False)
        else:
            result = self._judged(blank, prop, self.plan.cases(prop, encoding), wanted=True, shrinks=shrinks)
        return dataclasses.replace(result, seconds=time.perf_counter() - start)

    def evidence(self, prop: Property, dtype: str, case: Case, *, fresh: bool = False) -> Evidence:
        """What a property says of one case; `fresh`: asked of instances that have never been called."""
        door = Door(self.implementation) if fresh else self.doors.setdefault(dtype, Door(self.implementation))
        subject = subject_of(self.implementation, dtype, case.within(self.implementation), door)
        try:
            with contained():
                return prop.check(subject)
        except (Misbehaved, Left) as misbehaviour:
            return Evidence(float("inf"), 0.0, holds=False, message=str(misbehaviour), misbehaved=True)

    def blank(self, prop: str, dtype: str | None, **known: str) -> Result:
        """A result that is an error until something better is known."""
        blank = {"expected": None, "outcome": "error"} | known
        implementation, encoding = self.implementation.name, self.implementation.encoding
        return Result(implementation=implementation, encoding=encoding, property=prop, dtype=dtype, **blank)  # type: ignore[arg-type]

    def _judged(
        self, blank: Result, prop: Property, cases: tuple[Case, ...], *, wanted: bool, shrinks: bool = False
    ) -> Result:
        """All cases until the first that is not as wanted; the spec's own witness is wanted to fail."""
        dtype, seen = str(blank.dtype), list[Evidence]()
        failing: Case | None = None
        try:
            with within(CELL_SECONDS):
                for case in cases:
                    seen.append(self.evidence(prop, dtype, case))
                    if not _as_wanted(seen[-1], wanted):
                        failing = case
                        break
        except Inapplicable as inapplicable:
            return dataclasses.replace(blank, outcome="not-applicable", message=str(inapplicable))
        except Overdue:
            self.overdue.append(f"{prop.id} in {dtype}")
            return dataclasses.replace(blank, message=f"did not come back within {CELL_SECONDS:g} s", cases=len(seen))
        except Exception:
            message = "the suite itself failed:\n" + traceback.format_exc(limit=-4)
            return dataclasses.replace(blank, message=message)
        if not seen:
            return dataclasses.replace(blank, message="no case was run, so nothing is known")
        counted = dataclasses.replace(blank, cases=len(seen))
        if failing is not None:
            return self._failed(counted, prop, failing, seen[-1], wanted=wanted, shrinks=shrinks)
        measured = {} if prop.statement.method == "difference" else _measured(worst(*seen))
        return dataclasses.replace(counted, outcome="pass", **measured)

    def _replayed(self, blank: Result, prop: Property, known: Expectation) -> Result:
        """A known failure: its witness alone is replayed, and must still fail."""
        case = case_at(truth.witness) if isinstance(truth := self._truth(prop), Fails) else known.witness
        result = self._judged(blank, prop, (case,), wanted=not isinstance(truth, Fails))
        if result.outcome == "fail":
            return dataclasses.replace(result, outcome="expected-fail", reason=known.told)
        return result if result.outcome == "error" else _no_longer(result, known)

    def _truth(self, prop: Property) -> Verdict:
        return verdict(ENCODINGS[self.implementation.encoding].under(self.implementation.convention), prop.statement)

    def _failed(
        self, blank: Result, prop: Property, case: Case, evidence: Evidence, *, wanted: bool, shrinks: bool
    ) -> Result:
        """A failure, told on the smallest case that shows it to instances of its own."""
        dtype = str(blank.dtype)

        def fails(smaller: Case) -> bool:
            try:
                return not _as_wanted(self.evidence(prop, dtype, smaller, fresh=True), wanted)
            except Exception:
                return False

        witness = case
        if shrinks and fails(case):
            try:
                with within(SHRINK_SECONDS):
                    witness = smallest(case, fails)
            except Overdue:
                pass
            evidence = self.evidence(prop, dtype, witness, fresh=True)
        witness = witness.within(self.implementation)
        silent = "" if wanted else "the spec's witness, where the statement is false, shows no failure"
        return dataclasses.replace(
            blank,
            outcome="fail",
            **_measured(evidence),
            message=evidence.message or silent,
            witness=witness.described(),
            reproduce=command(self.implementation, prop.id, dtype, witness),
        )


def _as_wanted(evidence: Evidence, wanted: bool) -> bool:
    return evidence.holds == wanted and not evidence.misbehaved


def _no_longer(result: Result, known: Expectation) -> Result:
    message = f"no longer fails: delete {result.property} in {result.dtype} from the stanza at {known.place}"
    return dataclasses.replace(result, outcome="unexpected-pass", message=message)


def _measured(evidence: Evidence) -> dict[str, Any]:
    return {"error": evidence.error, "bound": evidence.bound, "where": dict(evidence.where)}
