"""RoPE in one pass over the vectors, compiled where it pays: of positions or of tables, out of place and in place.

Halves of a row are two vectors, of which two are made. Neighbours are complex numbers, which torch multiplies in one
pass; many of bfloat16 are the halves of a word of 32 bits, either of which becomes a float32 by a shift.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

import torch
from torch import Tensor
from torch.autograd.forward_ad import unpack_dual

from impls import implements
from impls.door.devices import compiles
from impls.turning import Turn, turned

HALVES: Final = 16
"""Bits of a bfloat16."""
WORTH: Final = 2**14
"""From so many pairs, or angles, on compiled code is faster; smaller calls are not worth to be compiled."""
COMPILES: Final = compiles("cpu")

half = partial(implements, "rope", form="fused", layout="half", dtypes=("float32", "bfloat16", "float16"))
interleaved = partial(implements, "rope", form="fused", layout="interleaved", dtypes=("float32", "bfloat16"))
half_of_tables = partial(half, call="x-tables", table_dtype="float32")
interleaved_of_tables = partial(interleaved, call="x-tables", table_dtype="float32")


def _compiled(body: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The same body, by inductor where that is worth it."""
    whole = torch.compile(body, dynamic=True)
    return lambda x, *by: (whole if COMPILES and x.numel() >= WORTH else body)(x, *by)


def _frequencies(x: Tensor, base: float) -> Tensor:
    """A geometric row from 1 to 1/base, exclusive, rounded once to float32, (dim/2,)."""
    row = torch.logspace(0, -1, x.shape[-1] // 2 + 1, base=base, dtype=torch.float64, device=x.device)
    return row[:-1].float()


def _tables(angles: Tensor) -> Tensor:
    """Cosines and sines, (2, n, dim/2). A stack lies in memory: it is not made again for every head."""
    return torch.stack([angles.cos(), angles.sin()])


def _halves(a: Tensor, b: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """(a cos - b sin, b cos + a sin) in float32, rounded once, (..., n, 2, dim/2)."""
    x, y = a.to(cos.dtype), b.to(cos.dtype)
    return torch.stack([(x * cos - y * sin).to(a.dtype), (y * cos + x * sin).to(a.dtype)], dim=-2)


def _words(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """The same, rounded to even, of (..., n, dim/2) words of two bfloat16 each, the first in the lower half."""
    a, b = (x << HALVES).view(torch.float32), (x & -(1 << HALVES)).view(torch.float32)
    made = [(each.view(torch.int32), each) for each in (a * cos - b * sin, b * cos + a * sin)]
    low, high = (torch.where(each == each, w + 0x7FFF + ((w >> HALVES) & 1), w) for w, each in made)
    return ((low >> HALVES) & 0xFFFF) | (high & -(1 << HALVES))


tables, halves, words = _compiled(_tables), _compiled(_halves), _compiled(_words)


@_compiled
def halves_at(a: Tensor, b: Tensor, positions: Tensor, frequencies: Tensor) -> Tensor:
    """Of positions (n,) and frequencies (dim/2,)."""
    return _halves(a, b, *_tables(torch.outer(positions, frequencies)))


@_compiled
def words_at(x: Tensor, positions: Tensor, frequencies: Tensor) -> Tensor:
    """Of positions (n,) and frequencies (dim/2,)."""
    return _words(x, *_tables(torch.outer(positions, frequencies)))


@_compiled
def place_words(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """In place."""
    return x.copy_(_words(x, cos, sin))


def _are_words(x: Tensor) -> bool:
    """Whether neighbours are turned as words, which have to begin where a word may."""
    whole = not any(number % 2 for number in (x.storage_offset(), *x.stride()[:-1]))
    return COMPILES and whole and x.dtype == torch.bfloat16 and x.numel() >= 2 * WORTH


def _turn_halves(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    return halves(*x.unflatten(-1, (2, -1)).unbind(-2), cos, sin).flatten(-2)


def _turn_halves_at(x: Tensor, positions: Tensor, frequencies: Tensor) -> Tensor:
    return halves_at(*x.unflatten(-1, (2, -1)).unbind(-2), positions, frequencies).flatten(-2)


def _turn_neighbours(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    x = x.contiguous()
    if _are_words(x):
        return words(x.view(torch.int32), cos, sin).view(x.dtype)
    z = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(z * torch.complex(cos, sin)).flatten(-2).to(x.dtype)


def _turn_neighbours_at(x: Tensor, positions: Tensor, frequencies: Tensor) -> Tensor:
    x = x.contiguous()
    if _are_words(x):
        return words_at(x.view(torch.int32), positions, frequencies).view(x.dtype)
    return _turn_neighbours(x, *tables(torch.outer(positions, frequencies)))


def _turned(turn: Turn, x: Tensor, *by: Tensor) -> Tensor:
    """turn(x, ...), whose derivatives are turned as well; few numbers leave them to the operators, which cost less."""
    return turned(turn, x, *by) if x.numel() >= 2 * WORTH else turn(x, *by)


@half(name="rope-fused-half")
def fused_half(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """(a, b) -> (a cos - b sin, b cos + a sin), a and b the halves of a row: one pass."""
    return _turned(_turn_halves_at, x, positions.float(), _frequencies(x, base))


@half_of_tables(name="rope-fused-half-tables")
def half_tables(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """x (batch, heads, n, dim); tables (n, dim/2), of the angles that they stand for or of any others."""
    return _turned(_turn_halves, x, cos, sin)


@half_of_tables(name="rope-fused-half-in-place", inplace=True)
def half_in_place(x: Tensor, cos: Tensor, sin: Tensor) -> None:
    """Either result is made of both halves: they are copied back."""
    x.copy_(_turned(_turn_halves, x, cos, sin))


@interleaved(name="rope-fused-interleaved")
def fused_interleaved(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """z e^(i p theta), where z is complex, or, of many bfloat16, a word."""
    return _turned(_turn_neighbours_at, x, positions.float(), _frequencies(x, base))


@interleaved_of_tables(name="rope-fused-interleaved-tables")
def interleaved_tables(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """The same, with cosines and sines (n, dim/2)."""
    return _turned(_turn_neighbours, x, cos, sin)


@interleaved_of_tables(name="rope-fused-interleaved-in-place", inplace=True)
def interleaved_in_place(x: Tensor, cos: Tensor, sin: Tensor) -> None:
    """A number, or a word, is overwritten by its product; what is not dense, or derived, is copied back."""
    derived = x.requires_grad or unpack_dual(x).tangent is not None
    if derived or not x.is_contiguous():
        x.copy_(_turned(_turn_neighbours, x, cos, sin))
    elif x.dtype == torch.float32:
        torch.view_as_complex(x.unflatten(-1, (-1, 2))).mul_(torch.complex(cos, sin))
    elif _are_words(x):
        place_words(x.view(torch.int32), cos, sin)
    else:
        x.copy_(_turn_neighbours(x, cos, sin))
