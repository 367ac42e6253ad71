"""What attention sees: statements on logits and attention outputs."""

from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any

import sympy
from flint import acb, arb

from spec.definitions.encoding import NOTHING, Encoding
from spec.definitions.evaluation import Parameters
from spec.definitions.symbols import INDEX, KEY, QUERY, SCALE, THETA
from spec.definitions.verdict import Witness, witness
from spec.numbers.balls import every, less
from spec.numbers.exact import frequencies, kernel, scales
from spec.numbers.learned import tables_at
from spec.proving.grids import is_rope_on_the_diagonal, tells_no_axis_apart
from spec.proving.structure import changes_continuously, learns, shows_on_constant_input
from spec.proving.symbolic import Symbolic
from spec.proving.vanishing import vanishes
from spec.statements import decided, difference, identity, structure
from spec.statements.needs import acts_on_attention, has_two_axes, is_handed_vectors

WINDOWS = 12
HEAD_SIZES = range(64, 513, 16)


@identity("relational", acts_on_attention)
def relative_position_invariance(e: Symbolic, q: Any, k: Any, m: Any, n: Any, c: Any) -> list[Any]:
    """The logit of (q at m, k at n) depends on m and n through n - m only, within sequences of one length."""
    return [e.logit(q, k, m + c, n + c) - e.logit(q, k, m, n)]


@identity("relational", acts_on_attention)
def translation_invariance(e: Symbolic, q: Any, k: Any, y: Any, m: Any, n: Any, l: Any, c: Any) -> list[Any]:  # noqa: E741
    """The output of attention stays the same when every position moves by the same offset.

    The output is fixed by the differences of the logits of one query with two keys. Where the encoding follows the
    length of the sequence, they move within it.
    """
    here = e.logit(q, k, m, n) - e.logit(q, y, m, l)
    moved = e.logit(q, k, m + c, n + c) - e.logit(q, y, m + c, l + c)
    return [moved - here]


@identity("relational", acts_on_attention)
def equal_positions(e: Symbolic, q: Any, k: Any, m: Any) -> list[Any]:
    """At equal positions the logit is the plain dot product of query and key, and what multiplies the weight is 1."""
    return [e.logit(q, k, m, m) - (q.T * k)[0]]


@identity("relational", acts_on_attention)
def symmetry(e: Symbolic, q: Any, k: Any, m: Any, n: Any) -> list[Any]:
    """The logit does not tell before from behind: exchanging the two positions leaves it."""
    return [e.logit(q, k, m, n) - e.logit(q, k, n, m)]


@difference("relational", acts_on_attention, example=witness(q=(1, 0), k=(1, 0), y=(0, 1), m=1, n=4))
def permutation_non_invariance(e: Symbolic, q: Any, k: Any, y: Any, m: Any, n: Any) -> list[Any]:
    """Attention is not equivariant under permutations of the tokens: their order reaches the output.

    For a query at 3 and two keys that exchange their positions, the difference of their logits changes.
    """
    here = e.logit(q, k, 3, m) - e.logit(q, y, 3, n)
    exchanged = e.logit(q, k, 3, n) - e.logit(q, y, 3, m)
    return [here - exchanged]


@structure("relational", shows_on_constant_input, acts_on_attention)
def constant_input_probe() -> None:
    """Where all tokens are equal, the outputs of attention still tell the positions apart."""


@identity("relational", is_handed_vectors)
def logit_bound(e: Symbolic, q: Any, k: Any, m: Any, n: Any) -> list[Any]:
    """No logit exceeds the sum over the pairs of |q||k|.

    By Lagrange's identity for a and b, what blocks that lengthen nothing make of them: (|a||b|)^2 is the square of the
    logit plus the square of the cross product.
    """
    a, b = e.factors(q, k, m, n)
    cross = a[0] * b[1] - a[1] * b[0] if len(a) == 2 else 0
    shortens = e.encoding.definition.maps and e.vectors.lengthens_nothing and not e.vectors.keeps_lengths
    x, y = (a, b) if shortens else (q, k)
    return [x.dot(x) * y.dot(y) - e.logit(q, k, m, n) ** 2 - cross**2]


def falls_at_every_step(encoding: Encoding) -> bool:
    """Whether the kernel falls all along from distance 0 on: it does not jump, and its slope is read off as negative.

    Whatever is learned, which here is a letter.
    """
    if encoding.grid.axes > 1 or encoding.domain.largest is not None:
        return False
    k = sympy.Symbol("k", positive=True)
    slope = encoding.definition.kernel.subs({KEY[0]: 0, QUERY[0]: k}).diff(k)
    return bool(slope.is_negative) and changes_continuously(encoding, None)


@decided("quantity", "relational", acts_on_attention, everywhere=falls_at_every_step)
def remote_decay(encoding: Encoding, case: Witness | None) -> bool | None:
    """Attention falls with distance, on average: the kernel's means over [2^j, 2^(j+1)) strictly decrease in j.

    The kernel is the logit of equal unit contents in every pair, the key at a distance k before the query.
    """
    dims, tables = [case["kernel"]] if case else _head_sizes(encoding), tables_at(encoding, case)
    each = (pairwise(window_means(encoding, dim, _windows(encoding, dim), given=tables)) for dim in dims)
    return every(less(later, earlier) for means in each for earlier, later in means)


@decided("quantity", "relational", acts_on_attention, everywhere=falls_at_every_step)
def monotone_decay(encoding: Encoding, case: Witness | None) -> bool | None:
    """Attention falls with every step of distance: the kernel at k + 1 is smaller than at k."""
    dims, steps = ([case["kernel"]], [case["k"]]) if case else (_head_sizes(encoding), range(100))
    of = partial(kernel, encoding, tables=tables_at(encoding, case))
    return every(less(of(dim, k + 1), of(dim, k)) for dim in dims for k in steps)


@structure("relational", is_rope_on_the_diagonal, has_two_axes)
def text_degeneration() -> None:
    """On text, whose positions lie on the diagonal of the grid, the encoding is its one-dimensional sibling."""


@structure("relational", tells_no_axis_apart, has_two_axes)
def isotropy() -> None:
    """Rows and columns count alike: exchanging those of the offset leaves the logit of equal unit contents."""


def _head_sizes(encoding: Encoding) -> list[int]:
    """Those of models; where numbers are learned, one is as good as any other."""
    return sorted({encoding.dimension(dim) for dim in ((8,) if learns(encoding) else HEAD_SIZES)})


def _windows(encoding: Encoding, dim: int) -> int:
    """How many windows of distances lie within the positions at which an encoding is defined, up to `WINDOWS`."""
    largest = encoding.largest_at(dim, encoding.configured(dim, {}))
    return WINDOWS if largest is None else min(WINDOWS, (largest + 1).bit_length() - 1)


def window_means(
    encoding: Encoding,
    dim: int,
    windows: int = WINDOWS,
    *,
    given: Parameters = NOTHING,
    length: int = 2**WINDOWS,
) -> Iterator[arb]:
    """The mean of the kernel over each dyadic window [2^j, 2^(j+1)) of distances, as certified balls, from j = 0.

    Where the kernel of a block is a Re z^k + c with z = s e^(i theta), the sum over a window is that of a geometric
    series; all distances then are those within one sequence of that length.
    """
    kind = _power(encoding)
    if kind is None:
        of = partial(kernel, encoding, dim, tables=given)
        yield from (_sum(map(of, range(2**j, 2 ** (j + 1)))) / 2**j for j in range(windows))
        return
    before, step, constant = kind
    parameters = encoding.configured(dim, given)
    steps = [encoding.grid.line(1)[axis] for axis in encoding.axes_of(dim, parameters)]
    ss, thetas = (part(encoding, dim, parameters, length) for part in (scales, frequencies))
    turned = [(s, acb(0, theta * along).exp(), along) for s, theta, along in zip(ss, thetas, steps, strict=True)]
    powers = [(s**before, wave * s ** (step * along)) for s, wave, along in turned]
    for j in range(windows):
        series = (a * ((z ** (2 ** (j + 1)) - z ** (2**j)) / (z - 1)).real for a, z in powers)
        yield _sum(series) / 2**j + constant * len(powers)


@lru_cache(maxsize=128)
def _power(encoding: Encoding) -> tuple[int, int, int] | None:
    """(a, b, c) where the kernel of a block is s^a Re (s^b e^(i theta))^k + c; None where it is not of this kind.

    It may be a positive multiple of that, the same in all blocks: falling is no matter of the unit.
    """
    k = sympy.Symbol("k", real=True)
    unit, kernel = encoding.definition.kernel.subs({QUERY[0]: k, KEY[0]: 0}).as_independent(
        k, THETA, SCALE, INDEX, as_Add=False
    )
    if not unit.is_positive:
        return None
    if not kernel.has(THETA) or Symbolic(encoding).on_a_grid:
        return None
    for before, step in ((0, 0), (0, 1), (2, 0)):
        beside = kernel - SCALE ** (before + step * k) * sympy.cos(k * THETA)
        constant = sympy.simplify(beside.subs(k, 0))
        if constant.is_Integer and vanishes(beside - constant):
            return before, step, int(constant)
    return None


def _sum(balls: Iterable[arb]) -> arb:
    return sum(balls, arb(0))
