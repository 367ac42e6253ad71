"""What is wrong with a selection: expectations that match no cell, verdicts without a proof, not a single case."""

from collections.abc import Iterable, Iterator, Sequence

from impls.loading import Loaded, Problem
from impls.registry import Implementation, all_registered
from properties.runs.bench import Bench
from properties.runs.expectations import Expectation
from properties.runs.plan import Plan
from properties.runs.result import PLUGIN
from spec import record

SHOWN = 3
"""How many statements a message names."""


def stale(expectations: Sequence[Expectation], loaded: Loaded, plan: Plan) -> Iterator[Problem]:
    """Expectations of cells that are never checked; of what is not loaded or cannot be checked nothing is known."""
    checked = {one.name: one for one in loaded.implementations}
    elsewhere = {one.name for one in all_registered()} - set(checked)
    for expectation in expectations:
        one = checked.get(expectation.implementation)
        if one is not None and one.available and not one.problem:
            if wrong := [cell for cell in expectation.cells if not _is_cell(one, plan, *cell)]:
                listed = ", ".join(f"{prop} in {dtype}" for prop, dtype in wrong)
                message = f"{one.name} is never checked for {listed}: delete that from the stanza"
                yield Problem(expectation.place, message)
        elif one is None and expectation.implementation not in elsewhere:
            name = expectation.implementation
            message = f"no implementation is called {name!r}: correct the name or delete the stanza"
            yield Problem(expectation.place, message)


def unproved(implementations: Iterable[Implementation]) -> Iterator[Problem]:
    """Encodings that code is held to, of which some verdict is not proved."""
    sound = [one for one in implementations if not one.problem]
    for name, convention in dict.fromkeys((one.encoding, one.convention) for one in sound):
        if left := record.unproved(name, convention):
            told = ", ".join(left[:SHOWN]) + (", ..." if len(left) > SHOWN else "")
            remedy = f"`python -m spec prove {name}` says what can be proved"
            yield Problem(f"verdicts of {name}", f"not proved: {told}; {remedy}")


def absent(loaded: Loaded) -> Iterator[Problem]:
    """What was named and cannot be checked, for what it needs is not there: nothing is known of it."""
    for one in loaded.implementations:
        if not one.problem and not one.available:
            yield Problem(f"{one.target}::{one.name}", f"it needs {one.package}, which is not installed; install it")


def _is_cell(one: Implementation, plan: Plan, prop: str, dtype: str) -> bool:
    """Whether a run may come to judge it; also one that was not asked for, or in another profile."""
    if dtype not in one.checked_dtypes:
        return False
    left_out = next((Bench(one, plan).left_out(asked) for asked in plan.properties if asked.id == prop), None)
    return prop == PLUGIN or left_out is None or left_out[0] != "not-applicable"


def nothing(loaded: Loaded, plan: Plan) -> Iterator[Problem]:
    """That no case of any property would be run: who looks at nothing finds nothing, and that is no pass."""
    reasons: list[str] = []
    for one in loaded.implementations:
        if one.problem:
            return
        if not one.available:
            reasons.append(f"{one.target}: {one.name} needs {one.package}; install it")
        elif not plan.dtypes_of(one):
            reasons.append(f"{one.target}: {one.name} supports {', '.join(one.checked_dtypes)} only")
        else:
            left_out = [(prop.id, Bench(one, plan).left_out(prop)) for prop in plan.properties]
            if any(why is None for _, why in left_out):
                return
            reasons += [f"{prop} of {one.name} {why[0]}: {why[1]}" for prop, why in left_out if why]
    told = "; ".join(reasons[:3]) + ("; ..." if len(reasons) > 3 else "")
    yield Problem("nothing to check", told or "there is no implementation; name one with --impl")
