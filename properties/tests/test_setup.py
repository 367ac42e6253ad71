"""What code and truth are told alike of a case: parameters, limits and positions."""

import dataclasses

import numpy as np
import pytest

from impls.door.crossing import Instance
from properties.subjects.setup import Setup
from properties.tests.miniatures import SMALL, miniature
from spec.definitions.map import Map
from spec.definitions.table import Table

OTHER_BASE = dataclasses.replace(SMALL, parameters=(("base", 50.0), ("factor", 8.0)))


def setup(one=None, dtype="float32", case=SMALL, **more):
    return Setup(one or miniature(), dtype, case, **more)


def takes_base(x, positions, *, base=10000.0):
    return x


def requires_base(x, positions, *, base):
    return x


# Parameters


@pytest.mark.parametrize(
    ("function", "fixed", "case", "base", "passed"),
    [
        (takes_base, {}, SMALL, 10000.0, ()),
        (takes_base, {}, OTHER_BASE, 50.0, (("base", 50.0),)),
        (takes_base, {"base": 7.0}, OTHER_BASE, 7.0, (("base", 7.0),)),
        (requires_base, {}, SMALL, 10000.0, (("base", 10000.0),)),
        (requires_base, {}, OTHER_BASE, 50.0, (("base", 50.0),)),
        (requires_base, {"base": 7.0}, OTHER_BASE, 7.0, (("base", 7.0),)),
        (lambda x, positions: x, {}, OTHER_BASE, 10000.0, ()),
    ],
)
def test_code_is_given_what_it_takes_and_what_is_fixed_is_understood(function, fixed, case, base, passed):
    of_case = setup(miniature(function, parameters=fixed), case=case)
    assert of_case.parameters == {"base": base}
    assert of_case.instance == Instance(8, passed)


def test_the_length_is_part_of_an_instance_where_the_encoding_follows_it():
    of_case = setup(miniature(encoding="rope-dynamic-ntk"))
    assert of_case.instance.length == of_case.length == 2 * 5 + 1 + 2
    alone = dataclasses.replace(of_case, anchored=False)
    assert alone.instance.length == alone.length == 3 + 1
    assert setup().instance.length is None


def test_a_limit_is_that_of_the_implementation_or_the_encoding():
    assert setup().limit is None
    assert setup(miniature(max_position=12)).limit == 12
    learned = miniature(lambda positions, dim, *, table: table, "learned", max_position=2000)
    assert setup(learned).limit == setup(learned).parameters["max_position_embeddings"] - 1
    assert setup(dataclasses.replace(learned, max_position=20)).limit == 20


@pytest.mark.parametrize(
    ("encoding", "dtypes", "dtype", "accuracy"),
    [
        ("rope", None, "float64", "float32"),
        ("rope", ("float32",), "float64", "float32"),
        ("rope", ("float64",), "float64", "float64"),
        ("rope", None, "bfloat16", "bfloat16"),
        ("rope-tie-fractional", None, "float64", "float32"),
        ("rope-tie-fractional", ("float64",), "float64", "float64"),
    ],
)
def test_float64_is_held_to_float32_where_it_is_not_claimed(encoding, dtypes, dtype, accuracy):
    assert setup(miniature(encoding=encoding, dtypes=dtypes), dtype).accuracy == accuracy


def test_a_definition_is_of_one_kind():
    assert setup().definition(Map) is setup().encoding.definition
    with pytest.raises(TypeError, match=r"^rope is .*; expected a definition by Table$"):
        setup().definition(Table)


def test_a_convention_is_another_definition():
    tables = [setup(miniature(encoding="sinusoidal", convention=name)) for name in (None, "tensor2tensor")]
    assert tables[0].encoding.definition != tables[1].encoding.definition


# Positions


@pytest.mark.parametrize(
    ("encoding", "positions", "located", "dtype"),
    [
        ("rope", (0, 3.0, -1), [0, 3, -1], "int64"),
        ("rope", (0, 0.5), [0.0, 0.5], "float64"),
        ("rope", [[1, 2], [3, 4]], [[1, 2], [3, 4]], "int64"),
        ("rope-2d", (0, 3), [[0, 0], [3, 6]], "int64"),
        ("rope-2d", [(1, 2), (5, 7)], [[1, 2], [5, 7]], "int64"),
        ("mrope", (4, 0.5), [[4.0, 8.0, 12.0], [0.5, 1.0, 1.5]], "float64"),
    ],
)
def test_positions_are_numbers_on_a_line_and_places_on_a_grid(encoding, positions, located, dtype):
    found = setup(miniature(encoding=encoding)).located(positions)
    assert (found.tolist(), str(found.dtype)) == (located, dtype)


@pytest.mark.parametrize(
    ("encoding", "positions", "by", "moved"),
    [
        ("rope", (0, 3), 7, [7, 10]),
        ("rope", (0.5,), 7, [7.5]),
        ("rope-2d", (0, 3), 7, [[7, 14], [10, 20]]),
        ("rope-2d", [(1, 2)], -1, [[0, 0]]),
    ],
)
def test_all_positions_move_by_the_same_offset(encoding, positions, by, moved):
    assert setup(miniature(encoding=encoding)).moved(positions, by).tolist() == moved


def test_an_anchor_is_the_last_place_of_the_sequence_in_every_row():
    line, grid = setup(miniature(encoding="rope-dynamic-ntk")), setup(miniature(encoding="rope-2d"))
    assert line.anchor(np.array([4, 1])).tolist() == [4, 1, 12]
    assert line.anchor(np.array([[4, 1], [2, 3]])).tolist() == [[4, 1, 12], [2, 3, 12]]
    assert line.anchor(np.array([0.5])).dtype == np.float64
    assert grid.anchor(np.array([[4, 1], [2, 3]])).tolist() == [[4, 1], [2, 3], [12, 24]]
    assert (line.in_a_sequence, grid.in_a_sequence) == (True, False)
    assert not dataclasses.replace(line, anchored=False).in_a_sequence
