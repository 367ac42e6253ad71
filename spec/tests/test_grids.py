"""The statements about grids tell true definitions from their near twins, and every convention has its own table."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import sympy

from spec import ENCODINGS, STATEMENTS, Fails, Holds, NotApplicable, verdict
from spec.definitions.blocks import LAYOUTS
from spec.definitions.rotations import rotation
from spec.definitions.symbols import BASE, DIM, INDEX, POSITION, SCALE, THETA
from spec.definitions.verdict import witness
from spec.encodings.rope_2d import in_turn
from spec.proving.grids import is_rope_on_the_diagonal, tells_no_axis_apart
from spec.proving.proofs import prove

GRID, ALIKE, TIME, MROPE, XPOS = (
    ENCODINGS[name] for name in ("rope-2d", "rope-2d-same-theta", "rope-3d", "mrope", "xpos")
)
BLOCK = rotation(POSITION * THETA)
ON_GRIDS = [encoding for encoding in ENCODINGS.values() if encoding.grid.axes > 1 and encoding.acts_on == "query-key"]


def _with_map(encoding, **changes):
    return replace(encoding, definition=replace(encoding.definition, **changes))


def _with_blocks(encoding, **changes):
    return _with_map(encoding, blocks=replace(encoding.blocks, **changes))


VERSIONS = [
    pytest.param(encoding.under(name), id=f"{encoding.name}-{name}")
    for encoding in (GRID, ALIKE, TIME, MROPE)
    for name in encoding.conventions
]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_convention_is_proved(version):
    cells = [(statement, verdict(version, statement)) for statement in STATEMENTS.values()]
    assert [statement.id for statement, told in cells if not prove(version, statement, told).settled] == []


@pytest.mark.parametrize("axes", list(product((0, 1), repeat=4)))
def test_every_axis_map_in_place_is_rope_on_text(axes):
    """All 16 maps of four pairs, and what each repeats to in larger dimensions; with one axis alone, too."""
    mapped = _with_blocks(GRID, axis=lambda i, dim, parameters: axes[i % 4])
    assert is_rope_on_the_diagonal(mapped, None)


@pytest.mark.parametrize(
    "twin",
    [
        _with_blocks(GRID, frequency=BASE ** (-2 * (INDEX + 1) / DIM)),
        _with_blocks(GRID, frequency=BASE ** (-2 * INDEX / (DIM - 1))),
        _with_blocks(GRID, frequency=BASE ** (-2 * INDEX / DIM - sympy.Rational(1, 10**9))),
        _with_blocks(GRID, frequency=2 * BASE ** (-2 * INDEX / DIM)),
        _with_blocks(GRID, frequency=BASE ** (-2 * (DIM / 2 - 1 - INDEX) / DIM)),
        _with_map(GRID, block=rotation(-POSITION * THETA)),
        _with_map(GRID, block=SCALE**POSITION * BLOCK),
        _with_map(GRID, key_block=BLOCK.T),
        _with_blocks(GRID, halves=(DIM / 2, DIM / 2)),
        ALIKE,
        TIME.under("same-theta"),
        GRID.under("pixtral"),
        GRID.under("two-halves"),
    ],
)
def test_what_is_nearly_rope_on_text_is_told_from_it(twin):
    assert not is_rope_on_the_diagonal(twin, None)
    assert prove(GRID, STATEMENTS["text-degeneration"], Holds()).settled
    assert not prove(twin, STATEMENTS["text-degeneration"], Holds()).settled


def test_a_witness_against_rope_on_text_names_a_pair_that_differs():
    statement = STATEMENTS["text-degeneration"]
    assert prove(ALIKE, statement, Fails("pair 1", witness(pair=1, m=1))).settled
    whole = ALIKE.under("whole-vector")
    assert prove(whole, statement, Fails("pair 1", witness(pair=1, m=1))).settled
    assert not prove(whole, statement, Fails("pair 0 turns as it should", witness(pair=0, m=1))).settled
    assert not prove(GRID, statement, Fails("no pair differs", witness(pair=1, m=1))).settled


def test_axes_are_alike_exactly_where_their_frequencies_are():
    assert tells_no_axis_apart(ALIKE, None)
    assert tells_no_axis_apart(TIME.under("same-theta"), None)
    assert tells_no_axis_apart(
        _with_blocks(GRID, frequency=BASE ** (-4 * sympy.floor(INDEX / 2) / DIM), axis=in_turn), None
    )
    for other in (GRID, TIME, MROPE, *(GRID.under(name) for name in GRID.conventions)):
        assert not tells_no_axis_apart(other, None)
    slightly = ALIKE.blocks.frequency * (1 + sympy.floor(2 * INDEX / DIM * 2) * sympy.Rational(1, 10**9))
    assert not tells_no_axis_apart(_with_blocks(ALIKE, frequency=slightly), None)


def test_a_witness_against_isotropy_is_an_offset_whose_kernel_changes():
    assert tells_no_axis_apart(GRID, witness(m=1, n=0)) is False
    assert tells_no_axis_apart(GRID, witness(m=3, n=3)) is True
    assert tells_no_axis_apart(ALIKE, witness(m=1, n=0)) is None
    assert not prove(ALIKE, STATEMENTS["isotropy"], Fails("no", witness(m=1, n=0))).settled
    assert not prove(GRID, STATEMENTS["isotropy"], Fails("no", witness(m=3, n=3))).settled


@pytest.mark.parametrize("encoding", ON_GRIDS, ids=lambda encoding: encoding.name)
def test_every_axis_has_pairs_and_each_coordinate_one_pair(encoding):
    for dim in range(encoding.dimension(8), 129, encoding.multiple):
        parameters = encoding.configured(dim, {})
        assert set(encoding.axes_of(dim, parameters)) == set(range(encoding.grid.axes))
        for layout in LAYOUTS:
            assert sorted(encoding.coordinates(dim, parameters, layout).ravel()) == list(range(dim))


def test_the_halves_of_a_part_are_paired_within_it():
    assert ALIKE.coordinates(8, {}, "half").tolist() == [[0, 2], [1, 3], [4, 6], [5, 7]]
    assert ALIKE.coordinates(8, {}, "interleaved").tolist() == GRID.coordinates(8, {}, "interleaved").tolist()
    assert GRID.coordinates(8, {}, "half").tolist() == [[0, 4], [1, 5], [2, 6], [3, 7]]


def test_the_sections_of_the_published_models():
    """Qwen2-VL has 16, 24, 24 of 64 pairs one behind the other; Qwen3-VL 24, 20, 20 in turns, the time last alone."""
    behind, in_turns = (
        version.axes_of(128, version.configured(128, {})) for version in (MROPE, MROPE.under("interleaved"))
    )
    assert np.bincount(behind).tolist() == [16, 24, 24]
    assert (np.diff(behind) >= 0).all()
    assert np.bincount(in_turns).tolist() == [24, 20, 20]
    assert in_turns.tolist() == [0, 1, 2] * 20 + [0] * 4


@pytest.mark.parametrize("section", [(1, 1, 1), (5, -1, 0), (0, 4, 0)])
def test_sections_that_do_not_fit_are_refused(section):
    with pytest.raises(ValueError, match="mrope_section"):
        MROPE.under("interleaved").axes_of(8, {"mrope_section": section})


def test_grids_statements_do_not_apply_to_a_line():
    for name in ("text-degeneration", "isotropy", "grid-places"):
        assert isinstance(verdict(XPOS, STATEMENTS[name]), NotApplicable)
