"""DINOv3 finds the centres of patches by itself: what it makes of an image is the spec's rotation at its centres."""

import numpy as np
import pytest
import torch

from spec import ENCODINGS
from spec.definitions.runs import placed
from spec.numbers.exact import rows

configuration = pytest.importorskip("transformers.models.dinov3_vit.configuration_dinov3_vit")
modeling = pytest.importorskip("transformers.models.dinov3_vit.modeling_dinov3_vit")
HEAD, PATCH = 64, 16
WITHIN = 2 * np.pi * 8 * 2.0**-24
"""Eight roundings of an angle of at most 2 pi, in float32."""


def made(h: int, w: int) -> tuple[np.ndarray, np.ndarray]:
    """Cosines and sines of an image of so many patches, (h w, head)."""
    config = configuration.DINOv3ViTConfig(hidden_size=6 * HEAD, num_attention_heads=6, patch_size=PATCH)
    module = modeling.DINOv3ViTRopePositionEmbedding(config).eval()
    cos, sin = module(torch.zeros(1, 3, PATCH * h, PATCH * w))
    return cos.double().numpy(), sin.double().numpy()


def meant(h: int, w: int, centres: str | None) -> np.ndarray:
    """The exact cosine and sine of every pair at every patch, (h w, pairs, 2)."""
    places = placed(ENCODINGS["patch-centres"].under(centres), [("image", h, w)])
    encoding = ENCODINGS["rope-normalised-2d"]
    floats = [tuple(map(float, place)) for place in places]
    return rows(encoding, floats, HEAD, encoding.configured(HEAD, {}), length=2)[..., 0].astype(np.float64)


@pytest.mark.parametrize(("h", "w"), [(3, 5), (1, 7), (14, 14)])
def test_its_tables_are_those_of_the_spec_at_patch_centres(h: int, w: int):
    cos, sin = made(h, w)
    truth = np.tile(meant(h, w, None), (1, 2, 1))
    assert np.abs(cos - truth[..., 0]).max() < WITHIN
    assert np.abs(sin - truth[..., 1]).max() < WITHIN


def test_other_centres_are_told_apart():
    cos, _ = made(3, 5)
    other = np.tile(meant(3, 5, "longer-side"), (1, 2, 1))
    assert np.abs(cos - other[..., 0]).max() > 0.1
