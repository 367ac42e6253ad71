"""What xPos's powers may be off by: right forms in float32 come near the bound, and a wrong one is beyond it."""

import mpmath
import numpy as np
import pytest

from spec.numbers import bounds

F32 = np.float32
SCALE_BASE, UNIT = 512, bounds.angle_unit("float32")
FORMS = {
    "quotient": lambda i, dim: (F32(2) * i / F32(dim) + F32(0.4)) / F32(1.4),
    "product": lambda i, dim: (i * F32(2 / dim) + F32(0.4)) * F32(1 / 1.4),
}
"""zeta_i = (2i/d + 0.4) / 1.4 as it is computed."""
PLACES = (1, 17, 300, 1697)


def off(form, dim):
    """Error over bound of zeta_i^(p/512), the largest over pairs and positions."""
    i = np.arange(dim // 2, dtype=np.float32)
    zeta = form(i, dim).astype(np.float32)
    exact = [(mpmath.mpf(2) * k / dim + mpmath.mpf(2) / 5) / (mpmath.mpf(7) / 5) for k in range(dim // 2)]
    scales = np.array([float(z ** (mpmath.mpf(1) / SCALE_BASE)) for z in exact])
    allowed = bounds.scaling(np.array(PLACES), scales, UNIT, 1 / SCALE_BASE)
    found = np.stack([zeta ** F32(p / SCALE_BASE) for p in PLACES]).astype(np.float64)
    true = np.array([[float(z ** (mpmath.mpf(p) / SCALE_BASE)) for z in exact] for p in PLACES])
    return float((np.abs(found / true - 1) / allowed).max())


@pytest.mark.parametrize("form", FORMS)
def test_right_forms_are_within_and_near(form):
    worst = max(off(FORMS[form], dim) for dim in (64, 128, 504, 512))
    assert 0.3 < worst <= 1


def test_a_wrong_one_is_beyond():
    assert off(lambda i, dim: FORMS["quotient"](i, dim) * F32(1 + 2e-5), 128) > 1
