"""Tables of images in published code have the numbers of the spec, and those of code that departs have not."""

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

from impls.zoo.tests.adapters import available
from spec import ENCODINGS
from spec.numbers.exact import rows
from spec.numbers.mixtures import mixture

PLACES = [(0, 0), (0, 17), (3, 1), (8, 16), (5, 5)]
OF_WAVES = ("diffusers-sincos-2d", "transformers-sinusoidal-2d", "timm-sincos-2d", "timm-sincos-2d-by-axis")


def exact_waves(encoding, layout, dim, given=()):
    parameters = encoding.configured(dim, dict(given))
    found = np.zeros((len(PLACES), dim))
    found[:, encoding.coordinates(dim, parameters, layout)] = rows(encoding, PLACES, dim, parameters)[..., 0]
    return torch.tensor(found)


def exact_mixture(encoding, table, **given):
    met = mixture(encoding, PLACES, table.shape[1], encoding.configured(table.shape[1], given))
    return torch.tensor(met.of(table.double().numpy()).astype(np.float64))


@pytest.mark.parametrize("name", [*OF_WAVES, "transformers-detr"])
@pytest.mark.parametrize("dim", [8, 64])
def test_waves_of_rows_and_columns(name, dim):
    peer = available(name)
    found = peer.function(torch.tensor(PLACES), dim)
    wanted = exact_waves(peer.claimed, peer.layout, dim, peer.parameters.items())
    torch.testing.assert_close(found.double(), wanted, rtol=0, atol=4e-6)
    others = [None, *ENCODINGS["sinusoidal-2d"].conventions]
    for other in (ENCODINGS["sinusoidal-2d"].under(each) for each in others if each != peer.convention):
        assert (found.double() - exact_waves(other, peer.layout, dim)).abs().max() > 0.01


@pytest.mark.parametrize("name", ["transformers-vit", "transformers-dinov2", "timm-resampled"])
def test_resampled_tables(name):
    peer = available(name)
    given = dict(peer.parameters)
    height, width = given.get("grid_size", (6, 10))
    table = torch.randn(1 + height * width, 8, generator=torch.Generator().manual_seed(0))
    found = peer.function(torch.tensor(PLACES), 8, table=table)
    wanted = exact_mixture(peer.claimed, table, **given)
    torch.testing.assert_close(found.double(), wanted, rtol=0, atol=1e-5)
    assert (found.double() - exact_mixture(peer.claimed.under("dinov2"), table, **given)).abs().max() > 1e-3
    assert (found.double() - exact_mixture(peer.claimed.under("bilinear"), table, **given)).abs().max() > 1e-2


@pytest.mark.parametrize("old", [(6, 10), (3, 5), (1, 2), (14, 37), (9, 18)])
@pytest.mark.parametrize(("convention", "mode"), [(None, "bicubic"), ("bilinear", "bilinear")])
def test_every_row_is_that_of_torch(old, convention, mode):
    encoding = ENCODINGS["learned-interpolated"].under(convention)
    table = torch.randn(old[0] * old[1], 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    resized = interpolate(table.T.unflatten(1, old)[None], size=(9, 18), mode=mode, align_corners=False)
    found = resized[0].permute(1, 2, 0)[tuple(torch.tensor(PLACES).T)]
    torch.testing.assert_close(found, exact_mixture(encoding, table, grid_size=old), rtol=0, atol=1e-13)


def test_weights_sum_to_one_and_rows_stay_within_the_grid():
    encoding = ENCODINGS["learned-interpolated"]
    for old in ((1, 1), (2, 3), (40, 7)):
        parameters = encoding.configured(4, {"grid_size": old, "num_prefix_tokens": 3})
        met = mixture(encoding, PLACES, 4, parameters)
        assert met.rows.min() >= 3
        assert met.rows.max() < 3 + old[0] * old[1]
        np.testing.assert_allclose(met.weights.sum(1).astype(float), 1, rtol=0, atol=1e-17)
