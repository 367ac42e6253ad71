"""Claims of the survey on attention without positions."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import sympy
from sympy import Matrix

from spec.claims.claim import conditional, false, true
from spec.lemmas.attention import softmax_commutes_with_permutations
from spec.lemmas.softmax import Quotient, Value, attend, letter, positive, same
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


def _outputs_of(tokens: tuple[int, ...], *, causal: bool = False) -> list[Quotient]:
    return attend(tokens, _by_content, causal=causal)


@conditional("C234", "survey", "1.2 What the architecture lacks")
def a_word_gets_the_same_wherever_it_recurs() -> tuple[bool, bool]:
    """If a word occurs several times in different places, its outputs are the same every time.

    True without a mask. Behind a causal mask the second one sees more words than the first.
    """

    def same_twice(causal: bool) -> bool:
        found = _outputs_of((0, 1, 0, 2), causal=causal)
        return same(found[0], found[2])

    return same_twice(causal=False), same_twice(causal=True)


@conditional("C235", "survey", "1.2 What the architecture lacks")
def the_output_is_that_of_a_bag() -> tuple[bool, bool]:
    """The sequence is treated as a set, a bag of words: once its elements are settled, so is the result.

    As a bag, in which a word may lie more than once. As a set it is not settled: a word twice weighs twice.
    """
    bag = [_outputs_of((0, *order))[0] for order in permutations((0, 1, 2))]
    return all(same(bag[0], other) for other in bag), same(_outputs_of((0, 1))[0], _outputs_of((0, 1, 1))[0])


@true("C236", "survey", "1.3 A way out")
def positions_end_the_permutation_invariance() -> bool:
    """Once each word has the vector of its position added, T(.., x_s + p_s, .., x_t + p_t, ..), attention can tell
    words in different places apart.

    The outputs are no longer permuted like the words, with a learned table and with the sinusoidal one.
    """
    order = "permutation-non-invariance"
    return not holds("nope", order) and all(holds(name, order) for name in ("learned", "sinusoidal"))
