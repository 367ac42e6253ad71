"""One implementation under check: whether it can be called at all, which cells it has, and their results."""

import dataclasses
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial

from impls import Implementation
from impls.strangers import Left, Overdue, contained, within
from properties.cases.case import Case
from properties.cases.witnesses import departs, variations
from properties.checks.evidence import Evidence
from properties.checks.property import Inapplicable, Property
from properties.measures.diagnosis import diagnosis
from properties.runs.cell import Cell, NotBack
from properties.runs.expectations import Expectation
from properties.runs.plan import Plan
from properties.runs.result import PLUGIN, Result
from properties.runs.smoke import smoke
from properties.subjects import ideal_of, subject_of
from properties.subjects.door import Door
from properties.subjects.ideal import Undecided
from properties.subjects.misbehaviour import Misbehaved
from spec import ENCODINGS, Fails, NotApplicable, Verdict, verdict

DIAGNOSIS_SECONDS = 5.0


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
        place = f"{implementation.target}: {implementation.name}"
        if implementation.problem:
            return (self.blank(PLUGIN, None, message=f"{place}: {implementation.problem}"),)
        if not implementation.available:
            message = f"{place} needs {implementation.package}, which is not installed"
            return (self.blank(PLUGIN, None, outcome="unavailable", message=message),)
        dtypes = self.plan.dtypes_of(implementation)
        if not dtypes:
            message = f"{place} supports {', '.join(implementation.checked_dtypes)} only"
            return (self.blank(PLUGIN, None, outcome="not-run", message=message),)
        self._tell_unvaried()
        found = dict[str, str]()
        for dtype in dtypes:
            if "float32" not in found and (complaint := smoke(implementation, dtype)):
                found[dtype] = f"{place}: {complaint}"
        if "float32" in found or len(found) == len(dtypes):
            return (self._trouble(dtypes[0], found[dtypes[0]], whole=True),)
        troubles = [self._trouble(dtype, message) for dtype, message in found.items()]
        return (*troubles, *self._mended(set(dtypes) - set(found)))

    def _tell_unvaried(self) -> None:
        """Warn of parameters that no call sets, so that what they do is never looked at."""
        if names := self.implementation.unvaried:
            known = f"{self.implementation.encoding} has no parameter called so"
            with warnings.catch_warnings():
                warnings.simplefilter("default")
                said = f"{self.implementation.name}: nobody varies {', '.join(names)}, for {known}"
                warnings.warn(f"{said}; its default alone is checked", stacklevel=3)

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
        """The dtypes in which a property is asked: those of the plan, and those in which it is known to fail."""
        planned = self.plan.dtypes_for(prop, self.dtypes)
        return tuple(dtype for dtype in self.dtypes if dtype in planned or self._known(prop.id, dtype))

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
            with within(DIAGNOSIS_SECONDS), contained():
                return diagnosis(self.implementation, dtype)
        except (Exception, Overdue):
            return ()

    def cell(self, prop: Property, dtype: str) -> Result:
        """One property at one dtype."""
        truth = self._truth(prop)
        blank = self.blank(prop.id, dtype, expected=truth.word)
        if left_out := self.left_out(prop):
            outcome, message = left_out
            return dataclasses.replace(blank, outcome=outcome, message=message)
        if self.overdue:
            return dataclasses.replace(blank, outcome="not-run", message=f"{self.overdue[0]} did not come back before")
        start = time.perf_counter()
        try:
            result = self._result(prop, dtype, blank, truth)
        except NotBack as overdue:
            self.overdue.append(f"{prop.id} in {dtype}")
            result = overdue.result
        return dataclasses.replace(result, seconds=time.perf_counter() - start)

    def _result(self, prop: Property, dtype: str, blank: Result, truth: Verdict) -> Result:
        """The cases of the plan; of what is known to fail, or to be false, the witness alone."""
        cell = Cell(
            self.implementation, prop, blank, partial(self.evidence, prop, dtype), wanted=not isinstance(truth, Fails)
        )
        try:
            witness = (self._witness(prop, dtype, truth),) if isinstance(truth, Fails) else ()
        except Inapplicable as reason:
            return dataclasses.replace(blank, outcome="not-applicable", message=str(reason))
        if known := self._known(prop.id, dtype):
            return _expected(cell.judged(witness or (known.witness,)), known)
        if witness:
            return cell.judged(witness)
        encoding = ENCODINGS[self.implementation.encoding]
        shrinks = prop.family(encoding).shrinks and self.plan.case is None
        more = () if self.plan.case else prop.declared(self.implementation)
        return cell.judged((*self.plan.cases(prop, encoding), *more), shrinks=shrinks)

    def _witness(self, prop: Property, dtype: str, truth: Fails) -> Case:
        """The case that shows the failure: that of the spec, or one near it as the code is configured and limited.

        Raises Inapplicable where the definition shows none.
        """
        cases = variations(truth.witness)
        if not departs(self.implementation):
            return cases[0]
        for case in cases:
            if self._ideal(prop, dtype, case.within(self.implementation)) is not True:
                return case
        raise Inapplicable(f"{truth.because}: not seen with these parameters, within these limits")

    def _ideal(self, prop: Property, dtype: str, case: Case) -> bool | None:
        """Whether the definition itself has a property on a case; None where that cannot be found out."""
        try:
            return prop.check(ideal_of(self.implementation, dtype, case)).holds
        except (Misbehaved, Inapplicable, Undecided):
            return None

    def evidence(self, prop: Property, dtype: str, case: Case, *, fresh: bool = False) -> Evidence:
        """What a property says of one case; `fresh`: asked of instances that have never been called.

        Raises Inapplicable where the case asks nothing of code that is so configured and limited.
        """
        inside = case.within(self.implementation)
        if case.parameters and not inside.parameters:
            raise Inapplicable("no value of a parameter fits the dimensions that it takes")
        found = self._found(prop, dtype, inside, fresh=fresh)
        silent = not found.holds and not found.misbehaved and departs(self.implementation)
        wanted = not isinstance(self._truth(prop), Fails)
        if silent and wanted and self._ideal(prop, dtype, inside) is False:
            raise Inapplicable("the definition itself does not show it with these parameters, within these limits")
        return found

    def _found(self, prop: Property, dtype: str, case: Case, *, fresh: bool) -> Evidence:
        door = Door(self.implementation) if fresh else self.doors.setdefault(dtype, Door(self.implementation))
        subject = subject_of(self.implementation, dtype, case, door)
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

    def _truth(self, prop: Property) -> Verdict:
        return verdict(ENCODINGS[self.implementation.encoding].under(self.implementation.convention), prop.statement)


def _expected(result: Result, known: Expectation) -> Result:
    """A known failure, whose witness must still fail."""
    if result.outcome == "fail":
        return dataclasses.replace(result, outcome="expected-fail", reason=known.told)
    return result if result.outcome == "error" else _no_longer(result, known)


def _no_longer(result: Result, known: Expectation) -> Result:
    message = f"no longer fails: delete {result.property} in {result.dtype} from the stanza at {known.place}"
    return dataclasses.replace(result, outcome="unexpected-pass", message=message)
