"""RoPE-2D with equal frequencies on both axes, in its forms: row and column turn half of the vector each."""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements
from impls.forms.rope_2d import expect_places

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")
NAME = "rope-2d-same-theta"


@implements(NAME, form="matrix", layout="interleaved", name=f"{NAME}-matrix", dtypes=DTYPES, strict=True)
def matrix(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """y = diag(R_row, R_column) x, two block-diagonal rotations of size dim/2."""
    expect_places(x, positions, axes=2, multiple=4)
    half = x.shape[-1] // 2
    rotation = torch.zeros(len(positions), 2 * half, 2 * half, dtype=torch.float64, device=x.device)
    for axis in (0, 1):
        for j in range(0, half, 2):
            i, angle = axis * half + j, positions[:, axis].double() * base ** (-j / half)
            rotation[:, i, i] = rotation[:, i + 1, i + 1] = torch.cos(angle)
            rotation[:, i + 1, i], rotation[:, i, i + 1] = torch.sin(angle), -torch.sin(angle)
    return (rotation.to(x.dtype) @ x.unsqueeze(-1)).squeeze(-1)


@implements(NAME, form="elementwise", layout="half", name=f"{NAME}-elementwise", dtypes=DTYPES, strict=True)
def elementwise(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Axis, half and pair are three axes of one view of x: (a, b) -> (a c - b s, b c + a s) for both axes at once."""
    expect_places(x, positions, axes=2, multiple=4)
    a, b = x.unflatten(-1, (2, 2, -1)).unbind(-2)
    size = a.shape[-1]
    theta = torch.exp(torch.arange(size, device=x.device).double() * (-math.log(base) / size))
    angles = positions.double()[..., None] * theta
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.stack((a * c - b * s, b * c + a * s), dim=-2).flatten(-3)


@implements(NAME, form="complex", layout="interleaved", name=f"{NAME}-complex", dtypes=DTYPES, strict=True)
def complex_product(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """z_i = x_2i + i x_2i+1 is multiplied by e^(i row theta_j), then by e^(i column theta_j), j from 0 for both."""
    expect_places(x, positions, axes=2, multiple=4)
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    z = torch.complex(wide[..., 0::2], wide[..., 1::2])
    theta = torch.logspace(0, -1, z.shape[-1] // 2 + 1, base=base, dtype=torch.float64, device=x.device)[:-1]
    phases = torch.exp(1j * torch.einsum("na,j->naj", positions.double(), theta)).flatten(-2)
    return torch.view_as_real(z * phases.to(z.dtype)).flatten(-2).to(x.dtype)


@implements(
    NAME,
    form="rotate-half",
    layout="half",
    name=f"{NAME}-rotate-half",
    source="https://github.com/naver/croco/blob/master/models/pos_embed.py",
    dtypes=DTYPES,
    strict=True,
)
def rotate_half(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Each half r = (a, b) of x becomes r * (c, c) + (-b, a) * (s, s), with the tables of its own coordinate."""
    expect_places(x, positions, axes=2, multiple=4)
    size = x.shape[-1] // 2
    inverse = 1.0 / base ** (torch.arange(0, size, 2, dtype=torch.float64, device=x.device) / size)
    turned = []
    for part, place in zip(x.chunk(2, dim=-1), positions.double().unbind(-1), strict=True):
        table = torch.outer(place, inverse).tile(1, 2)
        swapped = torch.cat([-part[..., size // 2 :], part[..., : size // 2]], dim=-1)
        turned.append(part * table.cos().to(x.dtype) + swapped * table.sin().to(x.dtype))
    return torch.cat(turned, dim=-1)


@implements(
    NAME,
    form="complex",
    layout="interleaved",
    name=f"{NAME}-column-first",
    source="https://github.com/huggingface/transformers/blob/main/src/transformers/models/llama4/modeling_llama4.py",
    dtypes=DTYPES,
    convention="column-first",
    strict=True,
)
def column_first(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The first half of the vector turns with the column, the second with the row."""
    expect_places(x, positions, axes=2, multiple=4)
    z = torch.view_as_complex((x if x.dtype == torch.float64 else x.float()).unflatten(-1, (-1, 2)).contiguous())
    theta = torch.pow(base, torch.arange(z.shape[-1] // 2, dtype=torch.float64, device=x.device) * (-2 / z.shape[-1]))
    row, column = positions.double()[..., None].unbind(-2)
    length = torch.ones((), dtype=torch.float64, device=x.device)
    phases = torch.polar(length, torch.cat([column * theta, row * theta], dim=-1))
    return torch.view_as_real(z * phases.to(z.dtype)).flatten(-2).to(x.dtype)


@implements(
    NAME,
    form="rotate-half",
    layout="half",
    name=f"{NAME}-whole-vector",
    source="https://github.com/huggingface/transformers/blob/main/src/transformers/models/dinov3_vit/modeling_dinov3_vit.py",
    dtypes=DTYPES,
    convention="whole-vector",
    strict=True,
)
def whole_vector(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Coordinates i and i + dim/2 of the whole vector are a pair; the row turns the first half of the pairs."""
    expect_places(x, positions, axes=2, multiple=4)
    quarter = x.shape[-1] // 4
    theta = base ** -(torch.arange(quarter, dtype=torch.float64, device=x.device) / quarter)
    angles = (positions.double()[:, :, None] * theta).flatten(1).tile(1, 2)
    swapped = torch.cat([-x[..., 2 * quarter :], x[..., : 2 * quarter]], dim=-1)
    return x * torch.cos(angles).to(x.dtype) + swapped * torch.sin(angles).to(x.dtype)


@implements(
    NAME,
    form="rotate-half",
    layout="half",
    name=f"{NAME}-whole-vector-column-first",
    source="https://github.com/huggingface/transformers/blob/main/src/transformers/models/step3p7/modeling_step3p7.py",
    dtypes=DTYPES,
    convention="whole-vector-column-first",
    strict=True,
)
def whole_vector_column_first(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Coordinates i and i + dim/2 of the whole vector are a pair; the column turns the first half of the pairs."""
    expect_places(x, positions, axes=2, multiple=4)
    a, b = x.tensor_split(2, dim=-1)
    theta = base ** torch.linspace(0, -1, a.shape[-1] // 2 + 1, dtype=torch.float64, device=x.device)[:-1]
    angles = torch.cat(
        [torch.outer(place, theta) for place in (positions[:, 1].double(), positions[:, 0].double())], -1
    )
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.cat((a * c - b * s, b * c + a * s), dim=-1)


@implements(
    NAME,
    form="elementwise",
    layout="interleaved",
    name=f"{NAME}-alternating",
    dtypes=DTYPES,
    convention="alternating",
    strict=True,
)
def alternating(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Four coordinates are a pair of the row and one of the column, and each four has a frequency of its own."""
    expect_places(x, positions, axes=2, multiple=4)
    a, b = x.unflatten(-1, (-1, 2, 2)).unbind(-1)
    theta = base ** (-torch.arange(a.shape[-2], dtype=torch.float64, device=x.device) / a.shape[-2])
    angles = theta[:, None] * positions.double()[:, None, :]
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.stack((a * c - b * s, b * c + a * s), dim=-1).flatten(-3)


@implements(
    NAME,
    form="complex",
    layout="interleaved",
    name=f"{NAME}-alternating-column-first",
    source="https://github.com/huggingface/transformers/blob/main/src/transformers/models/kimi_k25/modeling_kimi_k25.py",
    dtypes=DTYPES,
    convention="alternating-column-first",
    strict=True,
)
def alternating_column_first(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """z_i turns with the column where i is even and with the row where it is odd, both by the frequency of i // 2."""
    expect_places(x, positions, axes=2, multiple=4)
    z = torch.view_as_complex((x if x.dtype == torch.float64 else x.float()).unflatten(-1, (-1, 2)).contiguous())
    i = torch.arange(z.shape[-1], device=x.device)
    theta = torch.exp(-(i // 2).double() * (2 * math.log(base) / z.shape[-1]))
    turned = z * torch.exp(1j * positions.double()[:, 1 - i % 2] * theta).to(z.dtype)
    return torch.view_as_real(turned).flatten(-2).to(x.dtype)
