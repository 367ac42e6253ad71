"""One implementation under check: whether it can be called at all, which cells it has, and their results."""

import dataclasses
import time
import traceback
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from impls import Implementation
from impls.afresh import afresh
from impls.declaration import told_of_unvaried
from impls.door.far import Far
from impls.door.misbehaviour import Misbehaved
from impls.strangers import Left, Overdue, contained, within
from properties.cases.case import Case
from properties.checks.evidence import Evidence
from properties.checks.property import Inapplicable, Property
from properties.measures.diagnosis import diagnosis
from properties.runs.catalogue import PROPERTIES
from properties.runs.cell import Cell, NotBack
from properties.runs.configured import expect_shown, witness_for
from properties.runs.dealing import dealing
from properties.runs.expectations import Expectation
from properties.runs.likeness import likenesses
from properties.runs.messages import command_for_all
from properties.runs.plan import Plan
from properties.runs.result import PLUGIN, Known, Result
from properties.runs.smoke import smoke
from properties.subjects import subject_of
from properties.subjects.door import Door, forgiven
from spec import Fails, NotApplicable, Verdict, verdict

DIAGNOSIS_SECONDS = 15.0
CUT_OFF = f"what else fits could not be found out in {DIAGNOSIS_SECONDS:g} s"
START_SECONDS = 0.5


@dataclass(frozen=True)
class Bench:
    """An implementation, the plan, what is known to fail, what was found `before`, and what is found on the way.

    That is the mistakes that fit, the cell that did not come back: none follows it, and that a new start takes long:
    none follows that either, and fresh instances have to do.
    """

    implementation: Implementation
    plan: Plan
    expectations: tuple[Expectation, ...] = ()
    before: Known = field(default_factory=dict)
    mistakes: dict[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    overdue: list[str] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)

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
        if implementation.nowhere:
            return (self.blank(PLUGIN, None, outcome="not-run", message=f"{place}: {implementation.nowhere}"),)
        if all(self._reason_not_applicable(prop) for prop in PROPERTIES if prop.numbers):
            message = f"{place} is compared by {implementation.compare}, and no property looks at its numbers so"
            return (self.blank(PLUGIN, None, message=f"{message}; this is a gap in the suite: report it"),)
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
        one = self.implementation
        if one.unvaried:
            with warnings.catch_warnings():
                warnings.simplefilter("default")
                warnings.warn(f"{one.name}: {told_of_unvaried(one.unvaried, one.encoding)}", stacklevel=3)

    def _trouble(self, dtype: str, message: str, *, whole: bool = False) -> Result:
        trouble = self.blank(PLUGIN, None if whole else dtype, message=message)
        known = self._known(PLUGIN, dtype)
        return dataclasses.replace(trouble, outcome="expected-fail", reason=known.reason) if known else trouble

    def _mended(self, dtypes: set[str]) -> Iterator[Result]:
        """That it can be called where it is expected not to be."""
        for dtype in sorted(dtypes):
            if known := self._known(PLUGIN, dtype):
                yield _no_longer(self.blank(PLUGIN, dtype), known)

    def _known(self, prop: str, dtype: str) -> Expectation | None:
        return None if self.plan.case else self._known_cells.get((prop, dtype))

    @cached_property
    def _known_cells(self) -> Mapping[tuple[str, str], Expectation]:
        """What is known of its cells; where two stanzas speak of one, the first counts."""
        own = [each for each in self.expectations if each.implementation == self.implementation.name]
        return {cell: each for each in reversed(own) for cell in each.cells}

    @cached_property
    def dtypes(self) -> tuple[str, ...]:
        """The dtypes in which it can be checked."""
        broken = {trouble.dtype for trouble in self.troubles if trouble.outcome != "unexpected-pass"}
        return () if None in broken else tuple(d for d in self.plan.dtypes_of(self.implementation) if d not in broken)

    def dtypes_for(self, prop: Property) -> tuple[str, ...]:
        """The dtypes in which a property is asked: those of the plan, and those in which it is known to fail."""
        planned = self.plan.dtypes_for(prop, self.dtypes, self.implementation.name)
        return tuple(dtype for dtype in self.dtypes if dtype in planned or self._known(prop.id, dtype))

    def left_out(self, prop: Property) -> tuple[str, str] | None:
        """The outcome and the reason where nothing is asked of any case; None where something is."""
        if reason := self._reason_not_applicable(prop):
            return "not-applicable", reason
        if self.plan.profile not in prop.profiles and self.plan.case is None:
            return "not-run", f"runs in the profiles {' and '.join(prop.profiles)} only"
        if self.plan.spares(prop, self.implementation):
            return "not-run", "a survey asks it of the forms that are put together here: name it with --impl"
        return None

    def _reason_not_applicable(self, prop: Property) -> str | None:
        """Why a property says nothing about its encoding, or about it; None where it does."""
        truth = self._truth(prop)
        reason = truth.reason if isinstance(truth, NotApplicable) else None
        return reason or prop.reason_not_applicable(self.implementation, self.implementation.claimed)

    def result(self, prop: Property, dtype: str) -> Result:
        """One property at one dtype, and where it fails, the known mistakes that fit."""
        earlier = self.before.get((self.implementation.name, prop.id, dtype))
        if earlier is not None and not self._known(prop.id, dtype):
            return earlier
        found = self.cell(prop, dtype)
        if found.outcome != "fail":
            return found
        if dtype not in self.mistakes:
            self.mistakes[dtype] = self._diagnosed(dtype)
        fits, remark = self.mistakes[dtype]
        return dataclasses.replace(found, diagnosis=fits, message="; ".join(filter(None, (found.message, remark))))

    def _diagnosed(self, dtype: str) -> tuple[tuple[str, ...], str]:
        """What fits: another claim, a known mistake, other axes; or that not all could be looked at in time."""
        fits, cut_off = list[str](), False
        for look in (likenesses, diagnosis, dealing):
            try:
                with forgiven(self.implementation), within(DIAGNOSIS_SECONDS), contained():
                    fits += look(self.implementation, dtype)
            except Overdue:
                cut_off = True
            except Exception:
                continue
        return tuple(fits), CUT_OFF if cut_off and not fits else ""

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
            if not isinstance(self.implementation.function, Far):
                self.overdue.append(f"{prop.id} in {dtype}")
            result = overdue.result
        except Exception:
            result = dataclasses.replace(blank, message="the suite itself failed:\n" + traceback.format_exc(limit=-4))
        return dataclasses.replace(result, seconds=time.perf_counter() - start)

    def _result(self, prop: Property, dtype: str, blank: Result, truth: Verdict) -> Result:
        """The cases of the plan; of what is known to fail, or to be false, the witness alone."""
        door, known = Door(self.implementation), self._known(prop.id, dtype)

        def ask(case: Case, *, fresh: bool = False) -> Evidence:
            return self.evidence(prop, dtype, case, door.fresh() if fresh else door)

        anew = None if known or self.plan.case else partial(self._anew, prop, dtype)
        wanted = not isinstance(truth, Fails)
        whole = command_for_all(self.implementation, self.plan)
        more = () if self.plan.case else prop.declared(self.implementation)
        cell = Cell(
            self.implementation,
            prop,
            blank,
            ask,
            wanted=wanted,
            anew=anew,
            whole=whole,
            patience=self.plan.patience,
            enough=self.plan.enough and self.plan.enough + len(more),
        )
        try:
            witness = (witness_for(self.implementation, prop, dtype, truth),) if isinstance(truth, Fails) else ()
        except Inapplicable as reason:
            return dataclasses.replace(blank, outcome="not-applicable", message=str(reason))
        if known:
            return _expected(cell.judged(witness or (known.witness,)), known)
        if witness:
            return cell.judged(witness)
        encoding = self.implementation.claimed
        shrinks = prop.family(encoding).shrinks and self.plan.case is None
        return cell.judged((*more, *self.plan.cases(prop, self.implementation, dtype)), shrinks=shrinks)

    def _anew(self, prop: Property, dtype: str, script: Sequence[Case]) -> Iterator[Evidence]:
        """What a property says of these cases where they are all that a new process asks of one instance."""
        start = time.perf_counter()
        one = self.implementation if self.slow else afresh(self.implementation) or self.implementation
        smoke(one, dtype)
        if (took := time.perf_counter() - start) > START_SECONDS:
            self.slow.append(took)
        door = Door(one)
        return (self.evidence(prop, dtype, case, door) for case in script)

    def evidence(self, prop: Property, dtype: str, case: Case, door: Door | None = None) -> Evidence:
        """What a property says of one case, asked of the instances behind a door, or of fresh ones.

        Raises Inapplicable where the case asks nothing of code that is so configured and limited.
        """
        door = door or Door(self.implementation)
        inside = case.within(door.implementation)
        if case.parameters and not inside.parameters:
            raise Inapplicable("no value of a parameter fits the dimensions that it takes")
        found = _found(prop, dtype, inside, door)
        if not found.holds and not found.misbehaved and not isinstance(self._truth(prop), Fails):
            expect_shown(self.implementation, prop, dtype, inside)
        return found

    def blank(self, prop: str, dtype: str | None, **known: str) -> Result:
        """A result that is an error until something better is known."""
        blank = {"expected": None, "outcome": "error"} | known
        implementation, encoding = self.implementation.name, self.implementation.encoding
        return Result(implementation=implementation, encoding=encoding, property=prop, dtype=dtype, **blank)  # type: ignore[arg-type]

    def _truth(self, prop: Property) -> Verdict:
        return verdict(self.implementation.claimed, prop.statement)


def _expected(result: Result, known: Expectation) -> Result:
    """A known failure, whose witness must still fail, unless what makes it fail is not so here."""
    if result.outcome == "fail":
        return dataclasses.replace(result, outcome="expected-fail", reason=known.reason)
    if result.outcome == "pass" and known.unless:
        return dataclasses.replace(result, outcome="not-run", message=f"known to fail, unless {known.unless}")
    return result if result.outcome == "error" else _no_longer(result, known)


def _no_longer(result: Result, known: Expectation) -> Result:
    message = f"no longer fails: delete {result.property} in {result.dtype} from the stanza at {known.place}"
    return dataclasses.replace(result, outcome="unexpected-pass", message=message)


def _found(prop: Property, dtype: str, case: Case, door: Door) -> Evidence:
    """What a property says of a case; what the code does that ends the check is a failure."""
    try:
        with contained():
            return prop.check(subject_of(door.implementation, dtype, case, door))
    except (Misbehaved, Left) as misbehaviour:
        return Evidence(float("inf"), 0.0, holds=False, message=str(misbehaviour), misbehaved=True)
