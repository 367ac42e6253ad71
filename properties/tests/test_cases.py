"""A case is cut down to what an implementation supports; a witness of the spec is a case as well."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impls.marker import Positions
from properties.cases.case import Case, case_at, reach, supported
from properties.cases.families import Family
from properties.tests.miniatures import miniature
from spec import ENCODINGS
from spec.definitions.verdict import witness
from spec.definitions.words import words

LEARNED = miniature(lambda positions, dim, *, table: table, "learned", positions="non-negative")


@pytest.mark.parametrize(
    ("positions", "limit", "asked", "kept"),
    [
        ("any", None, (-3, 0.5, 2**40), (-3, 0.5, 2**40)),
        ("integers", None, (-3, 0.5, 7.9), (-3, 0, 7)),
        ("non-negative", None, (-3, 2.5), (3, 2)),
        ("contiguous", None, (5, 1, 1), (5, 6, 7)),
        ("contiguous", None, (-5, 1), (5, 6)),
        ("contiguous", None, (), ()),
        ("any", 20, (-10, 10, 11, 25, -12), (-10, 10, 0, 3, 10)),
        ("any", 20, (10.5, 11.25, -10.5), (10, 0.25, 0.5)),
        ("contiguous", 20, (9, 1, 1), (7, 8, 9)),
        ("contiguous", 3, (9, 1, 1), (0, 1)),
    ],
)
def test_positions_are_cut_down_to_what_is_supported(positions, limit, asked, kept):
    assert supported(asked, miniature(positions=positions), limit) == kept


@settings(max_examples=100, deadline=None)
@given(
    asked=st.lists(st.floats(-(2**21), 2**21), max_size=9),
    positions=st.sampled_from(words(Positions)),
    limit=st.none() | st.integers(1, 2**20),
)
def test_half_of_the_range_is_left_free(asked, positions, limit):
    kept = supported(asked, miniature(positions=positions), limit)
    room = len(asked) if limit is None else limit // 2 + 1 if positions == "contiguous" else limit + 1
    assert len(kept) == min(len(asked), room)
    assert limit is None or all(abs(p) <= limit // 2 for p in kept)
    assert positions == "any" or all(isinstance(p, int) for p in kept)
    assert positions in ("any", "integers") or all(p >= 0 for p in kept)
    assert positions != "contiguous" or all(b - a == 1 for a, b in pairwise(kept))


def test_an_encoding_may_have_no_negative_positions():
    assert supported((-3, 0.5), miniature(encoding="normalised")) == (3, 0.5)


@pytest.mark.parametrize(
    ("encoding", "declared", "given", "limit"),
    [
        ("rope", {}, {}, None),
        ("rope", {"max_position": 100}, {}, 100),
        ("binary", {}, {}, 255),
        ("binary", {"max_position": 100}, {}, 100),
        ("binary", {"max_position": 1000}, {}, 255),
        ("xpos", {}, {}, 1699),
        ("xpos", {}, {"scale_base": 64}, 212),
        ("xpos", {"parameters": {"scale_base": 64}}, {"scale_base": 512}, 212),
        ("learned", {}, {"max_position_embeddings": 30}, 29),
    ],
)
def test_the_farthest_position_is_the_nearest_of_all_limits(encoding, declared, given, limit):
    assert reach(miniature(encoding=encoding, **declared), 8, given) == limit


FAR = Case(dim=7, positions=(600, -2, 0.5), others=(9,), shift=4095, segments=(("video", 2, 1, 3),))


@pytest.mark.parametrize(
    ("one", "dim", "positions", "shift"),
    [
        (miniature(), 8, (600, -2, 0.5), 4095),
        (miniature(positions="contiguous", max_position=300), 8, (147, 148, 149), 150),
        (miniature(encoding="partial-rope"), 8, (600, -2, 0.5), 4095),
        (miniature(encoding="partial-rope", parameters={"rotary_dim": 32}), 36, (600, -2, 0.5), 4095),
        (LEARNED, 7, (88, 2, 0), 255),
    ],
)
def test_the_nearest_case_is_one_that_is_supported(one, dim, positions, shift):
    near = FAR.within(one)
    assert (near.dim, near.positions, near.shift, near.segments) == (dim, positions, shift, ())
    assert near.within(one) == near


def test_fewer_queries_and_keys_are_enough_where_all_of_them_meet():
    many = Family("many", lambda encoding, seed: [Case(dim=8, positions=tuple(range(99)), others=tuple(range(99)))])
    names = ("rope", "alibi", "shaw", "urpe")
    kept = {name: many.cases(ENCODINGS[name], draws=0, suite_seed=0)[0] for name in names}
    assert {name: (len(each.positions), len(each.others)) for name, each in kept.items()} == {
        "rope": (99, 99),
        "alibi": (24, 24),
        "shaw": (12, 7),
        "urpe": (12, 7),
    }


@pytest.mark.parametrize(
    ("of_spec", "case"),
    [
        (witness(m=3), Case(dim=8, positions=(3,))),
        (witness(x=(1,), m=0, n=1), Case(dim=8, positions=(0,), others=(1,), content=(("x", (1.0,)),))),
        (witness(m=0, n=1, l=2, c=5), Case(dim=8, positions=(0,), others=(1, 2), shift=5)),
        (witness(a=1, b=2), Case(dim=8, positions=(1, 2))),
        (witness(q=(0, 1), table=((0,), (1,))), Case(dim=8, positions=(0,), content=(("q", (0.0, 1.0)),))),
        (witness(positions=(1, 2)), Case(dim=8, positions=(1, 2))),
        (witness(kernel=13, k=4), Case(dim=13, positions=(4, 5))),
        (witness(segments=(("text", 1),)), Case(segments=(("text", 1),))),
    ],
)
def test_a_witness_of_the_spec_is_a_case(of_spec, case):
    assert case_at(of_spec) == case
