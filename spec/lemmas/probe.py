"""The probe of equal tokens: where all contents are alike, what can an output still know of its position?

Nothing, as long as positions reach the logits alone, for the weights of a row sum to 1. Something, as soon as they
reach the values, the weights themselves, or as one token differs from the others.
"""

from collections.abc import Iterable
from itertools import chain, combinations
from typing import Any

from flint import arb
from sympy import Rational

from spec.lemmas.lemma import lemma
from spec.lemmas.methods import Channels, channels, passes_the_probe, run, shaw_with_values
from spec.lemmas.softmax import Quotient, all_different, all_same, attend, letter, outputs, positive, same
from spec.numbers.balls import ball

KEYS = range(4)


def _reads(values: list[Any]) -> bool:
    """Whether a row of attention returns v, whatever its logits and whichever keys (one at least) are masked."""
    visible = chain.from_iterable(combinations(KEYS, size) for size in range(1, len(KEYS) + 1))
    rows = [[positive("e", j) if j in keys else 0 for j in KEYS] for keys in visible]
    return all(same(found, (letter("v"), 1)) for found in outputs(rows, [values] * len(rows)))


@lemma("proof")
def equal_values_come_out_unchanged() -> bool:
    """The weights of a row sum to 1: equal values give this value at every query, for all logits and all masks."""
    return _reads([letter("v")] * len(KEYS))


def _passing(each: Iterable[Channels], *, causal: bool = False) -> list[bool]:
    """Which of these give equal tokens outputs that are not all equal."""
    return [passes_the_probe(of, causal=causal) for of in each]


@lemma("proof")
def what_acts_before_the_softmax_fails_the_probe() -> bool:
    """Equal tokens get equal outputs without positions, and with RoPE, T5, ALiBi, XLNet and DeBERTa; masked or not."""
    each = [*map(channels, ("nope", "rope", "t5-bias", "alibi", "transformer-xl", "deberta"))]
    return not any(_passing(each)) and not any(_passing(each, causal=True))


@lemma("proof")
def what_reaches_values_or_weights_passes_the_probe() -> bool:
    """Equal tokens get different outputs with an added table, with Shaw's vectors in the values, and with URPE."""
    return all(_passing([channels("learned"), shaw_with_values(), channels("urpe")]))


def no_two_positions_look_alike(name: str) -> bool:
    """Whether an encoding gives no two of three equal tokens the same output."""
    return all_different(run(channels(name), [0, 0, 0]))


def _rescaled(length: int, factor: Any) -> list[Quotient]:
    """The outputs of URPE on equal tokens of value v with zero logits: sum_j C[i, j] v / n."""
    return [(sum(factor(i, j) for j in range(length)) * letter("v"), length) for i in range(length)]


def _counts(factor: Any) -> bool:
    """Whether output i is v (i + 1) / n, at every length up to 7."""
    return all(
        same(found, (letter("v") * (i + 1), length))
        for length in range(1, 8)
        for i, found in enumerate(_rescaled(length, factor))
    )


@lemma("exhaustive")
def rescaled_weights_count_positions() -> bool:
    """URPE with the factor 1 for j <= i and 0 otherwise, and zero logits, returns v (i + 1) / n."""
    return _counts(lambda i, j: int(j <= i))


@lemma("exhaustive")
def a_constant_factor_counts_nothing() -> bool:
    """URPE with the factor 1 everywhere is plain attention, and returns v at every position."""
    return all(all_same(_rescaled(length, lambda i, j: 1)) for length in range(1, 8))


def _marked(weights: tuple[Any, Any], values: tuple[Any, Any], *, causal: bool, length: int = 6) -> list[Quotient]:
    """The outputs where token 0 differs from all others: weights and values of (the others, the first)."""
    tokens = [1] + [0] * (length - 1)
    return attend(tokens, lambda a, b, i, j: weights[b], lambda b, i, j: values[b], causal=causal)


@lemma("proof")
def one_marked_token_shows_positions_behind_a_mask() -> bool:
    """Causal attention without positions, one first token apart from the others: no two outputs are the same.

    With equal logits and the value 1 at the first token, 0 elsewhere, output i is 1 / (i + 1). Without a mask all
    outputs stay equal.
    """
    letters = (positive("e", 0), positive("e", 1)), (letter("v", 0), letter("v", 1))
    harmonic = _marked((1, 1), (0, 1), causal=True)
    return (
        all_different(_marked(*letters, causal=True))
        and all(same(found, (Rational(1, i + 1), 1)) for i, found in enumerate(harmonic))
        and all_same(_marked(*letters, causal=False))
    )


def _turned_outputs(turned: bool) -> list[arb]:
    """Attention of three equal tokens q = k = v = (1, 0) under RoPE at frequency 1, as balls; values turned or not."""
    weights = [[ball(j - i).cos().exp() for j in range(3)] for i in range(3)]
    values = [ball(j).cos() if turned else arb(1) for j in range(3)]
    return [sum((w * v for w, v in zip(row, values, strict=True)), arb(0)) / sum(row, arb(0)) for row in weights]


def _apart(balls: list[arb]) -> bool:
    return all(not one.overlaps(other) for one, other in combinations(balls, 2))


@lemma("certified")
def turned_values_pass_the_probe() -> bool:
    """RoPE on the values as well makes the outputs of equal tokens differ; on queries and keys alone it does not."""
    return _apart(_turned_outputs(True)) and not _apart(_turned_outputs(False))
