"""Claims of the survey on what an encoding should be. A wish is a definition: some encodings meet it, others do not."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy

from spec.claims.claim import conditional, undecidable
from spec.lemmas.softmax import Quotient, attend, positive, same
from spec.lemmas.wave_neighbours import bounded_rows_come_close_again
from spec.lemmas.waves import every_component_is_injective, wave
from spec.truth import holds

PRINCIPLES = ("permutation-non-invariance", "translation-invariance", "extrapolation")


@conditional("C117", "survey", "1.4 Properties")
def order_translation_and_any_length() -> tuple[bool, bool]:
    """A transformer should be sensitive to order; it should not suffer from translated positions; and it should deal
    with any length.

    A definition, which RoPE and ALiBi meet, as far as it can be computed. No positions at all miss the first, the
    sinusoidal table the second, and a learned one the third as well.
    """
    missed = {name: [s for s in PRINCIPLES if not holds(name, s)] for name in ("nope", "sinusoidal", "learned")}
    told = {"nope": [PRINCIPLES[0]], "sinusoidal": [PRINCIPLES[1]], "learned": [*PRINCIPLES[1:]]}
    met = all(holds(name, statement) for name in ("rope", "alibi") for statement in PRINCIPLES)
    return met and missed == told, not all(missed.values())


def _three_properties(distance: Callable[[int, int], int], positions: range) -> bool:
    """Distances that are symmetric, depend on the offset only, and grow with it."""
    by_offset: dict[int, set[int]] = {}
    for p in positions:
        for r in positions:
            by_offset.setdefault(abs(p - r), set()).add(distance(p, r))
    largest = [max(by_offset[k]) for k in sorted(by_offset)]
    return all(len(found) == 1 for found in by_offset.values()) and largest == sorted(set(largest))


@conditional("C118", "survey", "1.4 Properties")
def monotone_invariant_and_symmetric() -> tuple[bool, bool]:
    """Ideally an encoding is monotone, translation invariant and symmetric: nearby positions are nearer than faraway
    ones, equal offsets have equal distances, and the distance is symmetric.

    Possible where the code may grow without bound, as integers do. Boundedness, which the same list asks for, excludes
    it in finitely many dimensions: there is no room for rows that all keep the distance of neighbours.
    """
    return _three_properties(lambda p, r: (p - r) ** 2, range(40)), not bounded_rows_come_close_again()


def _one_code(code: Callable[[int, int], Any], position: int = 5) -> bool:
    """Whether `code(position, length)` is the same at every length."""
    return len({code(position, length) for length in (10, 100, 10_000)}) == 1


@conditional("C119", "survey", "1.4 Properties")
def one_code_at_every_length() -> tuple[bool, bool]:
    """Every position has one code of its own, and the same one in a sequence of 10 as in one of 10 000.

    The sinusoidal table does; positions divided by the length do not.
    """
    sinusoidal = _one_code(lambda p, length: tuple(wave(sympy.Integer(p))))
    return sinusoidal and every_component_is_injective(), _one_code(Fraction)


def _weight_of_the_next(length: int) -> Quotient:
    """The weight of the first token for the second, where the logits depend on the offset only."""
    return attend(range(length), lambda a, b, i, j: positive("e", j - i), lambda b, i, j: int(b == 1))[0]


@conditional("C120", "survey", "1.4 Properties")
def equal_offsets_get_equal_attention() -> tuple[bool, bool]:
    """Two tokens at the same relative distance in two sentences of different lengths should have the same attention:
    attention_1(token 1, token 2) = attention_2(token 1, token 2).

    Their logits are the same where these are relative; the weights are not, as the softmax divides by the sum over the
    whole sentence.
    """
    return holds("rope", "relative-position-invariance"), same(_weight_of_the_next(5), _weight_of_the_next(9))


@conditional("C121", "survey", "1.4 Properties")
def from_one_position_to_another_is_linear() -> tuple[bool, bool]:
    """The relation of positions should be simple, or linear: that of p gives the code of p + k easily.

    A wish, and so a definition. The sinusoidal table and RoPE meet it, by one rotation for every k; a learned and a
    binary table do not, and integers are moved on by adding k, which is affine.
    """
    others = ("learned", "binary", "integer")
    met = holds("sinusoidal", "linear-shift") and holds("rope", "group-law")
    return met, any(holds(name, "linear-shift") for name in others)


PERIODICITY = undecidable(
    "C122",
    "survey",
    "1.4 Properties",
    says="Periodicity, where farther values equal nearer ones, gives some extrapolation.",
    because="Whether a model extrapolates is empirical. What can be computed speaks against the reason: on whole "
    "positions no sinusoidal component ever takes a value twice.",
)
