"""Claims of the page on basics about scores and absolute encodings."""

from fractions import Fraction
from itertools import pairwise

import sympy
from flint import arb
from sympy import Matrix

from spec import ENCODINGS
from spec.claims.claim import false, true, undecidable
from spec.definitions.symbols import BASE, DIM, INDEX, POSITION, THETA
from spec.lemmas.layouts import zero
from spec.lemmas.softmax import letter
from spec.numbers.balls import less
from spec.numbers.exact import frequencies, kernel
from spec.proving.symbolic import Symbolic
from spec.truth import holds

SINUSOIDAL = ENCODINGS["sinusoidal"]
CONTENT = {"wo": Fraction(5, 10), "ai": Fraction(6, 10), "ni": Fraction(7, 10)}
PLACE = {"wo": 0, "ai": 1, "ni": 2}
"""The numbers of the example: one-dimensional tokens, and what their positions in "wo ai ni" add."""
NUMBERED = {"wo ai ni": 1, "ni ai wo": 3}
"""The number of the position that the text gives to the token "wo" in either sentence: V + PE_1 and V + PE_3."""
ENCODED = {0: 0, 1: 1, 2: 2}
"""PE_0, PE_1 and PE_2, as the text sets them; it sets no other."""
HEADS = ("0.5+0=0.5", "0.6+1=1.6", "0.7+2=2.7")
"""The columns of table 2: a token, what is added to it, and the sum."""
Table = list[list[Fraction]]


def printed(*rows: str) -> Table:
    """A table of the page, its decimals taken exactly."""
    return [[Fraction(entry) for entry in row.split()] for row in rows]


def scores(queries: dict[str, int], keys: dict[str, int]) -> Table:
    """Products of the tokens, each with what its position adds on the side of the query and on that of the key."""
    return [[(CONTENT[a] + queries[a]) * (CONTENT[b] + keys[b]) for b in CONTENT] for a in CONTENT]


NOWHERE = dict.fromkeys(CONTENT, 0)
PRINTED_TWO = printed("0.25 0.8 1.35", "0.3 0.96 1.62", "0.35 1.12 1.89")


@true("C030", "basics", "what a position encoding is")
def the_encoding_is_a_bias() -> bool:
    """The encoding is a bias: W_q (X + PE) = W_q X + W_q PE.

    A projection is linear.
    """
    w = Matrix(2, 3, lambda i, j: letter("w", i, j))
    x, p = (Matrix(3, 4, lambda i, j, name=name: letter(name, i, j)) for name in "xp")
    return zero(w * (x + p) - w * x - w * p)


@true("C031", "basics", "how it works, table 1")
def the_first_table_is_right() -> bool:
    """Without positions, the scores of tokens 0.5, 0.6 and 0.7 are those of table 1, from 0.25 to 0.49.

    They are the products of the numbers.
    """
    return scores(NOWHERE, NOWHERE) == printed("0.25 0.3 0.35", "0.3 0.36 0.42", "0.35 0.42 0.49")


@true("C032", "basics", "how it works")
def without_positions_both_orders_score_alike() -> bool:
    """Without positions, "ai wo" and "wo ai" both score 0.3, so their meanings cannot be told apart.

    The product of two numbers does not know which comes first. Vectors with two projections have two scores, but they
    too are those of the tokens, in every sentence.
    """
    table = dict(zip(CONTENT, scores(NOWHERE, NOWHERE), strict=True))
    wo, ai, _ = CONTENT
    return table[ai][0] == table[wo][1] == Fraction(3, 10)


@true("C033", "basics", "how it works, table 2")
def the_arithmetic_of_the_second_table_is_right() -> bool:
    """The entries of table 2, from 0.25 to 1.89, are the products of its row and column heads.

    Its rows are headed by 0.5, 0.6, 0.7 and its columns by 0.5, 1.6, 2.7, which are the sums that are printed there.
    """
    sums = [[Fraction(part) for part in head.replace("=", "+").split("+")] for head in HEADS]
    columns = [total for content, place, total in sums if content + place == total]
    return scores(NOWHERE, PLACE) == [[row * column for column in columns] for row in CONTENT.values()] == PRINTED_TWO


@false("C034", "basics", "how it works, table 2")
def positions_turn_the_first_table_into_the_second() -> bool:
    """Once PE_0 = 0, PE_1 = 1 and PE_2 = 2 are added to the tokens, table 1 becomes table 2.

    The page adds them to the token, and so to query and key: Query = W_q (X + PE). Table 2 is what comes of adding them
    to its columns alone.
    """
    return scores(PLACE, PLACE) == PRINTED_TWO


@false("C035", "basics", "how it works")
def positions_tell_the_two_directions_apart() -> bool:
    """With positions, "ai wo" scores 0.8 and "wo ai" 0.3, so the two can be told apart.

    With positions on both sides both directions score 0.8. What changes is the score of a pair from one sentence to
    the other: 0.8 in "wo ai ni", 4.0 in "ni ai wo".
    """
    table = scores(PLACE, PLACE)
    return table[0][1] != table[1][0]


@false("C036", "basics", "how it works")
def text_and_table_number_the_positions_alike() -> bool:
    """In "wo ai ni" the token "wo" becomes V + PE_1 and in "ni ai wo" V + PE_3, where PE_0 = 0, PE_1 = 1, PE_2 = 2.

    The text counts from 1, the heads of its table from 0: they add PE_0 to the first token, and there is no PE_3.
    """
    added = [int(head.partition("=")[0].partition("+")[2]) for head in HEADS]

    def both_count_from(first: int) -> bool:
        text = all(first + sentence.split().index("wo") == number for sentence, number in NUMBERED.items())
        return text and [ENCODED.get(first + column) for column in range(len(HEADS))] == added

    return any(map(both_count_from, range(len(HEADS))))


@true("C210", "basics", "how it works")
def a_token_scores_otherwise_in_another_place() -> bool:
    """With positions the same token gets another attention score, as its position has changed.

    From "wo ai ni" to "ni ai wo" every score of two tokens changes but that of "ai", which stays in the middle, with
    itself.
    """
    here, there = ({word: place for place, word in enumerate(sentence.split())} for sentence in NUMBERED)
    before, after = scores(here, here), scores(there, there)
    kept = [(a, b) for i, a in enumerate(CONTENT) for j, b in enumerate(CONTENT) if before[i][j] == after[i][j]]
    return kept == [("ai", "ai")]


@true("C037", "basics", "sinusoidal")
def the_printed_formula_is_the_sinusoidal_table() -> bool:
    """PE at n is sin(n / 10000^(2i/D)) in column 2i and cos(n / 10000^(2i/D)) in column 2i + 1.

    This is the definition, with i counting pairs.
    """
    angle = POSITION / sympy.Integer(10000) ** (2 * INDEX / DIM)
    columns = list(Symbolic(SINUSOIDAL).at(POSITION).subs(THETA, SINUSOIDAL.blocks.frequency.subs(BASE, 10000)))
    pairs = SINUSOIDAL.coordinates(8, {}, "interleaved").tolist()
    return columns == [sympy.sin(angle), sympy.cos(angle)] and pairs == [[2 * i, 2 * i + 1] for i in range(4)]


EXTRAPOLATION = undecidable(
    "C048",
    "basics",
    "absolute encodings compared",
    says="Sinusoidal encodings extrapolate better than learned ones.",
    because="Empirical. What can be computed is that the sinusoidal table is defined at every position, and that a "
    "learned one ends with its last row.",
)


@false("C049", "basics", "absolute encodings compared")
def the_table_repeats_itself() -> bool:
    """On sequences several times longer than in training the encoding grows periodically.

    Every column has a period on the real numbers, 2 pi / theta, but it is no integer: no row comes back.
    """
    return not holds("sinusoidal", "injectivity")


@false("C050", "basics", "absolute encodings compared")
def rows_are_orthogonal() -> bool:
    """The rows of different tokens are orthogonal, hence independent of each other and without interference.

    No two of them are: the product of rows k apart is the sum of cos(k theta_i), never zero for an integer k, by
    Lindemann and Weierstrass; neighbours have a cosine near 0.97. Here no two of 250 rows are found orthogonal.
    """
    return any(kernel(SINUSOIDAL, dim, k).contains(0) for dim in (48, 64) for k in range(1, 250))


@false("C051", "basics", "absolute encodings compared")
def high_frequencies_have_long_periods() -> bool:
    """The functions have a very high frequency (a long period).

    The period is 2 pi / theta: the longer it is, the lower the frequency.
    """
    thetas = frequencies(SINUSOIDAL, 64, {"base": 10000.0})
    periods = [2 * arb.pi() / theta for theta in thetas]
    steps = zip(pairwise(thetas), pairwise(periods), strict=True)
    return all(less(*theta) == less(*period) for theta, period in steps)


@true("C052", "basics", "absolute encodings compared")
def many_tokens_have_rows_of_their_own() -> bool:
    """The table can hold a great many tokens.

    Different integer positions have different rows, however many there are.
    """
    return holds("sinusoidal", "injectivity")


ANGLES = undecidable(
    "C053",
    "basics",
    "absolute encodings compared",
    says="Besides the distance, the sinusoidal encoding holds the angle of the relation and is richer for it.",
    because="Too vague to compute. What is certain is that the dot product of two rows depends on the offset alone, "
    "and is the same for k and -k.",
)
