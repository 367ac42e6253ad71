"""From which size on a failure shows: the smallest size that still fails beside the next smaller one that does not."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from properties.cases.case import Case

HEAD_SIZES = (2, 4, 6, 8, 10, 12, 14, 16, 20, 22, 24, 32, 40, 48, 64, 72, 80, 96, 112, 128, 160, 192, 256)
Fails = Callable[[Case], bool]


def _count(most: int) -> Sequence[int]:
    return range(1, most + 1)


def _first(name: str) -> Callable[[Case, int], Case]:
    return lambda case, count: dataclasses.replace(case, **{name: getattr(case, name)[:count]})


def _value(name: str) -> Callable[[Case, int], Case]:
    return lambda case, value: dataclasses.replace(case, **{name: value})


AXES: Mapping[str, tuple[Callable[[Case], Sequence[int]], Callable[[Case, int], Case]]] = {
    "batch entries": (lambda case: _count(case.batch), _value("batch")),
    "heads": (lambda case: _count(case.heads), _value("heads")),
    "keys": (lambda case: _count(len(case.others)), _first("others")),
    "tokens": (lambda case: _count(len(case.positions)), _first("positions")),
    "coordinates": (lambda case: [d for d in HEAD_SIZES if d < case.dim] + [case.dim], _value("dim")),
}
"""What can be counted of a case: all sizes up to its own, and the case of another size."""


def onset(case: Case, fails: Fails) -> tuple[Case, str]:
    """A case that fails, as small as one can be found by bisecting one size after the other, and the sizes that count.

    >>> onset(Case(dim=8, positions=tuple(range(300)), heads=4), lambda case: len(case.positions) > 127)[1]
    'right with 127 tokens, wrong with 128'
    """
    told = []
    for name, (sizes_of, of_size) in AXES.items():
        sizes = sizes_of(case)
        wrong = _smallest(len(sizes), lambda index: fails(of_size(case, sizes[index])))
        if wrong > 0:
            told.append(f"right with {sizes[wrong - 1]} {name}, wrong with {sizes[wrong]}")
        if sizes:
            case = of_size(case, sizes[wrong])
    return case, "; ".join(told)


def _smallest(count: int, wrong: Callable[[int], Any]) -> int:
    """An index at which something is wrong that is right at the one before; 0 where it is wrong from the beginning."""
    right, last = -1, count - 1
    while last - right > 1:
        middle = 0 if right < 0 else (right + last) // 2
        right, last = (right, middle) if wrong(middle) else (middle, last)
    return max(last, 0)
