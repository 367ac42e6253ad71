"""Claims of the survey on attention without positions, and on what an encoding should be."""

from collections.abc import Callable
from fractions import Fraction
from itertools import permutations
from typing import Any

import sympy
from sympy import Matrix

from spec.claims.claim import conditional, false, true, undecidable
from spec.lemmas.attention import keys_are_a_set, softmax_commutes_with_permutations
from spec.lemmas.softmax import Quotient, Value, attend, letter, positive, same
from spec.lemmas.wave_neighbours import bounded_rows_come_close_again
from spec.lemmas.waves import every_component_is_injective, wave
from spec.truth import holds

SENTENCE = (0, 1, 2)
ORDERS = list(permutations(SENTENCE))
PRINTED = [(0.3, 0.5, 0.1, 0.4), (0.1, -0.6, -0.2, 0.3), (0.3, 0.5, 0.3, -0.1)]
"""What the survey shows for "I love you", one row a word, and once more for "you love I"."""


def _by_content(a: int, b: int, i: int, j: int) -> Any:
    return positive("e", a, b)


def _read_from(token: int) -> Value:
    """Values that are 1 at one token and 0 elsewhere, so that outputs are the weights of this token."""
    return lambda b, i, j: int(b == token)


def _outputs(order: tuple[int, ...]) -> list[Quotient]:
    """The outputs of full attention without positions, for tokens in this order."""
    return attend(order, _by_content)


def _unchanged(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(same(here, there) for here, there in zip(_outputs(one), _outputs(other), strict=True))


def _moves_with_the_words(order: tuple[int, ...]) -> bool:
    """Whether each word keeps its output, wherever it stands."""
    before, after = _outputs(SENTENCE), _outputs(order)
    return all(same(before[word], after[place]) for place, word in enumerate(order))


@conditional("C110", "survey", "1.2 What the architecture lacks")
def the_whole_result_is_invariant() -> tuple[bool, bool]:
    """Moving the words about changes neither their attention weights nor the result of the layer as a whole; only the
    rows of the result are arranged otherwise.

    True of what each word gets, which is called equivariance; the result as a matrix, row by row, is another one.
    """
    return all(map(_moves_with_the_words, ORDERS)), all(_unchanged(SENTENCE, order) for order in ORDERS)


@false("C111", "survey", "1.2 What the architecture lacks")
def exchanging_two_words_changes_nothing() -> bool:
    """T(.., x_s, .., x_t, ..) = T(.., x_t, .., x_s, ..), and T(x, y) = T(y, x).

    The rows s and t of the result exchange their places; equality needs a symmetric pooling over the rows.
    """
    return _unchanged((0, 1), (1, 0)) and _unchanged((0, 1, 2), (2, 1, 0))


@false("C112", "survey", "1.2 What the architecture lacks")
def both_sentences_give_the_same_matrix() -> bool:
    """ "I love you" and "you love I" both give the same printed matrix, row by row.

    The second matrix holds the rows of the first in the other order, and the printed rows 1 and 3 differ.
    """
    first, second = _outputs((0, 1, 2)), _outputs((2, 1, 0))
    rows = [next(i for i, row in enumerate(first) if same(row, output)) for output in second]
    return [PRINTED[row] for row in rows] == PRINTED


@true("C114", "survey", "1.2 What the architecture lacks")
def softmax_commutes() -> bool:
    """Softmax works on rows independently, so rearranging rows and columns rearranges its result alike.

    softmax(P A P^T) = P softmax(A) P^T for every permutation P.
    """
    return softmax_commutes_with_permutations()


def _pointwise(layer: Callable[[Matrix], Matrix]) -> bool:
    """Whether no row of a layer's result has letters of another row of its input."""
    x = Matrix(3, 2, lambda t, j: letter("x", t, j))
    result, own = layer(x), [x.row(t).free_symbols for t in range(3)]
    return all(not result.row(t).free_symbols & own[s] for t in range(3) for s in range(3) if s != t)


def _embedding(one_hot: Matrix) -> Matrix:
    return one_hot * Matrix(2, 3, lambda i, j: letter("table", i, j))


def _feed_forward(x: Matrix) -> Matrix:
    """W2 s(W1 x + b1) + b2 on every row, for any function s."""
    into = Matrix(2, 4, lambda i, j: letter("w1", i, j))
    out = Matrix(4, 2, lambda i, j: letter("w2", i, j))
    hidden = (x * into + Matrix(3, 4, lambda t, j: letter("b1", j))).applyfunc(sympy.Function("s"))
    return hidden * out + Matrix(3, 2, lambda t, j: letter("b2", j))


def _mixing(x: Matrix) -> Matrix:
    return x * x.T * x


@true("C115", "survey", "1.2 What the architecture lacks")
def embedding_and_feed_forward_are_pointwise() -> bool:
    """Embedding and feed-forward layers are pointwise; only attention mixes positions.

    A row of their result knows the letters of its own token alone, with any non-linearity between the matrices.
    """
    return _pointwise(_embedding) and _pointwise(_feed_forward) and not _pointwise(_mixing)


@true("C116", "survey", "1.2 What the architecture lacks")
def weights_do_not_know_positions() -> bool:
    """However t and s are placed, the attention weight of one token for another stays the same.

    True without a mask: it is the quotient of exp(logit) by a sum over all tokens, in whatever order.
    """

    def weight(order: tuple[int, ...]) -> Quotient:
        return attend(order, _by_content, _read_from(1))[order.index(0)]

    return all(same(weight(SENTENCE), weight(order)) for order in ORDERS)


@true("C117", "survey", "1.4 Properties")
def order_translation_and_any_length() -> bool:
    """A transformer should be sensitive to order, or it degenerates into a bag of words; it should not suffer from
    translated positions; and it should deal with any length.

    A definition that can be met: without positions the keys are a set, and RoPE meets all three.
    """
    asked = ("permutation-non-invariance", "translation-invariance", "injectivity")
    return keys_are_a_set() and not holds("nope", asked[0]) and all(holds("rope", statement) for statement in asked)


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
    return attend(range(length), lambda a, b, i, j: positive("e", j - i), _read_from(1))[0]


@conditional("C120", "survey", "1.4 Properties")
def equal_offsets_get_equal_attention() -> tuple[bool, bool]:
    """Two tokens at the same relative distance in two sentences of different lengths should have the same attention:
    attention_1(token 1, token 2) = attention_2(token 1, token 2).

    Their logits are the same where these are relative; the weights are not, as the softmax divides by the sum over the
    whole sentence.
    """
    return holds("rope", "relative-position-invariance"), same(_weight_of_the_next(5), _weight_of_the_next(9))


@true("C121", "survey", "1.4 Properties")
def from_one_position_to_another_is_linear() -> bool:
    """The code of position p + k follows from that of p by a simple, linear relation.

    True of the sinusoidal table and of RoPE: one rotation for every k. For integers the relation is affine.
    """
    return holds("sinusoidal", "linear-shift") and holds("rope", "group-law")


PERIODICITY = undecidable(
    "C122",
    "survey",
    "1.4 Properties",
    says="Periodicity, where farther values equal nearer ones, gives some extrapolation.",
    because="Whether a model extrapolates is empirical. What can be computed speaks against the reason: on whole "
    "positions no sinusoidal component ever takes a value twice.",
)
