"""Which property is failed by which fault: the proof that every property can fail, and that every fault is found.

python -m properties.kill_matrix > properties/catches.toml      declares what is found now
"""

import dataclasses
import textwrap
from collections.abc import Callable, Iterable, Mapping

import torch

from impls import Implementation
from impls.faults import all_faults, shows_at_real_sizes
from properties.checks.property import Property
from properties.runs.bench import Bench
from properties.runs.plan import Plan
from properties.runs.result import PLUGIN

ONLY_OF: Mapping[str, Callable[[Implementation], bool]] = {
    "real-sizes": shows_at_real_sizes,
    "many-calls": lambda fault: fault.factory or ".rope_history" in fault.module,
}
Kills = dict[str, frozenset[str]]
"""The names of the faults that fail each property, by its id; under `plug-in` those that cannot be checked at all."""


def kills(
    faults: Iterable[Implementation],
    plan: Plan,
    asks: Callable[[Implementation, Property], bool] = lambda fault, prop: True,
) -> Kills:
    """Run the properties of the plan on every fault, in its first dtype: float32, unless it declares others.

    Only the covers are run, so that nothing is owed to luck: what is drawn beside them can but find more. Each
    property gets an instance of its own, so that it finds what it finds without the others.
    `asks` says which of them a fault is asked: all, where nothing else is said.
    What takes long is asked only of faults that it is about, see `ONLY_OF`; the other properties tell of all others.
    Raises RuntimeError where a cell ends in an error, which says nothing about the fault.
    """
    found: dict[str, set[str]] = {name: set() for name in (PLUGIN, *(prop.id for prop in plan.properties))}
    for fault in faults:
        bench = Bench(fault, plan)
        if bench.troubles:
            found[PLUGIN].add(fault.name)
        for prop in plan.properties:
            if prop.id in ONLY_OF and not ONLY_OF[prop.id](fault):
                continue
            if not asks(fault, prop):
                continue
            if any(_fails(Bench(fault, plan), prop, dtype) for dtype in bench.dtypes[:1]):
                found[prop.id].add(fault.name)
    return {prop: frozenset(names) for prop, names in found.items()}


def _fails(bench: Bench, prop: Property, dtype: str) -> bool:
    """Whether some case of the cover fails; handed over one by one, as a single case is not made smaller."""
    encoding = bench.implementation.claimed
    cover = prop.family(encoding).cases(encoding, draws=0, suite_seed=bench.plan.seed)
    for case in (*cover, *prop.declared(bench.implementation)):
        alone = dataclasses.replace(bench, plan=dataclasses.replace(bench.plan, case=case))
        result = alone.cell(prop, dtype)
        if result.outcome == "error":
            raise RuntimeError(f"{prop.id} on {bench.implementation.name} in {dtype}: {result.message}")
        if result.outcome == "fail":
            return True
    return False


def table(found: Mapping[str, Iterable[str]]) -> str:
    """Kills as the text of catches.toml."""
    head = "# The faults that each property catches, by the ids of the properties: see kill_matrix.py.\n"
    wrapped = {
        prop: "\n".join(textwrap.wrap(" ".join(sorted(names)), 118, break_on_hyphens=False))
        for prop, names in found.items()
    }
    return head + "".join(f'\n{prop} = """\n{names}"""\n' for prop, names in wrapped.items())


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(table(kills(all_faults(), Plan(profile="ci"))), end="")
