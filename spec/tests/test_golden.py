"""Frozen values: float64 nearest to the truth, computed by mpmath at 60 digits and never to change."""

import pytest

from spec import ENCODINGS
from spec.numbers.exact import frequencies, rows

FREQUENCIES = [
    (64, 10000.0, 1, "0x1.7ff2224115d9ap-1"),
    (128, 10000.0, 63, "0x1.e459c57e28a47p-14"),
    (6, 100.0, 2, "0x1.7c3d2c4d63ff5p-5"),
    (256, 500000.0, 77, "0x1.871f77e3de2a4p-12"),
    (96, 10000.0, 47, "0x1.fc26cab36b811p-14"),
]
COSINES_AND_SINES = [
    (64, 10000.0, 1, 4097, "0x1.f9601373d7a88p-1", "-0x1.4862a777225dbp-3"),
    (128, 10000.0, 63, 1048576, "-0x1.1661830eae3b4p-3", "0x1.fb3f7b0d0bdedp-1"),
    (6, 100.0, 1, 7.125, "0x1.24e58c319cfb5p-5", "0x1.ffac3206c9587p-1"),
    (256, 500000.0, 77, 255, "0x1.fdaf8a0ebcbaep-1", "0x1.850206da089c9p-4"),
    (64, 10000.0, 0, 1048576, "0x1.e33ada92fe2aep-1", "0x1.526ccb2fc8656p-2"),
    (8, 10000.0, 3, -3, "0x1.ffff690152c59p-1", "-0x1.8937251f0e492p-9"),
]


@pytest.mark.parametrize(("dim", "base", "i", "value"), FREQUENCIES)
def test_frequencies(dim, base, i, value):
    assert float(frequencies(ENCODINGS["rope"], dim, {"base": base})[i]).hex() == value


@pytest.mark.parametrize(("dim", "base", "i", "position", "cosine", "sine"), COSINES_AND_SINES)
def test_cosines_and_sines(dim, base, i, position, cosine, sine):
    block = rows(ENCODINGS["rope"], ((position,),), dim, {"base": base})[0, i]
    assert [float(entry).hex() for entry in block.ravel()] == [cosine, (-float.fromhex(sine)).hex(), sine, cosine]
    row = rows(ENCODINGS["sinusoidal"], ((position,),), dim, {"base": base})[0, i]
    assert [float(entry).hex() for entry in row.ravel()] == [sine, cosine]


@pytest.mark.parametrize(
    ("name", "dim", "parameters", "layout", "pairs"),
    [
        ("rope", 6, {"base": 10000.0}, "interleaved", [[0, 1], [2, 3], [4, 5]]),
        ("rope", 6, {"base": 10000.0}, "half", [[0, 3], [1, 4], [2, 5]]),
        ("rope", 2, {"base": 10000.0}, "half", [[0, 1]]),
        ("partial-rope", 10, {"base": 10000.0, "rotary_dim": 4}, "interleaved", [[0, 1], [2, 3]]),
        ("partial-rope", 10, {"base": 10000.0, "rotary_dim": 4}, "half", [[0, 2], [1, 3]]),
        ("partial-rope", 10, {"base": 10000.0, "rotary_dim": 10}, "half", [[0, 5], [1, 6], [2, 7], [3, 8], [4, 9]]),
        ("sinusoidal", 8, {"base": 10000.0}, "half", [[0, 4], [1, 5], [2, 6], [3, 7]]),
        ("nope", 3, {}, None, [[0], [1], [2]]),
    ],
)
def test_pairs(name, dim, parameters, layout, pairs):
    assert ENCODINGS[name].coordinates(dim, parameters, layout).tolist() == pairs


@pytest.mark.parametrize(("dim", "rotated"), [(6, 2), (10, 4), (64, 32), (66, 32), (80, 40), (128, 64)])
def test_half_of_the_coordinates_turn_by_default(dim, rotated):
    partial = ENCODINGS["partial-rope"]
    assert partial.configured(dim, {})["rotary_dim"] == rotated
    assert 2 * partial.blocks_at(dim, partial.configured(dim, {})) == rotated
