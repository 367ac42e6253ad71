"""Values that a parameter cannot have are told in one sentence, by declarations and by definitions."""

import re
from functools import partial

import pytest

from impls.declaration import problem
from impls.marker import Declaration
from spec import ENCODINGS
from spec.definitions import Assignment
from spec.definitions.runs import placed

COUNT = "expected a positive integer"
SECONDS = "expected a tuple of positive numbers, the seconds from frame to frame of one video after the other"
STRETCH = "expected an integer from 2 on, how many positions have one temperature"
PAIRED = "expected a positive even integer, two coordinates a frequency"
SHARE = "expected a number above 0 and up to 1, the share that turns"
NONSENSE = (
    ("merge-blocks", "spatial_merge_size", (0, -2, 2.5), COUNT),
    ("qwen2-vl", "spatial_merge_size", (0, -2, 2.5), COUNT),
    ("qwen2-vl", "temporal_merge_size", (0, 1.5), COUNT),
    ("qwen2-5-vl", "spatial_merge_size", (0, -2, 2.5), COUNT),
    ("qwen2-5-vl", "tokens_per_second", (0, -1), "expected a positive number"),
    ("qwen2-5-vl", "second_per_grid_ts", ((-1.0,), 1.0, (0.5, 0)), SECONDS),
    ("temperature-tuning", "floor_scale", (0, 1, 2.5), STRETCH),
    ("temperature-tuning", "attn_scale", (0, -1.0), "expected a positive number"),
    ("rope-proportional", "partial_rotary_factor", (0, -0.5, 1.5), SHARE),
    ("sandwich", "bar_d", (0, 3, 2.5), PAIRED),
    ("rope", "base", (0, -1.0), "expected a positive number"),
)
EACH = [(encoding, name, value, said) for encoding, name, values, said in NONSENSE for value in values]


@pytest.mark.parametrize(("encoding", "name", "value", "said"), EACH)
def test_a_declaration_is_refused(encoding, name, value, said):
    definition = ENCODINGS[encoding].definition
    function = eval(f"lambda {', '.join(definition.arguments)}: None")
    layout = (ENCODINGS[encoding].layouts or (None,))[0]
    one = Declaration(encoding=encoding, form="mine", name="mine", layout=layout, parameters={name: value})
    assert problem(function, one) == f"the parameter {name} is fixed to {value!r}; {said}"


@pytest.mark.parametrize(("encoding", "name", "value", "said"), EACH)
def test_a_definition_has_no_value(encoding, name, value, said):
    known = ENCODINGS[encoding]
    assigns = isinstance(known.definition, Assignment)
    asked = partial(placed, known, [("video", 2, 4, 4)]) if assigns else lambda **given: known.configured(8, given)
    with pytest.raises(ValueError, match=re.escape(f"{name} is {value!r}; {said}: correct it, or leave it out")):
        asked(**{name: value})
