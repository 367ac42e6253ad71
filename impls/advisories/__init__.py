"""What published libraries do otherwise than the encoding they are known for: a record each, and code that shows it.

A file has the records of one library. `replay` is a program that imports the library alone, works out beside it what is
right, and prints on its last line what it measured and what rounding allows: see `replay.py`.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

Severity = Literal["wrong", "degraded", "refuses-too-little", "refuses-too-much"]
SEVERITIES: Mapping[str, str] = MappingProxyType(
    {
        "wrong": "something else is computed, in a setting that users have",
        "degraded": "the right thing is computed with avoidable rounding",
        "refuses-too-little": "an input without an answer gets one",
        "refuses-too-much": "an input with an answer gets an error",
    }
)
"""Worst first. What a library documents as its own is none of these: it is a convention of the spec."""
HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Advisory:
    """One deviation of a published library.

    `id` begins with the distribution's name. `where` is the class or function, `condition` what has to be met,
    `versions` those in which it was seen, `since` the first of them where that is known, `upstream` where it is
    reported, `acts_like` a fault of ours that makes the same mistake. `expected` are the cells in which adapters fail
    for it: implementation, properties, dtypes, evidence and witness.
    """

    id: str
    package: str
    versions: tuple[str, ...]
    where: str
    severity: Severity
    title: str
    sees: str
    condition: str
    encoding: str
    replay: str
    acts_like: str | None = None
    since: str | None = None
    upstream: str | None = None
    expected: tuple[Mapping[str, Any], ...] = ()


def read(path: Path) -> tuple[Advisory, ...]:
    """The records of a file. Raises ValueError for one that lacks something, or says what nobody reads."""
    records = tomllib.loads(path.read_text(encoding="utf-8"))["advisory"]
    return tuple(_one(record, path) for record in records)


def _one(record: Mapping[str, Any], path: Path) -> Advisory:
    plain: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in record.items()}
    try:
        advisory = Advisory(**plain)
    except TypeError as error:
        known = ", ".join(field.name for field in fields(Advisory))
        raise ValueError(f"{path}: {record.get('id')!r}: {error}; a record has {known}") from None
    if advisory.severity not in SEVERITIES:
        raise ValueError(
            f"{path}: {advisory.id!r}: severity is {advisory.severity!r}, not one of {', '.join(SEVERITIES)}"
        )
    if not advisory.id.startswith(f"{advisory.package}-"):
        raise ValueError(f"{path}: {advisory.id!r}: an id begins with the distribution's name, {advisory.package}-")
    return advisory


def gathered(paths: Iterable[Path]) -> Mapping[str, Advisory]:
    """The records of these files, by id. Raises ValueError where two have the same."""
    known: dict[str, Advisory] = {}
    for path in sorted(paths):
        for each in read(path):
            if each.id in known:
                raise ValueError(f"{path}: {each.id!r} is there twice: give each record an id of its own")
            known[each.id] = each
    return MappingProxyType(known)


ADVISORIES: Mapping[str, Advisory] = gathered(HERE.glob("*.toml"))
"""All of them, by id."""
