"""`python -m spec show`: every parameter has a meaning and a default, a convention is shown by what it changes."""

import pytest

from spec import ENCODINGS, __main__
from spec.definitions.composition import is_rotary
from spec.shown import MEANINGS, shown

VERSIONS = [one.under(name) for one in ENCODINGS.values() for name in (None, *one.conventions)]


def test_every_parameter_has_a_meaning_and_nothing_else_has():
    assert {*MEANINGS} == {name for one in VERSIONS for name in one.parameters}


@pytest.mark.parametrize("name", ENCODINGS)
def test_an_encoding_is_shown_with_its_parameters_and_conventions(name):
    encoding = ENCODINGS[name]
    lines = shown(encoding).splitlines()
    for parameter, default in encoding.parameters.items():
        plain = f"  {default}  " if isinstance(default, float | int) else "  "
        assert any(line.startswith(f"  {parameter} ") and plain in line for line in lines)
    explained, _, _ = shown(encoding).partition("\n\nparameters:")
    assert [each for each in encoding.conventions if each not in explained] == []
    assert any("rotary_slice" in line for line in lines) == (is_rotary(encoding) and not encoding.blocks.partial)


LINES = {
    "mrope": ("  mrope_section  (24, 20, 20) at dimension 128  ",),
    "rope": ("and as all that turns pairs of queries and keys: rotary_dim, rotary_slice, axes_halves, axes_dim",),
    "rope-2d": (
        "  no convention, half         r0 r1 c2 c3 r0 r1 c2 c3",
        "  two-halves, half            r0 r1 r0 r1 c2 c3 c2 c3",
    ),
    "sinusoidal-2d": ("  column-first, half          c0 c1 c0 c1 r2 r3 r2 r3", "  grid_size  (25, 38)  "),
}


@pytest.mark.parametrize("name", LINES)
def test_defaults_that_follow_the_dimension_and_how_pairs_lie(name, capsys):
    assert __main__.main(["show", name]) == 0
    told = capsys.readouterr().out
    assert all(line in told for line in LINES[name])
