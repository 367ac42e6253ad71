"""Claims of the page on basics about the four terms, window attention and fusion."""

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import sympy
from sympy import Matrix

from spec.claims.claim import conditional, false, true, undecidable
from spec.definitions.definition import letters
from spec.definitions.symbols import KEY, POSITION, QUERY
from spec.lemmas.attention import additive_positions_give_four_terms, degrees_in_positions
from spec.lemmas.layouts import zero
from spec.lemmas.methods import adds_a_matrix, channels, sinusoid
from spec.lemmas.softmax import letter
from spec.lemmas.windows import SIZES, numbers_all, offsets
from spec.proving.symbolic import Symbolic
from spec.proving.vanishing import vanishes
from spec.truth import ENCODINGS


def _in_square_windows_and_in_all(right: Callable[[int, int], bool]) -> tuple[bool, bool]:
    return all(right(h, w) for h, w in SIZES if h == w), all(right(h, w) for h, w in SIZES)


@conditional("C039", "basics", "window bias, step 5")
def exchanged_shifts_start_at_zero() -> tuple[bool, bool]:
    """Adding W - 1 to the row offsets and H - 1 to the column offsets makes both start at 0.

    True for square windows. Row offsets start at -(H - 1), column offsets at -(W - 1).
    """

    def starts_at_zero(h: int, w: int) -> bool:
        rows, columns = zip(*offsets(h, w), strict=True)
        return (min(rows) + w - 1, min(columns) + h - 1) == (0, 0)

    return _in_square_windows_and_in_all(starts_at_zero)


@conditional("C040", "basics", "window bias, step 5")
def the_exchanged_factor_separates_rows() -> tuple[bool, bool]:
    """Multiplying the row offsets by 2H - 1 before the sum gives every offset an index of its own.

    True for square windows. There are 2W - 1 column offsets, and this is the factor. With the shifts exchanged as well,
    offsets collide exactly where 2 <= H < W, and indices leave the range exactly where H > W.
    """

    def exchanged_factor(rows: int, columns: int, h: int, w: int) -> int:
        return (rows + h - 1) * (2 * h - 1) + columns + w - 1

    return _in_square_windows_and_in_all(lambda h, w: numbers_all(exchanged_factor, (h, w)))


@true("C211", "basics", "four terms")
def the_logit_is_a_sum_of_four_terms() -> bool:
    """The product of queries and keys is the sum of four terms, one of the data alone and three with positions.

    Both factors are sums of two, and only the first of the four products knows neither position.
    """
    return additive_positions_give_four_terms() and degrees_in_positions(0, 1, 1, 2)


@false("C046", "basics", "four terms")
def three_terms_are_linear_in_the_bias() -> bool:
    """Except for the first term, a quadratic form, the other three are linear transforms of the position bias.

    Two are linear in the positions, and in the contents as well; the last one is quadratic in the positions.
    """
    return degrees_in_positions(0, 1, 1, 1)


@false("C047", "basics", "four terms")
def the_last_term_is_a_function_of_relative_position() -> bool:
    """PE_k written as PE_q - (PE_q - PE_k) leaves PE_q and the relative encoding alone, so a bias by offset will do.

    The rewriting is a tautology: PE_q stays, and the term still changes when both positions move. Nor is the difference
    of two rows a function of the offset; only its length is.
    """
    m, n, c = sympy.symbols("m n c", real=True)
    weights = Matrix(2, 2, lambda i, j: letter("w", i, j))

    def term(q: sympy.Expr, k: sympy.Expr) -> Matrix:
        return sinusoid(q).T * weights * sinusoid(k)

    def difference(q: sympy.Expr, k: sympy.Expr) -> Matrix:
        return sinusoid(q) - sinusoid(k)

    return any(zero(part(m + c, n + c) - part(m, n)) for part in (term, difference))


@conditional("C054", "basics", "relative encodings")
def relative_encodings_are_a_matrix_added_to_the_scores() -> tuple[bool, bool]:
    """A relative encoding is a matrix that is added to the attention scores.

    True of biases by offset, such as T5's and ALiBi's. What RoPE, XLNet, DeBERTa and Shaw's vectors do to the scores
    depends on the contents.
    """
    biases, others = ("t5-bias", "alibi"), ("rope", "transformer-xl", "deberta", "shaw")
    return (
        all(adds_a_matrix(channels(name)) for name in biases),
        all(adds_a_matrix(channels(name)) for name in biases + others),
    )


@conditional("C213", "basics", "relative encodings")
def absolute_encodings_are_a_matrix_added_to_the_tokens() -> tuple[bool, bool]:
    """An absolute encoding is a matrix that is added to the tokens.

    True of tables, learned or sinusoidal. RoPE, and the product entry by entry that the page has as well, act on each
    token by its own position too: they multiply.
    """
    tables, products = ("learned", "sinusoidal"), ("rope", "hadamard")
    return all(map(_adds_to_the_token, tables)), all(map(_adds_to_the_token, tables + products))


def _adds_to_the_token(name: str) -> bool:
    """Whether what a position does to a token is the same for every token."""
    token = Matrix([letter("x", i) for i in range(ENCODINGS[name].width)])
    change = Symbolic(ENCODINGS[name]).apply(token, sympy.Symbol("m", real=True)) - token
    return all(vanishes(entry.diff(content)) for entry in change for content in token)


@true("C214", "basics", "absolute encodings compared")
def tables_know_single_positions_and_biases_pairs() -> bool:
    """Learned and sinusoidal encodings both look at single positions; relative ones often look at pairs.

    A row of a table is told by one position, and what T5, ALiBi, Swin, Shaw, XLNet and DeBERTa do by that of the query
    and that of the key. Often, not always: RoPE looks at one at a time.
    """
    pairs = ("t5-bias", "alibi", "swin-bias", "shaw", "transformer-xl", "deberta")
    single = [_positions_of(name) for name in ("learned", "sinusoidal", "rope")]
    return all(known == {"own"} for known in single) and all(_positions_of(name) == {"query", "key"} for name in pairs)


def _positions_of(name: str) -> set[str]:
    """Whose positions a definition has letters for."""
    whose = {"own": {POSITION}, "query": set(QUERY), "key": set(KEY)}
    return {side for side, places in whose.items() if letters(ENCODINGS[name].definition) & places}


@conditional("C055", "basics", "relative encodings")
def scores_are_divided_by_the_root_of_dim() -> tuple[bool, bool]:
    """Attention is softmax(Q K^T / sqrt(Dim) + bias) V, with Dim the dimension of the tokens.

    True where there is one head. The root keeps the variance of a score at 1 only if Dim is the dimension of one head:
    here 4, in a model of 3 heads. Each head has a bias of its own.
    """
    head, heads = 4, 3
    return _mean_square(head) == head, _mean_square(head) == head * heads


def _mean_square(size: int) -> Fraction:
    """The variance of q.k where all entries are 1 or -1, each sign as often as the other: over all q and k."""
    signs = list(product((1, -1), repeat=size))
    squares = [sum(a * b for a, b in zip(q, k, strict=True)) ** 2 for q, k in product(signs, signs)]
    return Fraction(sum(squares), len(squares))


HADAMARD = undecidable(
    "C056",
    "basics",
    "fusion",
    says="There are two usual ways to fuse a token with its encoding: adding it, and multiplying by it entry by entry.",
    because="What is usual is no matter of computation. Computable: multiplying by the sinusoidal table erases half of "
    "the first token, as row 0 is 0, 1, 0, 1 and so on.",
)
