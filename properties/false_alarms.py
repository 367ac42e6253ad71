"""Whether right code is ever called wrong: the reference forms under many suite seeds.

python -m properties.false_alarms 0 200                seeds 0 to 199: all drawn cases and single cases
python -m properties.false_alarms 0 200 --covers       with the covers, and the sizes of models, as well
python -m properties.false_alarms 0 200 --share 10     every seed asks a tenth of the forms, the next seed the next

Prints the worst error over bound of every form and dtype, and every alarm; exits with 1 if there is one.
"""

import argparse
import dataclasses
import sys
from collections import defaultdict

import torch

from impls import Implementation
from impls.loading import load_default
from properties.cases.families import Family
from properties.checks.property import Property
from properties.runs.bench import Bench
from properties.runs.plan import DRAWS, Plan
from properties.runs.result import Result

Worst = defaultdict[tuple[str, str], float]


def reference_forms() -> list[Implementation]:
    """What the suite itself brings."""
    return [one for one in load_default().implementations if one.package is None]


def without_cover(prop: Property) -> Property:
    """The property on its drawn cases alone; one that draws nothing keeps its cover."""
    family = prop.cases
    drawn = Family(f"{family.name}, drawn", lambda encoding, seed: [], family.strategy)
    return prop if family.strategy is None else dataclasses.replace(prop, cases=drawn)


def sweep(forms: list[Implementation], plan: Plan, worst: Worst) -> list[Result]:
    """What does not conform, of every cell of the forms; the worst ratio of error to bound goes into `worst`."""
    alarms = []
    for form in forms:
        bench = Bench(form, plan)
        results = [bench.cell(prop, dtype) for prop in plan.properties for dtype in bench.dtypes]
        for result in (*bench.troubles, *results):
            key = (form.name, str(result.dtype))
            if result.expected == "holds" and result.outcome == "pass" and result.error and result.bound:
                worst[key] = max(worst[key], result.error / result.bound)
            if not result.conforms:
                alarms.append(result)
    return alarms


def main() -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m properties.false_alarms")
    parser.add_argument("first", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--covers", action="store_true", help="run the covers as well")
    parser.add_argument("--share", type=int, default=1, metavar="N", help="a seed asks one form in N")
    options = parser.parse_args()
    torch.set_num_threads(1)
    forms, alarms = reference_forms(), list[Result]()
    worst: Worst = defaultdict(float)
    small = [prop for prop in Plan().properties if not prop.cases.dealt]
    properties = Plan().properties if options.covers else tuple(map(without_cover, small))
    for seed in range(options.first, options.first + options.count):
        alarms += sweep(forms[seed % options.share :: options.share], Plan(properties=properties, seed=seed), worst)
        print(f"seed {seed}: {len(alarms)} alarms so far", file=sys.stderr, flush=True)
    for (name, dtype), ratio in sorted(worst.items()):
        print(f"{name:32} {dtype:10} {ratio:.3f}")
    for alarm in alarms:
        print(f"alarm: {alarm.implementation}, {alarm.property} in {alarm.dtype}: {alarm.reproduce or alarm.message}")
    print(f"{options.count} seeds, {DRAWS['fast']} draws a property: {len(alarms)} alarms")
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
