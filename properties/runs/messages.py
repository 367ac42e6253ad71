"""How a result is told in words: the statement, the smallest case, measured against bound, one command."""

import json
import shlex

from impls import Implementation
from properties.cases.case import Case
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
    elif result.error is not None:
        lines.append(f"  measured error {result.error:.3g}, bound {result.bound:.3g}")
    lines += [f"  this fits: {mistake}" for mistake in result.diagnosis]
    if result.reproduce:
        lines.append(f"  again: {result.reproduce}")
    return "\n".join(lines)


def _number(value: object) -> str:
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def command(implementation: Implementation, prop: str, dtype: str, case: Case) -> str:
    """`pytest properties` on one case of one property, in one dtype."""
    target = f"{implementation.target}::{implementation.name}"
    words = ["pytest", "properties", "--impl", target, "--property", prop, "--dtype", dtype]
    return shlex.join([*words, "--case", json.dumps(case.described())])
