"""Binary digits are the square waves of sines."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from flint import arb

from spec.lemmas.lemma import lemma
from spec.numbers.balls import precise

WIDTH = 8
CODES = range(2**WIDTH)


def bit(position: int, j: int) -> int:
    """Digit j of a position, the fastest digit first."""
    return position >> j & 1


def column(j: int) -> list[int]:
    """Digit j of every position, over four times the range of the code."""
    return [bit(p, j) for p in range(4 * len(CODES))]


def toggle_intervals(values: Sequence[int]) -> set[int]:
    """The distances between one change of a sequence and the next."""
    changes = [n for n, (one, other) in enumerate(pairwise(values), start=1) if one != other]
    return {after - before for before, after in pairwise([0, *changes])}


def minimal_period(values: Sequence[int]) -> int | None:
    """The smallest shift that leaves a sequence as it is, if it is at most half as long as the sequence."""
    length = len(values)
    return next((t for t in range(1, length // 2 + 1) if values[t:] == values[: length - t]), None)


@precise
def wave_angle(position: int, j: int) -> arb:
    """The angle of the sine whose square wave is digit j, in half turns: (2 p + 1) / 2^(j + 1)."""
    return arb(2 * position + 1) / 2 ** (j + 1)


@lemma("exhaustive")
def bits_toggle() -> bool:
    """Digit j changes at every multiple of 2^j and has the smallest period 2^(j + 1), for all of eight digits."""
    return _toggle_every(lambda j: 2**j) and _have_period(lambda j: 2 ** (j + 1))


@lemma("exhaustive")
def bits_are_square_waves() -> bool:
    """Digit j of p is (1 - sgn sin(pi (2 p + 1) / 2^(j + 1))) / 2, for all digits of all 8-digit codes."""
    return _bit_is_sign_of(lambda p, j: wave_angle(p, j))


@lemma("exhaustive")
def bits_jump() -> bool:
    """From 2^j - 1 to 2^j, j + 1 digits change at once: of all 8-digit codes, none changes by less than one digit."""
    return _digits_changed_at(lambda j: j + 1) and all(_changed(p) >= 1 for p in CODES[1:])


def _toggle_every(interval: Callable[[int], int]) -> bool:
    return all(toggle_intervals(column(j)) == {interval(j)} for j in range(WIDTH))


def _have_period(period: Callable[[int], int]) -> bool:
    return all(minimal_period(column(j)) == period(j) for j in range(WIDTH))


def _bit_is_sign_of(half_turns: Callable[[int, int], arb]) -> bool:
    """Whether a digit is 0 exactly where the sine is certified to be above 0, and 1 where it is below."""
    sines = ((bit(p, j), half_turns(p, j).sin_pi()) for p in CODES for j in range(WIDTH))
    return all(sine < 0 if digit else sine > 0 for digit, sine in sines)


def _changed(position: int) -> int:
    """How many digits a position does not share with the one before it."""
    return (position ^ position - 1).bit_count()


def _digits_changed_at(count: Callable[[int], int]) -> bool:
    return all(_changed(2**j) == count(j) for j in range(WIDTH))
