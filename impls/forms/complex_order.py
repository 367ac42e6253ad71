"""Complex-order embeddings in four forms, and two of words that share their frequencies. No form uses another.

A pair of coordinates is r e^(i phi). That of the query's word is turned by omega p, that of the key's word by
frequency_ratio omega p.
"""

import math
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def _expect_role(role: str) -> None:
    if role not in ("query", "key"):
        raise ValueError(f"the role must be 'query' or 'key'; got {role!r}")


@implements(
    "complex-order", form="complex", layout="interleaved", name="complex-order-complex", dtypes=DTYPES, strict=True
)
def complex_product(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, frequency_ratio: float = 0.5, role: str = "query"
) -> Tensor:
    """z = r e^(i phi) becomes r e^(i (omega p + phi)); half precision is widened and rounded once."""
    _expect_role(role)
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    z = torch.view_as_complex(wide.unflatten(-1, (-1, 2)).contiguous())
    omega = torch.pow(base, -torch.arange(z.shape[-1], dtype=torch.float64, device=x.device) / z.shape[-1])
    omega = omega * frequency_ratio if role == "key" else omega
    waves = torch.polar(torch.ones((), dtype=torch.float64, device=x.device), positions.double()[:, None] * omega)
    return torch.view_as_real(z * waves.to(z.dtype)).flatten(-2).to(x.dtype)


@implements(
    "complex-order", form="matrix", layout="interleaved", name="complex-order-matrix", dtypes=DTYPES, strict=True
)
def matrix(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, frequency_ratio: float = 0.5, role: str = "query"
) -> Tensor:
    """The block-diagonal rotation of the word's own frequencies, built entry by entry."""
    _expect_role(role)
    dim, ratio = x.shape[-1], {"query": 1.0, "key": frequency_ratio}[role]
    rotation = torch.zeros(len(positions), dim, dim, dtype=torch.float64, device=x.device)
    for i in range(0, dim, 2):
        angle = positions.double() * (ratio / base ** (i / dim))
        rotation[:, i, i] = rotation[:, i + 1, i + 1] = angle.cos()
        rotation[:, i + 1, i] = angle.sin()
        rotation[:, i, i + 1] = -angle.sin()
    return torch.einsum("nij,...nj->...ni", rotation.to(x.dtype), x)


@implements(
    "complex-order", form="elementwise", layout="half", name="complex-order-elementwise", dtypes=DTYPES, strict=True
)
def elementwise(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, frequency_ratio: float = 0.5, role: str = "query"
) -> Tensor:
    """Real and imaginary parts in halves: (a, b) -> (a c - b s, b c + a s)."""
    _expect_role(role)
    if x.shape[-1] % 2:
        raise ValueError(f"the dimension must be even to be halved; got {x.shape[-1]}")
    a, b = x.chunk(2, dim=-1)
    omega = torch.exp(torch.arange(a.shape[-1], device=x.device).double() * (-math.log(base) / a.shape[-1]))
    angles = torch.outer(positions.double(), omega if role == "query" else frequency_ratio * omega)
    c, s = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.cat((a * c - b * s, b * c + a * s), dim=-1)


@implements(
    "complex-order", form="rotate-half", layout="half", name="complex-order-rotate-half", dtypes=DTYPES, strict=True
)
def rotate_half(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, frequency_ratio: float = 0.5, role: str = "query"
) -> Tensor:
    """y = x * (c, c) + (-b, a) * (s, s), where x = (a, b) in halves."""
    _expect_role(role)
    half = x.shape[-1] // 2
    exponents = torch.arange(0, x.shape[-1], 2, dtype=torch.float64, device=x.device) / -x.shape[-1]
    table = torch.einsum("n,i->ni", positions.double(), base**exponents * (1.0 if role == "query" else frequency_ratio))
    c, s = (torch.cat([part, part], dim=-1).to(x.dtype) for part in (table.cos(), table.sin()))
    return x * c + torch.cat([-x[..., half:], x[..., :half]], dim=-1) * s


@implements(
    "complex-order",
    form="complex",
    layout="half",
    name="complex-order-shared-complex",
    convention="shared-frequency",
    dtypes=DTYPES,
    strict=True,
)
def shared_complex(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The two words have one frequency: z e^(i omega p) for both."""
    real, imaginary = x.to(torch.promote_types(x.dtype, torch.float32)).tensor_split(2, dim=-1)
    z = torch.complex(real, imaginary)
    omega = 1.0 / base ** (torch.arange(z.shape[-1], dtype=torch.float64, device=x.device) / z.shape[-1])
    turned = z * torch.exp(1j * (positions.double()[:, None] * omega)).to(z.dtype)
    return torch.cat([turned.real, turned.imag], dim=-1).to(x.dtype)


@implements(
    "complex-order",
    form="elementwise",
    layout="interleaved",
    name="complex-order-shared-elementwise",
    convention="shared-frequency",
    dtypes=DTYPES,
    strict=True,
)
def shared_elementwise(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The two words have one frequency: lengths and phases of the pairs are told apart, and the phases moved on."""
    exponents = torch.arange(0, x.shape[-1], 2, dtype=torch.float64, device=x.device) / x.shape[-1]
    angles = positions.double()[:, None] / torch.tensor(base, dtype=torch.float64, device=x.device) ** exponents
    cosines, sines = (part.repeat_interleave(2, dim=-1).to(x.dtype) for part in (angles.cos(), angles.sin()))
    return x * cosines + torch.stack((-x[..., 1::2], x[..., 0::2]), dim=-1).flatten(-2) * sines
