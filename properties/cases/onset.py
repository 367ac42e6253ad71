"""From which size on a failure shows: the smallest size that still fails beside the next smaller one that does not."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from properties.cases.case import Case, Positions

HEAD_SIZES = (2, 4, 6, 8, 10, 12, 14, 16, 20, 22, 24, 32, 40, 48, 64, 72, 80, 96, 112, 128, 160, 192, 256)
Fails = Callable[[Case], bool]


def _count(most: int) -> Sequence[int]:
    return range(1, most + 1)


def _tokens(positions: Positions) -> Sequence[int]:
    """From one token on that does not stand where nothing turns."""
    return range(2 if positions[:1] == (0,) else 1, len(positions) + 1) or _count(len(positions))


def _leading(name: str) -> Callable[[Case, int], Case]:
    return lambda case, count: dataclasses.replace(case, **{name: getattr(case, name)[:count]})


def _value(name: str) -> Callable[[Case, int], Case]:
    return lambda case, value: dataclasses.replace(case, **{name: value})  # type: ignore[arg-type]


AXES: Mapping[tuple[str, str], tuple[Callable[[Case], Sequence[int]], Callable[[Case, int], Case]]] = {
    ("batch entry", "batch entries"): (lambda case: _count(case.batch), _value("batch")),
    ("head", "heads"): (lambda case: _count(case.heads), _value("heads")),
    ("key", "keys"): (lambda case: _count(len(case.others)), _leading("others")),
    ("token", "tokens"): (lambda case: _tokens(case.positions), _leading("positions")),
    ("coordinate", "coordinates"): (lambda case: [d for d in HEAD_SIZES if d < case.dim] + [case.dim], _value("dim")),
}
"""What can be counted of a case: all sizes up to its own, and the case of another size."""


def onset(case: Case, fails: Fails) -> tuple[Case, str]:
    """A case that fails, as small as one can be found by bisecting one size after the other, and the sizes that count.

    Where the last token alone fails as well, it is not their number that counts.

    >>> onset(Case(dim=8, positions=tuple(range(300)), heads=4), lambda case: len(case.positions) > 127)[1]
    'right with 127 tokens, wrong with 128'
    >>> onset(Case(dim=8, positions=tuple(range(300)), heads=4), lambda case: max(case.positions) > 127)[1]
    'right at position 127, wrong at 128'
    """
    told = []
    for (one, several), (sizes_of, of_size) in AXES.items():
        sizes = sizes_of(case)
        wrong = _first(len(sizes), _fails_at(fails, case, sizes, of_size))
        if wrong > 0:
            right = sizes[wrong - 1]
            told.append(f"right with {right} {one if right == 1 else several}, wrong with {sizes[wrong]}")
        case = of_size(case, sizes[wrong]) if sizes else case
        last = dataclasses.replace(case, positions=case.positions[-1:])
        if one == "token" and wrong > 0 and fails(last):
            told[-1] = f"right at position {case.positions[-2]}, wrong at {case.positions[-1]}"
            case = last
    return case, "; ".join(told)


def _fails_at(
    fails: Fails, case: Case, sizes: Sequence[int], of_size: Callable[[Case, int], Case]
) -> Callable[[int], bool]:
    return lambda index: fails(of_size(case, sizes[index]))


def _first(count: int, fails: Callable[[int], bool]) -> int:
    """The first of so many that fails behind one that does not, found by bisection; the last is known to fail."""
    right, wrong = -1, count - 1
    while wrong - right > 1:
        middle = 0 if right < 0 else (right + wrong) // 2
        right, wrong = (right, middle) if fails(middle) else (middle, wrong)
    return wrong
