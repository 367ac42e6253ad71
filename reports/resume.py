"""A run that was cut off, taken up again: what its report tells is not asked a second time."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from impls import Implementation
from impls.door.devices import HOST, called
from properties.runs.plan import Plan
from properties.runs.result import PLUGIN, Known, Result
from reports.document import declared, digest, environment
from reports.packing import NAME
from reports.schema import is_complete, load

ASKED_ANEW = ("error", "expected-fail", "unexpected-pass")
"""What gave no result, perhaps for want of time; and what follows from the failures that were known then."""


class NotResumable(ValueError):
    """The report is not the beginning of this run; the message says why."""


@dataclass(frozen=True)
class Earlier:
    """What is known from before: the results of cells, and how long they took."""

    results: Known
    seconds: float


def earlier(folder: str | Path, selected: Sequence[Implementation], plan: Plan, shard: str | None) -> Earlier:
    """What the report in a folder tells of a run of the same suite, with the same cases, of these implementations.

    Where there is none yet, and of one whose file or configuration has been changed since, nothing is known. Raises
    NotResumable where it is complete or of another run, InvalidReport and OSError as `load` does.
    """
    path = Path(folder) / NAME
    if not path.exists():
        return Earlier({}, 0.0)
    document = load(path)
    if is_complete(document):
        raise NotResumable(f"{path} is complete: nothing is left to do")
    told, here = document["suite"], environment()
    of_this = {"digest": digest(), "profile": plan.profile, "seed": plan.seed, "shard": shard}
    compared = [(name, told.get(name), wanted) for name, wanted in of_this.items()]
    here["device"] = next((called(one.device) for one in selected), HOST)
    compared += [(name, document["environment"].get(name), here[name]) for name in ("torch", "python", "device")]
    for name, then, now in compared:
        if then != now:
            raise NotResumable(f"{path} is of another run: {name} was {then}, and is {now}; leave out --resume")
    if document.get("asked") != [one.name for one in selected]:
        raise NotResumable(f"{path} is of other implementations; name those of before, or leave out --resume")
    results = (_result(record) for record in document["results"])
    were = {record["name"]: record for record in document["implementations"]}
    changed = {one.name for one in selected if not declared(one).items() <= were.get(one.name, {}).items()}
    kept = (one for one in results if _is_kept(one) and one.implementation not in changed)
    found = {(one.implementation, one.property, one.dtype): one for one in kept}
    return Earlier(found, float(told.get("seconds", 0.0)))


def _is_kept(one: Result) -> bool:
    return one.property != PLUGIN and one.outcome not in ASKED_ANEW


def _result(record: dict[str, Any]) -> Result:
    named = {field.name: record[field.name] for field in fields(Result) if field.name in record}
    return Result(**named | {"diagnosis": tuple(record.get("diagnosis", ()))})
