"""Every setting of a published model is one of an encoding here, which has a value at its head size."""

from pathlib import Path

import pytest

import spec
from spec import STATEMENTS, NotApplicable, claimed, verdict
from spec.definitions.composition import NAMES
from spec.numbers.exact import frequencies, scales
from spec.presets import PRESETS

README = Path(spec.__path__[0]).parent / "README.md"
TURNED = [name for name, one in PRESETS.items() if claimed(one.encoding, one.convention, one.parameters).turns]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_fits_its_encoding(name):
    one = PRESETS[name]
    encoding = claimed(one.encoding, one.convention, one.parameters)
    assert encoding.unfit(one.head_size, one.parameters) is None
    assert set(one.parameters) <= {*encoding.parameters, *NAMES}
    assert one.source
    assert one.heads is None or one.heads[0] % one.heads[1] == 0
    applies = [s for s in STATEMENTS.values() if not isinstance(verdict(encoding, s), NotApplicable)]
    assert len(applies) > 20


@pytest.mark.parametrize("name", TURNED)
def test_its_numbers_are_exact(name):
    one = PRESETS[name]
    encoding = claimed(one.encoding, one.convention, one.parameters)
    parameters = encoding.configured(one.head_size, one.parameters)
    thetas = frequencies(encoding, one.head_size, parameters, 4096)
    assert len(thetas) == encoding.blocks_at(one.head_size, parameters)
    assert all(theta > 0 for theta in (*thetas, *scales(encoding, one.head_size, parameters, 4096)))


def test_the_readme_counts_them():
    assert f"lists all {len(PRESETS)} with" in README.read_text()


def test_there_are_presets_of_many_kinds():
    assert len(PRESETS) >= 90
    assert {one.encoding for one in PRESETS.values()} >= {
        *("rope", "partial-rope", "rope-linear", "rope-dynamic-ntk", "rope-llama3", "rope-yarn", "rope-longrope"),
        *("mrope", "rope-2d", "alibi", "t5-bias", "swin-bias", "deberta", "sinusoidal", "learned"),
    }
