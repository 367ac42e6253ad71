"""Costs in a terminal: a line for each setting, one implementation after the other."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

COSTS = "what a call costs"
"""Under this name tests hand them on."""
COLUMNS = ("ratio", "applying", "once", "noise", "passes", "memory")
HEAD = "".join(f"{each:>10}" for each in ("x floor", *COLUMNS[1:]))
WIDTH = 30


def told(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of rows, each a cost with the name of its implementation, its setting and its floor."""
    for (name, floor), own in groupby(rows, key=lambda row: (row["implementation"], row["floor"])):
        yield f"{name}, beside {FLOORS[floor]}"
        yield f"{'':{WIDTH}}{HEAD}"
        yield from map(_line, own)


FLOORS: Mapping[str, str] = {
    "copy": "a copy of the same bytes",
    "writing": "writing the same bytes",
    "product": "the product of queries and keys",
}


def _line(row: Mapping[str, Any]) -> str:
    once = None if row["applying"] is None else row["ratio"] - row["applying"]
    numbers = dict(row, once=once)
    return f"  {row['setting']:{WIDTH - 2}}" + "".join(_number(numbers[each]) for each in COLUMNS)


def _number(value: float | None) -> str:
    return f"{'-' if value is None else f'{value:.3g}':>10}"
