"""What the survey says of adding and concatenating, of attention without positions, and of the table as a whole."""

from collections.abc import Callable

import sympy
from sympy import Matrix, Rational, kronecker_product

from spec.claims.claim import conditional, true, undecidable
from spec.definitions.definition import functions, letters
from spec.definitions.symbols import BASE, DIM, INDEX, POSITION, THETA
from spec.encodings.sinusoidal import ENCODING as TABLE
from spec.lemmas.attention import causal_attention_is_not_equivariant
from spec.lemmas.fusion import W1, W2, P, X, addition_is_a_translation, left_over, replaces, zero
from spec.lemmas.rounding import inverse_roots_become_equal
from spec.proving.symbolic import Symbolic
from spec.proving.vanishing import vanishes
from spec.truth import ENCODINGS, holds

SPREAD = Matrix([[2, 1], [1, 3]])
"""The covariance of the two coordinates of a value."""
FIRST = Matrix([[5, 0], [0, 1]])
"""That of a first token of another kind."""


@conditional("C195", "survey", "3.8")
def adding_is_equivalent_to_concatenating() -> tuple[bool, bool]:
    """Adding the position to the embedding and concatenating the two are mathematically equivalent.

    If the table is free to change and W1 can be inverted: then p' = W1^-1 W2 p. With a fixed table concatenating can do
    more: W1 = I, W2 = 0 forgets the position, which no W (x + p) does.
    """
    return replaces(W1.inv() * W2 * P), zero(left_over(sympy.eye(2), sympy.zeros(2), Matrix([1, 2])))


@true("C196", "survey", "3.8")
def concatenating_takes_more_parameters() -> bool:
    """Concatenating enlarges the dimension, and with it the number of parameters.

    A projection of the concatenated vector to the same dimension has twice as many weights.
    """
    side_by_side = Matrix.hstack(W1, W2)
    return zero(side_by_side * Matrix.vstack(X, P) - W1 * X - W2 * P) and len(side_by_side) == 2 * len(W1)


@true("C197", "survey", "5")
def causal_attention_knows_the_order() -> bool:
    """Causal attention is not invariant under permutations, so that it does not need positional encodings in principle.

    Two tokens show it. The output of the last query of a single layer is still the same in every order of the prefix.
    """
    return causal_attention_is_not_equivariant()


@conditional("C198", "survey", "5.2, after Su")
def without_positions_the_variance_tells_the_position() -> tuple[bool, bool]:
    """Causal attention without positions keeps the position in the variance of the hidden state: p(n) ~ 1 / sqrt(n).

    Where attention is uniform and the values are independent, alike and of mean zero. If they have a part in common,
    that part does not fall.
    """
    return _variance_falls(_independent), _variance_falls(_common)


@true("C199", "survey", "5.2, after Su")
def far_positions_become_indistinguishable() -> bool:
    """For large n 1 / sqrt(n) and 1 / sqrt(n + 1) can hardly be told apart, nor can the positions n and n + 1.

    Rounded to nearest they are first equal at 111 in bfloat16, 660 in float16, 6660630 in float32.
    """
    return inverse_roots_become_equal()


@conditional("C200", "survey", "5.2, after Su")
def without_positions_a_scalar_multiplies() -> tuple[bool, bool]:
    """No positional encoding, causally masked, is like a multiplicative absolute one: a vector without positions times
    p(n).

    Under the same assumption: the covariance of the output is that of one value times a scalar. A first token of
    another kind, as most models have, changes more than the scale.
    """
    return _only_scaled(_independent), _only_scaled(_marked)


@conditional("C232", "survey", "5.2, after Su")
def variance_and_length_are_equivalent() -> tuple[bool, bool]:
    """The position hides in the variance of the components or, equivalently, in the l2 norm.

    d times the variance is the square of the norm where the components have the mean 0; else less, by d mean^2.
    """
    x = sympy.symbols("x:4", real=True)
    mean = sum(x) / sympy.Integer(4)
    apart = sum((entry - mean) ** 2 for entry in x) - sum(entry**2 for entry in x)
    return vanishes(apart.subs(x[3], -sum(x[:3]))), vanishes(apart)


TEMPERATURE = undecidable(
    "C201",
    "survey",
    "5.1",
    says="Scaling the attention by a temperature improves the length generalisation of NoPE, and not that of RoPE.",
    because="An experiment on trained models.",
)
PADDING = undecidable(
    "C202",
    "survey",
    "2.6",
    says="Padded places of the input get the zero vector as their positional encoding.",
    because="A convention of data preparation. The zero vector is no row of the sinusoidal table, whose rows all have "
    "the length sqrt(dim / 2); of the integer and the binary table it is row 0, which such padding repeats.",
)


@true("C203", "survey", "2.6")
def all_sentences_share_the_table() -> bool:
    """All sentences share the table: words at the same position of different sentences get the same encoding.

    Its definition has letters for the position and the dimension, and none for the sentence or its length.
    """
    return bool(
        letters(TABLE.definition) <= {POSITION, THETA} and TABLE.blocks.frequency.free_symbols <= {INDEX, DIM, BASE}
    )


@true("C231", "survey", "2.6, advantages")
def the_formula_has_a_row_for_the_next_word() -> bool:
    """If the longest sentence in training has 20 words, the formula still gives the code of the 21st.

    Row 20 needs no row before it: it is sin(20 theta) and cos(20 theta), as row 19 is with 19, and so on for ever.
    """
    rows = [list(Symbolic(TABLE).at(p)) == [sympy.sin(p * THETA), sympy.cos(p * THETA)] for p in (19, 20, 10**6)]
    return all(rows) and holds("sinusoidal", "extrapolation")


@true("C243", "survey", "2.6")
def a_learned_table_ends() -> bool:
    """A learned encoding stands for positions up to some length only, and cannot model any position.

    Behind its last row there is nothing.
    """
    return not holds("learned", "extrapolation")


@true("C255", "survey", "2.6")
def the_formula_has_fewer_parameters() -> bool:
    """Computing the codes by a formula is simpler than learning them, and takes fewer parameters.

    None: no entry of the formula is learned, while every entry of a learned table is.
    """
    return functions(TABLE.definition) == frozenset() and functions(ENCODINGS["learned"].definition) == {"table"}


@true("C250", "survey", "2.6, advantages")
def the_table_is_bounded_and_continuous() -> bool:
    """The values of the vectors are bounded and lie in a continuous space.

    Bounded are binary codes as well, but these jump.
    """
    both = ("boundedness", "continuity")
    return all(holds("sinusoidal", statement) for statement in both) and not holds("binary", both[1])


LEARNED_OR_COMPUTED = undecidable(
    "C204",
    "survey",
    "2.6",
    says="Learned and sinusoidal encodings perform about equally well.",
    because="An experiment on trained models.",
)


@conditional("C205", "survey", "3.7")
def the_sinusoidal_encoding_injects_positions_by_rotation() -> tuple[bool, bool]:
    """The sinusoidal encoding injects positions into the word vectors by rotation; adding it is a translation.

    The rows of the table are turned into one another. The word vector is not turned, it is translated: sums do not
    even keep their length.
    """
    word = Matrix(sympy.symbols("x:2", real=True))
    moved = Symbolic(TABLE).apply(word, sympy.Symbol("m", real=True))
    rows_turn = holds("sinusoidal", "linear-shift") and holds("sinusoidal", "norm")
    return rows_turn and addition_is_a_translation(), vanishes(moved.dot(moved) - word.dot(word))


Joint = Callable[[int], Matrix]
"""The covariance of n values of two coordinates each, shape (2n, 2n)."""


def _independent(n: int) -> Matrix:
    return kronecker_product(sympy.eye(n), SPREAD)


def _common(n: int) -> Matrix:
    return kronecker_product(sympy.ones(n), SPREAD)


def _marked(n: int) -> Matrix:
    return sympy.diag(FIRST, *[SPREAD] * (n - 1))


def _output(joint: Joint, n: int) -> Matrix:
    """The covariance of the mean of n values: what uniform causal attention returns at the n-th position."""
    mean = kronecker_product(Matrix([[Rational(1, n)] * n]), sympy.eye(2))
    return mean * joint(n) * mean.T


def _variance_falls(joint: Joint) -> bool:
    return all(n * _output(joint, n)[0, 0] == _output(joint, 1)[0, 0] for n in range(2, 8))


def _only_scaled(joint: Joint) -> bool:
    start = _output(joint, 1)
    return all(Matrix([list(start), list(_output(joint, n))]).rank() == 1 for n in range(2, 8))
