"""Claims of the notes on rotary position embedding about code, judged against the exact values."""

from collections.abc import Callable

import numpy as np
import torch
from flint import arb

from properties.claims.printed_rope_notes import Rotary, apply_rotary, doubled, rotate_every_two, rotate_half
from spec import ENCODINGS
from spec.claims.claim import conditional, false, true
from spec.definitions import Layout
from spec.numbers.bounds import UNIT, angle_error, relative
from spec.numbers.exact import frequencies, rows

ROPE, BASE = ENCODINGS["rope"], {"base": 10000.0}
SEQUENCE, BATCH, HEADS, DIM = 7, 2, 3, 8
FLOAT32 = UNIT["float32"]


def _thetas(dim: int) -> tuple[arb, ...]:
    return frequencies(ROPE, dim, BASE)


def _outcome(shape: tuple[int, ...], axis: int, *, layout: Layout = "half") -> str:
    """What the printed module makes of x, whose sequence lies along an axis: "right", or what is wrong with it.

    Its values are right if they are those of RoPE within the bound of float32.
    """
    x = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    try:
        y = apply_rotary(x, *Rotary(shape[-1])(x, seq_dim=axis))
    except RuntimeError:
        return "error"
    if y.shape != x.shape:
        return "shape"
    places, pairs = range(shape[axis]), ROPE.coordinates(shape[-1], BASE, layout)
    given, found = (np.moveaxis(z.numpy().astype(np.longdouble), axis, -2)[..., pairs] for z in (x, y))
    exact = np.einsum("nbij,...nbj->...nbi", rows(ROPE, [(place,) for place in places], shape[-1], BASE), given)
    eta = relative(places, np.array([float(theta) for theta in _thetas(shape[-1])]), "float32", FLOAT32)
    close = np.linalg.norm(found - exact, axis=-1) <= eta * np.linalg.norm(given, axis=-1)
    return "right" if bool(np.all(close)) else "values"


def default_axis() -> list[str]:
    """What comes of (batch, sequence, heads, dim) and axis 1: for two batches, for one, for as many as tokens."""
    return [_outcome((batch, SEQUENCE, HEADS, DIM), 1) for batch in (BATCH, 1, SEQUENCE)]


@conditional("C011", "rope-notes", "code")
def rotate_every_two_is_the_adjacent_pairing() -> tuple[bool, bool]:
    """rotate_every_two pairs neighbouring dimensions of the last axis.

    True of three axes. Of (batch, heads, sequence, dim) it takes the sequence apart instead.
    """

    def pairs_neighbours(*shape: int) -> bool:
        x = torch.arange(1.0, 1 + torch.Size(shape).numel()).reshape(shape)
        swapped = x[..., [j ^ 1 for j in range(shape[-1])]] * torch.tensor([-1.0, 1.0] * (shape[-1] // 2))
        return torch.equal(rotate_every_two(x), swapped)

    return pairs_neighbours(BATCH, 6, DIM), pairs_neighbours(BATCH, HEADS, 6, DIM)


@conditional("C012", "rope-notes", "code")
def the_rotary_module_is_rope() -> tuple[bool, bool]:
    """The module, with rotate_half, computes RoPE.

    True of the half layout, for x of (sequence, batch, heads, dim) and seq_dim=0. It is not the interleaved layout of
    the formula, and not right for a sequence elsewhere.
    """
    first = (SEQUENCE, BATCH, HEADS, DIM)
    cases = [_outcome(first, 0), _outcome(first, 0, layout="interleaved"), *default_axis()]
    return cases[0] == "right", set(cases) == {"right"}


@false("C013", "rope-notes", "code")
def the_default_axis_is_right() -> bool:
    """By default the sequence lies along axis 1: seq_dim=1.

    The tables are laid out for axis 0. With the default, a batch of another size than the sequence is an error, a batch
    of one gives a result of the wrong shape, and a batch as large as the sequence gives wrong values without a word.
    """
    return "right" in default_axis()


@conditional("C014", "rope-notes", "code")
def the_length_tells_when_to_refresh_the_cache() -> tuple[bool, bool]:
    """Cosines and sines are kept, and computed anew where the length of the sequence is not the one of last time.

    Right as long as nothing else changes. With another dtype, or other frequencies, and the same length the old tables
    come back.
    """
    lengths = all(up_to_date(_nothing, before=before) for before in (SEQUENCE, SEQUENCE - 3, SEQUENCE + 3))
    return lengths, any(up_to_date(change) for change in (torch.nn.Module.double, _doubled_base))


def _nothing(module: torch.nn.Module) -> None:
    """No change but that of the length."""


def _doubled_base(module: torch.nn.Module) -> None:
    module.inv_freq = Rotary(DIM, base=20000).inv_freq


def up_to_date(change: Callable[[torch.nn.Module], object], before: int = SEQUENCE) -> bool:
    """Whether a module that was used before a change, for another length say, gives the tables of one that was not."""
    earlier, x = (torch.zeros(length, BATCH, HEADS, DIM) for length in (before, SEQUENCE))
    used, fresh = Rotary(DIM), Rotary(DIM)
    used(earlier, seq_dim=0)
    tables = []
    for module in (used, fresh):
        change(module)
        tables.append(module(x, seq_dim=0)[0])
    return tables[0].dtype == tables[1].dtype and torch.equal(*tables)


@true("C015", "rope-notes", "code")
def inverse_frequencies_are_theta() -> bool:
    """inv_freq is 1 / base^(arange(0, dim, 2) / dim).

    These are the theta_i of the formula, one for each pair, within the rounding of float32.
    """

    def right(dim: int) -> bool:
        found, thetas = Rotary(dim).inv_freq.tolist(), _thetas(dim)
        bound = angle_error([1.0], np.array([float(theta) for theta in thetas]), FLOAT32)[0]
        return all(abs(arb(f) - t) <= arb(b) for f, t, b in zip(found, thetas, bound, strict=True))

    return all(right(dim) for dim in (6, 8, 64, 100, 128))


@true("C016", "rope-notes", "code, discussion")
def doubling_the_list_reorders_the_angles() -> bool:
    """cat((freqs, freqs)) turns (2, 2, 0.2, 0.2, 0.02, 0.02, 0.002, 0.002) into (2, 0.2, 0.02, 0.002, 2, 0.2, ...).

    The first is each frequency twice in a row, the second the list twice over.
    """
    found = torch.tensor([2, 0.2, 0.02, 0.002])
    before = torch.tensor([2, 2, 0.2, 0.2, 0.02, 0.02, 0.002, 0.002])
    after = torch.tensor([2, 0.2, 0.02, 0.002, 2, 0.2, 0.02, 0.002])
    return torch.equal(found.repeat_interleave(2), before) and torch.equal(doubled(found), after)


def _partner(coordinate: int, dim: int) -> int:
    """The coordinate that takes in this one under rotate_half."""
    return int(rotate_half(torch.eye(dim)[coordinate]).abs().argmax())


@false("C017", "rope-notes", "code, discussion")
def the_partner_of_the_first_is_the_last_of_its_half() -> bool:
    """rotate_half makes a group of the dimensions 0 and d//2 - 1, where it was 0 and 1 before.

    The partner of 0 is d//2, the first of the second half.
    """
    return any(_partner(0, dim) == dim // 2 - 1 for dim in range(2, 66, 2))


@true("C018", "rope-notes", "code, discussion")
def every_group_turns_by_one_angle() -> bool:
    """After the change every group is still turned by one and the same theta.

    The doubled list gives coordinate j and its partner under rotate_half the same frequency.
    """
    lists = {dim: doubled(Rotary(dim).inv_freq).tolist() for dim in (4, 6, 8, 64)}
    return all(found[j] == found[_partner(j, dim)] for dim, found in lists.items() for j in range(dim))
