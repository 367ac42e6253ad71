"""On text, code is held to what the spec says: RoPE in one dimension, or not, for each definition on a grid."""

import pytest

from impls.faults import all_faults
from impls.forms import mrope, rope_2d, rope_2d_same_theta, rope_3d
from impls.registry import registered
from properties.cases.families import general
from properties.checks.grids import grid_places, isotropy
from properties.checks.relational import text_degeneration
from properties.subjects import subject_of
from spec import ENCODINGS, STATEMENTS, verdict

FORMS = [form for module in (rope_2d, rope_2d_same_theta, rope_3d, mrope) for form in registered(module.__name__)]
FAULTS = {fault.name: fault for fault in all_faults()}
EXCUSED = {"rope-2d-axes-swapped", "rope-2d-as-wide-as-high", "mrope-contiguous-called-interleaved", "mrope-time-last"}
SEEN = {"rope-2d-frequencies-of-half", "rope-2d-frequencies-dealt-out", "rope-2d-halves-sliced", "rope-2d-flattened"}


def _holds(implementation, prop):
    cases = general.cases(ENCODINGS[implementation.encoding], draws=3, suite_seed=1)
    subjects = [subject_of(implementation, "float32", case.within(implementation)) for case in cases]
    return all(prop.check(subject).holds for subject in subjects)


@pytest.mark.parametrize("prop", [text_degeneration, isotropy], ids=lambda prop: prop.id)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_each_form_does_what_its_definition_does(form, prop):
    defined = ENCODINGS[form.encoding].under(form.convention)
    assert _holds(form, prop) == (verdict(defined, STATEMENTS[prop.id]).word == "holds")


@pytest.mark.parametrize("prop", [text_degeneration, isotropy], ids=lambda prop: prop.id)
def test_both_answers_are_asked_for(prop):
    defined = (ENCODINGS[form.encoding].under(form.convention) for form in FORMS)
    assert {verdict(each, STATEMENTS[prop.id]).word for each in defined} == {"holds", "fails"}


@pytest.mark.parametrize("name", sorted(EXCUSED | SEEN))
def test_only_what_shows_on_the_diagonal_is_seen_there(name):
    """Any axis map is RoPE on text: exchanged axes show elsewhere, and other frequencies or halves show here."""
    assert _holds(FAULTS[name], text_degeneration) == (name in EXCUSED)


@pytest.mark.parametrize("name", ["rope-2d-as-high-as-wide", "rope-2d-axes-swapped", "mrope-row-and-column-swapped"])
def test_more_rows_than_columns_are_tried(name):
    """On the line of the statements columns lie farther out than rows: some mistakes show on other places only."""
    assert not _holds(FAULTS[name], grid_places)
