"""How a result is told in words: the statement, the smallest case, measured against bound, one command."""

import json
import math
import shlex
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from impls import Implementation
from properties.cases.case import Case
from properties.runs.catalogue import PROPERTIES
from properties.runs.plan import Plan
from properties.runs.result import Result
from spec import STATEMENTS


def told(result: Result) -> str:
    """A result that does not conform, for a reader who has never heard of the property."""
    head = f"{result.outcome}: {result.implementation}"
    if result.property not in STATEMENTS:
        named = result.implementation in result.message
        return f"{result.outcome}: {result.message}" if named else f"{head}: {result.message}"
    statement = STATEMENTS[result.property]
    lines = [f"{head}, {result.property} in {result.dtype}", f"  {statement.sentence.splitlines()[0]}"]
    if result.witness is not None:
        lines.append(f"  smallest case: {json.dumps(result.witness)}")
    if result.where:
        lines.append("  where: " + ", ".join(f"{name} {_number(value)}" for name, value in result.where.items()))
    if result.message:
        lines.append(f"  {result.message}")
    if result.error is not None and math.isfinite(result.error):
        lines.append(f"  measured error {result.error:.3g}, bound {result.bound:.3g}")
    lines += [f"  this fits: {mistake}" for mistake in result.diagnosis]
    if result.reproduce:
        lines.append(f"  again: {result.reproduce}")
    return "\n".join(lines)


def _number(value: object) -> str:
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def command(implementation: Implementation, prop: str, dtype: str, *cases: Case) -> str:
    """`pytest properties` on one case of one property, in one dtype, or on several, one after the other."""
    target = f"{implementation.target}::{implementation.name}"
    words = ["pytest", "properties", "--impl", target, *_preset(implementation), "--property", prop, "--dtype", dtype]
    return shlex.join([*words, "--case", json.dumps(scripted(cases))])


def scripted(cases: Sequence[Case]) -> Any:
    """One case as JSON, or several as a list, in which a number says how often the case before it is asked."""
    if len(cases) == 1:
        return cases[0].described()
    runs = [(case.described(), len(list(equal))) for case, equal in groupby(cases)]
    return [each for described, count in runs for each in ([described, count] if count > 1 else [described])]


def command_for_all(implementation: Implementation, plan: Plan) -> str:
    """`pytest properties` on one implementation, with all that a plan asks."""
    named = () if plan.properties == PROPERTIES else plan.properties
    words = [word for prop in named for word in ("--property", prop.id)]
    words += [word for dtype in plan.dtypes or () for word in ("--dtype", dtype)]
    words += ["--profile", plan.profile] if plan.profile != "fast" else []
    words += ["--suite-seed", str(plan.seed)] if plan.seed or plan.profile == "deep" else []
    target = f"{implementation.target}::{implementation.name}"
    return shlex.join(["pytest", "properties", "--impl", target, *_preset(implementation), *words])


def _preset(implementation: Implementation) -> list[str]:
    return ["--preset", implementation.asked_as] if implementation.asked_as else []
