"""The steps of the window bias and the learned table, quoted from the page on basics with their slips."""

from types import SimpleNamespace

import torch
from torch import Tensor, nn

from properties.claims.printed import executed

COORDINATES = """
coords_h = torch.arange(h)
coords_w = torch.arange(w)
coords = torch.meshgrid([coord_h, coord_w])
"""
FLATTENED = """
coords = torch.stack(coords)
coords_flatten = torch.flatten(coords, 1)
"""
SUBTRACTED = "relative_coords = coords_flatten[:, :,None] - coords_flatten[:, None, :]"
SHIFTED = """
relative_coords = relative_coords.permute(1, 2, 0).contiguous()
relative_coords[:, :, 0] += W -1
relative_coords[:, :, 1] += H -1
relative_coords[:, :, 0] *= 2 * H -1
"""
SUMMED = "relative_position_index = relative_coords.sun(-1)"
TABLE = "self.relative_position_bias_table = nn.Parameter(torch.zeros(2*W-1, 2*H-1, num_heads))"
LOOKED_UP = "relative_position_bias = self.relative_position_bias_table(relative_coords)"
LEARNED = "self.absolute_position_embedding = nn.Parameter(torch.zeros(1, N, Dim))"


def coordinates(h: int, w: int) -> None:
    """Step 1, with the names that it asks for."""
    executed(COORDINATES, h=h, w=w)


def flattened(h: int, w: int) -> Tensor:
    """Steps 2 and 3 behind a first step with the names put right: row and column of every patch, (2, h w)."""
    grid = torch.meshgrid([torch.arange(h), torch.arange(w)], indexing="ij")
    found: Tensor = executed(FLATTENED, coords=grid)["coords_flatten"]
    return found


def subtracted(h: int, w: int) -> Tensor:
    """Step 4 behind it: offsets between all patches, (2, h w, h w)."""
    found: Tensor = executed(SUBTRACTED, coords_flatten=flattened(h, w))["relative_coords"]
    return found


def shifted(h: int, w: int) -> Tensor:
    """Step 5 behind it, (h w, h w, 2)."""
    found: Tensor = executed(SHIFTED, relative_coords=subtracted(h, w), H=h, W=w)["relative_coords"]
    return found


def summed(offsets: Tensor) -> None:
    """Step 6, of offsets with the two axes last."""
    executed(SUMMED, relative_coords=offsets)


def table(h: int, w: int, heads: int) -> nn.Parameter:
    """The table of biases."""
    module = SimpleNamespace()
    executed(TABLE, self=module, H=h, W=w, num_heads=heads)
    found: nn.Parameter = module.relative_position_bias_table
    return found


def looked_up(biases: nn.Parameter, offsets: Tensor) -> None:
    """The last step."""
    executed(LOOKED_UP, self=SimpleNamespace(relative_position_bias_table=biases), relative_coords=offsets)


def learned(n: int, dim: int) -> nn.Parameter:
    """The learned table."""
    module = SimpleNamespace()
    executed(LEARNED, self=module, N=n, Dim=dim)
    found: nn.Parameter = module.absolute_position_embedding
    return found
