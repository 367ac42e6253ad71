"""From which size on a failure shows: the smallest size that still fails beside the next smaller one that does not."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from properties.cases.case import Case

HEAD_SIZES = (2, 4, 6, 8, 10, 12, 14, 16, 20, 22, 24, 32, 40, 48, 64, 72, 80, 96, 112, 128, 160, 192, 256)
Fails = Callable[[Case], bool]


def _count(most: int) -> Sequence[int]:
    return range(1, most + 1)


def _leading(name: str) -> Callable[[Case, int], Case]:
    return lambda case, count: dataclasses.replace(case, **{name: getattr(case, name)[:count]})


def _value(name: str) -> Callable[[Case, int], Case]:
    return lambda case, value: dataclasses.replace(case, **{name: value})  # type: ignore[arg-type]


AXES: Mapping[tuple[str, str], tuple[Callable[[Case], Sequence[int]], Callable[[Case, int], Case]]] = {
    ("batch entry", "batch entries"): (lambda case: _count(case.batch), _value("batch")),
    ("head", "heads"): (lambda case: _count(case.heads), _value("heads")),
    ("key", "keys"): (lambda case: _count(len(case.others)), _leading("others")),
    ("token", "tokens"): (lambda case: _count(len(case.positions)), _leading("positions")),
    ("coordinate", "coordinates"): (lambda case: [d for d in HEAD_SIZES if d < case.dim] + [case.dim], _value("dim")),
}
"""What can be counted of a case: all sizes up to its own, and the case of another size."""


def onset(case: Case, fails: Fails) -> tuple[Case, str]:
    """A case that fails, as small as one can be found by bisecting one size after the other, and the sizes that count.

    >>> onset(Case(dim=8, positions=tuple(range(300)), heads=4), lambda case: len(case.positions) > 127)[1]
    'right with 127 tokens, wrong with 128'
    """
    told = []
    for (one, several), (sizes_of, of_size) in AXES.items():
        tried = [of_size(case, size) for size in sizes_of(case)]
        wrong = _first(tried, fails)
        if wrong > 0:
            right, smallest = sizes_of(case)[wrong - 1 : wrong + 1]
            told.append(f"right with {right} {one if right == 1 else several}, wrong with {smallest}")
        case = tried[wrong] if tried else case
    return case, "; ".join(told)


def _first(cases: Sequence[Case], fails: Fails) -> int:
    """The index of a case that fails behind one that does not, found by bisection; the last is known to fail."""
    right, wrong = -1, len(cases) - 1
    while wrong - right > 1:
        middle = 0 if right < 0 else (right + wrong) // 2
        right, wrong = (right, middle) if fails(cases[middle]) else (middle, wrong)
    return wrong
