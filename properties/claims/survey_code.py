"""Claims of the survey on the code that it prints."""

from collections.abc import Callable
from fractions import Fraction

import torch
from flint import arb

from properties.claims.printed_survey import (
    POSITION_OF_500,
    attention_of_one_query,
    div_term,
    initialised,
    integer_table,
    normalised_table,
    position_column,
    powers,
    printed_class,
)
from spec.claims.claim import conditional, false, true, undecidable
from spec.lemmas.similarity import thetas
from spec.numbers.balls import ball

U = 2.0**-24
"""The rounding unit of float32."""
DIMENSIONS = (64, 128, 256, 512)


def _errors(values: torch.Tensor, exact: tuple[arb, ...]) -> list[float]:
    """The relative error of every value, in rounding units."""
    return [abs(float(ball(value) / truth - 1)) / U for value, truth in zip(values.tolist(), exact, strict=True)]


@true("C113", "survey", "1.2 What the architecture lacks, code")
def reversed_keys_and_values_give_the_same_output() -> bool:
    """For the query "I", attention gives the same for "I love you" and, keys and values reversed, for "you love I".

    Up to rounding; reversing the keys alone changes it by far more.
    """
    torch.manual_seed(0)
    query, keys, values = torch.randn(1, 8), torch.randn(3, 8), torch.randn(3, 8)
    output = attention_of_one_query(query, keys, values)
    both = attention_of_one_query(query, keys.flip(0), values.flip(0))
    one = attention_of_one_query(query, keys.flip(0), values)
    # Three terms a sum and eight a logit, of size up to 20: 1e-4 is a hundred times their rounding.
    return bool((both - output).abs().max() < 1e-4) and bool((one - output).abs().max() > 1e-1)


@conditional("C123", "survey", "2 The code")
def exponents_of_div_term() -> tuple[bool, bool]:
    """div_term_i = 10000^(-i/d).

    Where i is the even dimension 0, 2, 4, ... that the factor belongs to; the entry with index i is 10000^(-2i/d).
    """

    def is_power(step: int, dim: int) -> bool:
        exact = tuple(arb(10_000) ** (-arb(step * i) / dim) for i in range(dim // 2))
        return max(_errors(div_term(dim), exact)) < 64

    return all(is_power(2, dim) for dim in DIMENSIONS), all(is_power(1, dim) for dim in DIMENSIONS)


@conditional("C124", "survey", "2 The code")
def length_of_div_term() -> tuple[bool, bool]:
    """div_term has 256 entries.

    For d = 512; it has d/2 of them.
    """
    return len(div_term(512)) == 256, len(div_term(768)) == 256


@false("C125", "survey", "2 The code")
def shape_of_div_term() -> bool:
    """div_term has the shape (1, d_model).

    It has the shape (d_model / 2,).
    """
    return any(div_term(dim).shape == (1, dim) for dim in DIMENSIONS)


@conditional("C237", "survey", "2 The code")
def positions_are_a_column() -> tuple[bool, bool]:
    """For max_len = 500, position is tensor([[0, 1, 2, ..., 499]]) of the shape (500, 1).

    True of the shape. What is printed is a row of the shape (1, 500).
    """
    row, column = POSITION_OF_500
    return position_column(500).shape == column, position_column(500).shape == row


@false("C238", "survey", "2 The code")
def div_term_is_what_the_brackets_hold() -> bool:
    """div_term is what stands in the brackets of sine and cosine in the formula.

    They hold position times div_term, which is div_term itself at position 1 only.
    """
    return all(torch.equal(angles, div_term(512)) for angles in position_column(5) * div_term(512))


@false("C127", "survey", "2 The code")
def powers_underflow() -> bool:
    """For a large d_model the direct power 10000^(2i/d) gets so small that it underflows.

    The exponent lies between 0 and 1 for every d, the power between 1 and 10000, and its reciprocal above 1e-4.
    """
    tiny = torch.finfo(torch.float32).tiny
    values = [values for k in range(1, 17) for values in (powers(2**k), 1 / powers(2**k))]
    return any(bool((value < tiny).any()) for value in values)


@false("C128", "survey", "2 The code")
def exponentials_are_more_accurate() -> bool:
    """The form exp(-2i ln(10000) / d) is numerically more stable than the power.

    Its exponents are rounded and up to 9.2 large: it is off by 8 to 10 rounding units of float32 where the power, for d
    a power of two, is off by less than 2.
    """
    return any(
        max(_errors(div_term(dim), thetas(dim))) < max(_errors(1 / powers(dim), thetas(dim))) for dim in DIMENSIONS
    )


FASTER = undecidable(
    "C129",
    "survey",
    "2 The code",
    says="Exponential and logarithm are usually faster than the power.",
    because="A matter of the machine, and of no consequence: the 256 numbers are computed once, in microseconds.",
)


def _runs(build: Callable[[], torch.nn.Module]) -> bool:
    """Whether a module can be built and applied to three sentences of five words."""
    try:
        build()(torch.zeros(3, 5, 6))
    except (AttributeError, RuntimeError):
        return False
    return True


@false("C133", "survey", "2 The code")
def the_class_runs() -> bool:
    """The class PositionalEncoding runs as it is printed.

    It never calls super().__init__(), so that no buffer can be registered, and it has no dropout: AttributeError.
    """
    return _runs(lambda: printed_class()(d_model=6, max_len=11))


@false("C134", "survey", "2 The code")
def shape_of_the_buffer() -> bool:
    """After unsqueeze(0).transpose(0, 1) the buffer has the shape [1, max_len, d_model].

    It has [max_len, 1, d_model]. With the missing lines put in, three sentences of five words are refused, and a single
    one comes back max_len times.
    """
    encoding = initialised(6, 11)
    shaped = encoding.get_buffer("pe").shape == (1, 11, 6)
    return shaped or _runs(lambda: initialised(6, 11)) or encoding(torch.zeros(1, 5, 6)).shape == (1, 5, 6)


@true("C256", "survey", "2 The code")
def a_buffer_is_saved_and_not_trained() -> bool:
    """register_buffer keeps what is no parameter of the model: pe is computed once, and is saved with the module.

    It is in the state of the module, with the two missing lines put in, and not among its parameters.
    """
    module = initialised(6, 11)
    return "pe" in module.state_dict() and not list(module.parameters())


@true("C135", "survey", "2.1 Integers")
def printed_integers() -> bool:
    """The code prints 5 rows of 4 columns: 0 0 0 0, 1 1 1 1, ..., 4 4 4 4.

    It does.
    """
    return integer_table(5, 4).tolist() == [[p] * 4 for p in range(5)]


@false("C222", "survey", "2.1 Integers")
def integers_reach_the_length() -> bool:
    """Token i has the code i, and i ranges from 0 to L, the length of the sequence.

    To L - 1, as the survey has it of the sinusoidal table (2.6): its code prints 0 to 4 for a length of 5.
    """
    return any(integer_table(length, 4).max() == length for length in (1, 5, 13, 1000))


@true("C223", "survey", "2.1 Integers")
def the_last_of_a_thousand() -> bool:
    """In a sentence of 1000 words the last one has the code 999, much more than the 0 of the first.

    They are the last and the first row of the table.
    """
    table = integer_table(1000, 4)
    return table[-1].tolist() == [999] * 4 and table[0].tolist() == [0] * 4


@true("C239", "survey", "2.1 Integers")
def large_codes_drown_the_embedding() -> bool:
    """Where the last word's embedding is 0.5 and its code is 999, the 0.5 is extremely weakened in the sum.

    It is 1/1999 of it, and in bfloat16 nothing: 999 with and without it is 1000.
    """
    embedding, code = torch.tensor(0.5), integer_table(1000, 1)[-1, 0]
    rounded = [value.to(torch.bfloat16) for value in (code, code + embedding)]
    return bool(embedding * 1999 == code + embedding) and bool(rounded[0] == rounded[1])


@true("C141", "survey", "2.3 Normalised")
def printed_fractions() -> bool:
    """The code prints rows with the step 0.2 for a length of 5, and with the step 0.1 for a length of 10.

    It does, from 0 to 0.8 and from 0 to 0.9.
    """

    def printed(length: int, step: Fraction) -> bool:
        digits = [[f"{value:.4f}" for value in row] for row in normalised_table(length, 4).tolist()]
        return digits == [[f"{float(p * step):.4f}"] * 4 for p in range(length)]

    return printed(5, Fraction(1, 5)) and printed(10, Fraction(1, 10))
