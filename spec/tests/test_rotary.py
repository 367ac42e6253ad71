"""The parts of a rotation vary independently: records that no encoding has yet, against numbers written out by hand."""

import numpy as np
import pytest

from spec import STATEMENTS, Encoding, Holds
from spec.definitions import ROTARY_DIM, Grid, Map, Turned, lengthened, rotary, sections, sequence
from spec.encodings.rope_yarn import ATTENTION_FACTOR, PUBLISHED, RAMP, ladder
from spec.numbers.exact import frequencies, rows, scales
from spec.proving.grids import is_rope_on_the_diagonal, tells_no_axis_apart
from spec.proving.proofs import prove
from spec.proving.structure import definition_is_closed

RELATIVE = STATEMENTS["relative-position-invariance"]
WIDTHS = tuple(sequence("axes_dim")(axis) for axis in range(3))


def record(definition: Map, **parameters) -> Encoding:
    """An encoding with these default parameters, on three axes where there are sections."""
    axes = 3 if "axes_dim" in parameters else 1
    known = {"base": 10000.0, **parameters}
    return Encoding(
        name="new", title="New", source="a test (2026)", definition=definition, parameters=known, grid=Grid(axes=axes)
    )


def thetas(encoding: Encoding, dim: int) -> list[float]:
    return [float(theta) for theta in frequencies(encoding, dim, encoding.configured(dim, {}))]


def test_the_last_coordinates_turn_instead_of_the_first():
    new = record(rotary(turned=Turned(ROTARY_DIM, trailing=True)), rotary_dim=4)
    parameters = new.configured(8, {})
    assert new.coordinates(8, parameters, "interleaved").tolist() == [[4, 5], [6, 7]]
    assert new.coordinates(8, parameters, "half").tolist() == [[4, 6], [5, 7]]
    assert thetas(new, 8) == pytest.approx([1, 0.01])
    assert prove(new, RELATIVE, Holds()).settled


def test_pairs_come_in_as_neighbours_and_go_out_in_halves():
    new = record(rotary(layouts=("interleaved-to-half",)))
    assert new.layouts == ("interleaved-to-half",)
    assert new.coordinates(8, {}, "interleaved-to-half").tolist() == [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert new.coordinates_out(8, {}, "interleaved-to-half").tolist() == [[0, 4], [1, 5], [2, 6], [3, 7]]


@pytest.mark.parametrize("layout", ["interleaved", "half"])
def test_todays_layouts_put_pairs_back_where_they_were(layout):
    new = record(rotary())
    assert np.array_equal(new.coordinates(8, {}, layout), new.coordinates_out(8, {}, layout))


def test_sections_of_any_widths_have_ladders_of_their_own():
    """Exponents 2i / width, as for axes_dim = (4, 6, 6): 0, 1/2; 0, 1/3, 2/3; 0, 1/3, 2/3."""
    new = record(rotary(dealing=sections(WIDTHS, own_ladders=True, halved=True)), axes_dim=(4, 6, 6))
    parameters = new.configured(16, {})
    assert new.axes_of(16, parameters).tolist() == [0, 0, 1, 1, 1, 2, 2, 2]
    third = 10000 ** (-1 / 3)
    assert thetas(new, 16) == pytest.approx([1, 0.01, 1, third, third**2, 1, third, third**2])
    assert new.coordinates(16, parameters, "half").tolist() == [
        [0, 2], [1, 3], [4, 7], [5, 8], [6, 9], [10, 13], [11, 14], [12, 15],
    ]  # fmt: skip
    assert definition_is_closed(new, None)
    assert prove(new, RELATIVE, Holds()).settled
    (turned,) = rows(new, [(3, 5, 7)], 16, parameters)
    assert turned[3, :, 0] == pytest.approx([np.cos(5 * third), np.sin(5 * third)])


def test_sections_of_any_widths_share_one_ladder():
    new = record(rotary(dealing=sections(WIDTHS)), axes_dim=(4, 6, 6))
    assert thetas(new, 16) == pytest.approx([10000 ** (-i / 8) for i in range(8)])
    assert new.coordinates(16, new.configured(16, {}), "half")[3].tolist() == [3, 11]


def test_sections_within_the_coordinates_that_turn():
    """Twelve of sixteen coordinates, the last ones, in sections of 4 and 8."""
    turned = Turned(ROTARY_DIM, trailing=True)
    dealing = sections(WIDTHS[:2], own_ladders=True, halved=True)
    new = record(rotary(turned=turned, dealing=dealing), rotary_dim=12, axes_dim=(4, 8))
    parameters = new.configured(16, {})
    assert new.axes_of(16, parameters).tolist() == [0, 0, 1, 1, 1, 1]
    assert thetas(new, 16) == pytest.approx([1, 0.01, 1, 0.1, 0.01, 0.001])
    assert new.coordinates(16, parameters, "half").tolist() == [[4, 6], [5, 7], [8, 12], [9, 13], [10, 14], [11, 15]]


@pytest.mark.parametrize("widths", [(4, 6, 4), (4, 6, 8), (5, 5, 6), (20, 2, -6)])
def test_sections_that_do_not_fit_are_refused(widths):
    new = record(rotary(dealing=sections(WIDTHS)), axes_dim=widths)
    with pytest.raises(ValueError, match=r"sections of .* pairs must be whole, and give each of 8 pairs to one axis"):
        new.axes_of(16, new.configured(16, {}))


def test_yarn_over_the_coordinates_that_turn():
    """Eight of sixteen, at base 10000, factor 4, original 2048: the ramp goes from pair 1 to pair 3.

    8 ln(2048 / 64 pi) / (2 ln 10000) = 1.008 and 8 ln(2048 / 2 pi) / (2 ln 10000) = 2.513; so 0, 0, 1/2, 1.
    """
    turned, amplitude = Turned(ROTARY_DIM), lengthened(ATTENTION_FACTOR)
    new = record(
        rotary(ladder(PUBLISHED), turned=turned, amplitude=amplitude), **RAMP, attention_factor=1.5, rotary_dim=8
    )
    assert thetas(new, 16) == pytest.approx([1, 0.1, 0.01 * 0.625, 0.001 * 0.25])
    assert [float(s) for s in scales(new, 16, new.configured(16, {}))] == [1.5] * 4
    assert definition_is_closed(new, None)


def _widths(dim: int) -> tuple[int, int, int]:
    each = 2 * (dim // 6)
    return dim - 2 * each, each, each


def test_what_such_sections_are_on_text_is_decided():
    """With one ladder through all of them RoPE; with a ladder each, row and column have the same frequencies."""
    one, own = (
        record(rotary(dealing=sections(WIDTHS, own_ladders=own), multiple=8), axes_dim=_widths) for own in (False, True)
    )
    assert is_rope_on_the_diagonal(one, None)
    assert not is_rope_on_the_diagonal(own, None)
    assert tells_no_axis_apart(own, None)
    assert not tells_no_axis_apart(one, None)
