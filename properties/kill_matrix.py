"""Which property is failed by which fault: the proof that every property can fail, and that every fault is found."""

import dataclasses
from collections.abc import Iterable

from impls import Implementation
from properties.bench import Bench
from properties.plan import Plan
from properties.record import Property
from properties.result import PLUGIN
from spec import ENCODINGS

Kills = dict[str, frozenset[str]]
"""The names of the faults that fail each property, by its id; under `plug-in` those that cannot be checked at all."""


def kills(faults: Iterable[Implementation], plan: Plan) -> Kills:
    """Run every property of the plan on every fault, in its first dtype: float32, unless it declares others.

    Raises RuntimeError where a cell ends in an error, which says nothing about the fault.
    """
    found: dict[str, set[str]] = {PLUGIN: set()} | {prop.id: set() for prop in plan.properties}
    for fault in faults:
        bench = Bench(fault, plan)
        if bench.troubles:
            found[PLUGIN].add(fault.name)
        for prop in plan.properties:
            if any(_fails(bench, prop, dtype) for dtype in bench.dtypes[:1]):
                found[prop.id].add(fault.name)
    return {prop: frozenset(names) for prop, names in found.items()}


def _fails(bench: Bench, prop: Property, dtype: str) -> bool:
    """Whether some case fails. Cases are handed over one by one, because a single one is not made smaller."""
    for case in bench.plan.cases(prop, ENCODINGS[bench.implementation.encoding]):
        alone = dataclasses.replace(bench, plan=dataclasses.replace(bench.plan, case=case))
        outcome = (result := alone.cell(prop, dtype)).outcome
        if outcome == "error":
            raise RuntimeError(f"{prop.id} on {bench.implementation.name} in {dtype}: {result.message}")
        if outcome != "pass":
            return outcome == "fail"
    return False
