"""Claims of the notes on rotary position embedding that need no code."""

from collections.abc import Iterable
from itertools import product

import sympy

from spec import ENCODINGS
from spec.claims.claim import conditional, false, true, undecidable
from spec.definitions.rotations import rotation
from spec.definitions.symbols import THETA
from spec.lemmas.attention import causal_attention_is_not_equivariant, full_attention_is_equivariant
from spec.lemmas.layouts import (
    DIMS,
    any_order_of_coordinates_is_relative,
    elementwise_interleaved,
    half,
    interleaved,
    relative,
    same_at,
    the_half_layout_is_the_interleaved_one_permuted,
    zero,
)
from spec.lemmas.methods import channels, is_relative
from spec.lemmas.pairs import relative_phases_are_proportional
from spec.numbers.balls import every, less
from spec.numbers.exact import kernel
from spec.proving.vanishing import vanishes
from spec.truth import holds

ROPE, SINUSOIDAL = ENCODINGS["rope"], ENCODINGS["sinusoidal"]
A, B, C, D, N = sympy.symbols("a b c d n", real=True)


@conditional("C001", "rope-notes", "overview")
def attention_cannot_see_position() -> tuple[bool, bool]:
    """Attention cannot obtain position information; it has to be given a positional encoding explicitly.

    True without a mask: permuting the tokens permutes the outputs. A causal mask tells even two tokens apart.
    """
    return full_attention_is_equivariant(), not causal_attention_is_not_equivariant()


@false("C002", "rope-notes", "overview")
def absolute_encodings_cannot_express_relations() -> bool:
    """An absolute encoding encodes the position itself and cannot directly represent relations between positions.

    Products of two rows of the sinusoidal table depend on the offset alone; so do the logits of RoPE, which acts on
    each token by its own position.
    """
    return not (holds("sinusoidal", "dot-product-invariance") or holds("rope", "relative-position-invariance"))


@true("C003", "rope-notes", "overview")
def who_is_absolute_and_who_relative() -> bool:
    """BERT (learned) and the Transformer (sinusoidal) use absolute encodings; XLNet, T5 and DeBERTa use relative ones.

    Moving all positions by as much changes the logits of the first two, and none of the other three.
    """
    absolute, others = ("learned", "sinusoidal"), ("transformer-xl", "t5-bias", "deberta")
    return not any(is_relative(channels(name)) for name in absolute) and all(
        is_relative(channels(name)) for name in others
    )


@true("C004", "rope-notes", "RoPE, derivation")
def real_part_is_the_inner_product() -> bool:
    """The real part of one complex number times the conjugate of another is the inner product of the two vectors.

    (a + ib)(c - id) = ac + bd + i (bc - ad).
    """
    inner = sympy.re(sympy.expand((A + sympy.I * B) * sympy.conjugate(C + sympy.I * D)))
    return vanishes(inner - (A * C + B * D))


@true("C005", "rope-notes", "RoPE, derivation")
def a_phase_is_a_rotation() -> bool:
    """Multiplication by e^(i n theta) rotates the vector counter-clockwise by n theta.

    Real and imaginary part of the product are the two entries of the rotation matrix times the vector.
    """
    turned = (A + sympy.I * B) * sympy.exp(sympy.I * N * THETA)
    x, y = rotation(N * THETA) * sympy.Matrix([A, B])
    return vanishes(turned - (x + sympy.I * y)) and holds("rope", "direction")


@true("C006", "rope-notes", "RoPE, derivation")
def phases_form_an_arithmetic_progression() -> bool:
    """The phases phi(m) form an arithmetic progression, with the solution phi(m) = m theta.

    phi(m) - phi(n) = h(m - n) for all m, n, with phi(0) = 0, is a linear system; its solutions are m phi(1).
    """
    return relative_phases_are_proportional()


@true("C206", "rope-notes", "RoPE, derivation")
def the_added_phase_knows_no_content() -> bool:
    """What a position adds to the phase does not depend on the vector, only on the position.

    Of phases with f(q, m) - f(k, n) = g(m - n), where f(x, 0) is that of x itself: the system is solved for four
    positions, and f(q, m) - f(q, 0) is f(k, m) - f(k, 0), though q and k have nothing in common.
    """
    places, own = range(4), dict(zip("qk", (A, B), strict=True))
    f = {(x, m): sympy.Symbol(f"f_{x}_{m}") for x, m in product(own, places)}
    g = {offset: sympy.Symbol(f"g_{offset}") for offset in range(-3, 4)}
    equations = [f[x, 0] - own[x] for x in own] + [f["q", m] - f["k", n] - g[m - n] for m, n in product(places, places)]
    (found,) = sympy.solve(equations, [*g.values(), *f.values()], dict=True)
    added = {key: sympy.expand((letter - own[key[0]]).subs(found)) for key, letter in f.items()}
    return all(added["q", m] == added["k", m] for m in places) and added["q", 1] != 0


@true("C007", "rope-notes", "RoPE, form")
def any_even_dimension_works_by_blocks() -> bool:
    """The inner product is additive, so RoPE works block by block in any even dimension.

    Blocks with a frequency each, down the diagonal, give logits of the offset alone: written out for 2, 4, 6, 8.
    """
    return all(relative(interleaved(dim), interleaved(dim)) for dim in DIMS)


@true("C008", "rope-notes", "RoPE, form")
def the_matrix_is_sparse_and_elementwise_is_the_same() -> bool:
    """The matrix is sparse, multiplying by it wastes work; two elementwise products do the same.

    Both are the same map, and 2 dim of the dim^2 entries of the matrix are not zero.
    """
    sparse = all(sum(entry != 0 for entry in interleaved(dim)(N)) == 2 * dim < dim**2 for dim in DIMS[1:])
    return sparse and all(elementwise_interleaved(dim) for dim in DIMS)


@true("C009", "rope-notes", "RoPE, choice of theta")
def frequencies_are_those_of_the_sinusoidal_table() -> bool:
    """RoPE chooses the same theta as the sinusoidal encoding.

    Both are base^(-2i/dim), with 10000 as the base.
    """
    bases = [encoding.configured(64, {})["base"] for encoding in (ROPE, SINUSOIDAL)]
    return bool(ROPE.blocks.frequency == SINUSOIDAL.blocks.frequency) and bases == [10000, 10000]


@false("C010", "rope-notes", "RoPE, choice of theta")
def attention_falls_with_distance() -> bool:
    """This theta is verified to decay in the long run: the attention score shrinks as the relative distance grows.

    The logit peaks wherever the key is the query turned back by as much; even for equal contents it rises again after
    a few steps. Only an average over windows of distances, or a bound, decays.
    """

    def falls(back: int) -> bool | None:
        """Whether the logit falls with every step, where the key is the query turned back by this distance."""
        steps = ((abs(k + 1 - back), abs(k - back)) for k in range(600))
        return every(less(kernel(ROPE, 64, far), kernel(ROPE, 64, near)) for far, near in steps)

    return any(falls(back) is True for back in (0, 1, 37, 500))


@true("C019", "rope-notes", "code, discussion")
def pairs_need_not_be_adjacent() -> bool:
    """It is enough that both members of a group turn alike: they need not be adjacent.

    Any order of the coordinates gives an encoding by offsets, and the half layout is one of these orders.
    """
    return any_order_of_coordinates_is_relative() and the_half_layout_is_the_interleaved_one_permuted()


@conditional("C020", "rope-notes", "code, discussion")
def order_of_coordinates_is_irrelevant() -> tuple[bool, bool]:
    """The dimensions of an embedding are independent; their order does not matter if all vectors agree on it.

    Queries, keys and the checkpoint must agree: queries in one layout and keys in the other know absolute positions.
    """
    layouts = (interleaved(4), half(4))
    return all(relative(one, one) for one in layouts), all(relative(one, other) for one in layouts for other in layouts)


@conditional("C021", "rope-notes", "code, discussion")
def the_other_layout_gives_another_result() -> tuple[bool, bool]:
    """Computed in the half layout, the result is certainly different from the original one.

    True with the same weights, at more than two dimensions and a position other than 0. At two dimensions, or at
    position 0, the layouts are the same map; and with permuted weights all logits agree.
    """

    def differs(dims: Iterable[int], positions: Iterable[int]) -> bool:
        return not any(same_at(position, dim) for dim, position in product(dims, positions))

    return differs(DIMS[1:], range(1, 4)), differs(DIMS, range(4))


@true("C022", "rope-notes", "code, discussion")
def the_half_layout_encodes_position() -> bool:
    """The half layout still encodes position.

    Its logits depend on the offset, and on nothing else of the positions.
    """
    relation = all(relative(half(dim), half(dim)) for dim in DIMS)
    return relation and not any(zero(half(dim)(N) - sympy.eye(dim)) for dim in DIMS)


CACHE_MISSES = undecidable(
    "C023",
    "rope-notes",
    "code, discussion",
    says="Slicing with stride two misses the cache many times and should cost time in memory access.",
    because="A matter of hardware and compiler, to be measured where it runs; the forms are the same map (C008).",
)

TWO_PLACES = undecidable(
    "C024",
    "rope-notes",
    "overview",
    says="Relative encodings were first added at two places of attention, and later at one of them only.",
    because="History. Shaw's vectors do enter keys and values, and those in the values are what lets equal tokens "
    "see where they stand (C060, C061).",
)
