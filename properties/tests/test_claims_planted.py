"""What a claim is read off is made wrong, or its slip is put right: then its answer is not what the verdict says."""

from fractions import Fraction

import pytest
import sympy
import torch
from sympy import Matrix

from properties.claims import basics_code, printed_basics, survey_code
from spec.claims import (
    basics,
    rope_tie,
    rope_tie_phases,
    survey_digits,
    survey_frequencies,
    survey_tables,
    survey_turns,
)
from spec.definitions.placing import flatten
from spec.definitions.placing import rope_tie as tie
from spec.definitions.rotations import rotation
from spec.definitions.symbols import THETA
from spec.numbers.exact import frequencies
from spec.truth import ENCODINGS

SLIPS = [
    (basics_code.the_names_of_the_coordinates_agree, "COORDINATES", "coord_", "coords_"),
    (basics_code.the_index_is_summed, "SUMMED", "sun", "sum"),
    (basics_code.the_table_has_an_axis_for_each_side, "TABLE", "2*W-1, 2*H-1", "(2*W-1)*(2*H-1)"),
    (basics_code.the_table_can_be_called, "LOOKED_UP", "(relative_coords)", "[relative_coords]"),
]


@pytest.mark.parametrize(("claim", "lines", "slip", "right"), SLIPS, ids=[row[0].id for row in SLIPS])
@pytest.mark.filterwarnings("ignore:torch.meshgrid")
def test_a_slip_put_right_makes_the_claim_true(monkeypatch, claim, lines, slip, right):
    printed = getattr(printed_basics, lines)
    assert slip in printed
    monkeypatch.setattr(printed_basics, lines, printed.replace(slip, right))
    assert claim.check()


def _integers_from_one(length, dim):
    return torch.arange(1, length + 1).unsqueeze(1).expand(length, dim)


def _slowest_first(*args):
    return frequencies(*args)[::-1]


def _one_frequency(*args):
    return frequencies(*args)[:1] * 4


def _sine_and_slower_cosine(position):
    return Matrix([sympy.sin(position), sympy.cos(position * THETA)])


PLANTED = [
    (basics.the_arithmetic_of_the_second_table_is_right, basics, "HEADS", ("0.5+0=0.5", "0.6+1=1.7", "0.7+2=2.7")),
    (basics.text_and_table_number_the_positions_alike, basics, "NUMBERED", {"wo ai ni": 0, "ni ai wo": 2}),
    (basics.a_token_scores_otherwise_in_another_place, basics, "NUMBERED", {"wo ai ni": 1, " wo ai ni": 3}),
    (rope_tie.flattened_text_is_text, rope_tie, "flatten", lambda segments: flatten(segments, start=1)),
    (rope_tie.typesetting_gives_every_token_a_place_and_keeps_images, rope_tie, "unified_2d", tie),
    (rope_tie_phases.a_logit_turns_by_content_and_position, rope_tie_phases, "rotation", lambda a: rotation(-2 * a)),
    (
        rope_tie_phases.collinear_pairs_do_not_make_collinear_vectors,
        rope_tie_phases,
        "ENCODINGS",
        {"coca": ENCODINGS["rope"]},
    ),
    (survey_digits.two_in_binary, survey_digits, "bit", lambda position, j: position >> j + 1 & 1),
    (survey_digits.later_codes_are_larger, survey_digits, "bit", lambda position, j: position + j),
    *(
        (claim, survey_frequencies, "thetas", lambda dim: _slowest_first(ENCODINGS["rope"], dim, {"base": 10000}))
        for claim in (
            survey_frequencies.later_components_have_longer_waves,
            survey_frequencies.slow_sines_are_less_sensitive,
            survey_frequencies.the_slowest_pair_stays_where_it_is,
            survey_frequencies.fast_cosines_fall_steeply_at_first,
            survey_frequencies.sines_oscillate_fast,
        )
    ),
    (survey_tables.pairs_share_a_frequency_and_slow_down, survey_tables, "frequencies", _slowest_first),
    (survey_tables.only_one_dimension_is_linearly_related, survey_tables, "frequencies", _one_frequency),
    (
        survey_tables.steps_differ_by_orders_of_magnitude,
        survey_tables,
        "_fractions",
        lambda length, _: [Fraction(p, 10) for p in range(length)],
    ),
    (survey_turns.sines_alone_are_not_relative, survey_turns, "wave", _sine_and_slower_cosine),
    (survey_code.integers_reach_the_length, survey_code, "integer_table", _integers_from_one),
    (survey_code.the_last_of_a_thousand, survey_code, "integer_table", _integers_from_one),
    (survey_code.positions_are_a_column, survey_code, "position_column", lambda n: torch.arange(n).unsqueeze(0)),
    (survey_code.div_term_is_what_the_brackets_hold, survey_code, "position_column", lambda n: torch.ones(n, 1)),
    (survey_code.the_class_runs, survey_code, "printed_class", lambda: lambda **sizes: torch.nn.Identity()),
]


@pytest.mark.parametrize(("claim", "module", "name", "wrong"), PLANTED, ids=[row[0].id for row in PLANTED])
def test_what_is_planted_is_noticed(monkeypatch, claim, module, name, wrong):
    assert claim.stands()
    monkeypatch.setattr(module, name, wrong)
    assert not claim.stands()
