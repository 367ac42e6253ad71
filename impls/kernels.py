"""The kernel of RoPE in Triton, which only those import who have Triton.

One program turns a tile of positions in several heads: it makes or reads their cosines and sines once, in registers,
and reads and writes every vector once. Neighbours are read as one row and taken apart in registers, so that no load is
strided.
"""

import triton
import triton.language as tl

TILE, HEADS = tl.constexpr(8), tl.constexpr(2)
"""How many positions, and heads of each, a program turns."""


@triton.jit
def _store(at, turned, inside):
    tl.store(at, turned.to(at.dtype.element_ty), inside)


@triton.jit
def _tables(first, second, token, pair, tokens, pairs, TABLES: tl.constexpr):
    """Cosines and sines, (tokens, pairs): as they are handed in, or of positions (tokens,) and frequencies (pairs,)."""
    if TABLES:
        inside = (token < tokens)[:, None] & (pair < pairs)[None, :]
        here = token[:, None] * pairs + pair[None, :]
        cos = tl.load(first + here, inside, 0.0).to(tl.float32)
        sin = tl.load(second + here, inside, 0.0).to(tl.float32)
    else:
        place = tl.load(first + token, token < tokens, 0.0)
        angle = place[:, None] * tl.load(second + pair, pair < pairs, 0.0)[None, :]
        cos, sin = tl.cos(angle), tl.sin(angle)
    return cos, sin


@triton.jit
def turn(x, y, first, second, rows, tokens, pairs, PAIRS: tl.constexpr, HALF: tl.constexpr, TABLES: tl.constexpr):
    """y = R x for x and y (rows, tokens, 2 pairs), which may be one. PAIRS: a power of two, not less than `pairs`."""
    token, pair = tl.program_id(0) * TILE + tl.arange(0, TILE), tl.arange(0, PAIRS)
    cos, sin = _tables(first, second, token, pair, tokens, pairs, TABLES)
    for head in tl.static_range(HEADS):
        row = tl.program_id(1).to(tl.int64) * HEADS + head + tl.zeros([TILE], tl.int64)
        here = ((row < rows) & (token < tokens))[:, None]
        start = (row * tokens + token)[:, None] * 2 * pairs
        if HALF:
            inside = here & (pair < pairs)[None, :]
            at = start + pair[None, :]
            a = tl.load(x + at, inside, 0.0).to(tl.float32)
            b = tl.load(x + at + pairs, inside, 0.0).to(tl.float32)
            _store(y + at, a * cos - b * sin, inside)
            _store(y + at + pairs, b * cos + a * sin, inside)
        else:
            column = tl.arange(0, 2 * PAIRS)
            inside = here & (column < 2 * pairs)[None, :]
            whole = start + column[None, :]
            read = tl.load(x + whole, inside, 0.0).to(tl.float32)
            a, b = tl.split(tl.reshape(read, (TILE, PAIRS, 2)))
            turned = tl.join(a * cos - b * sin, b * cos + a * sin)
            _store(y + whole, tl.reshape(turned, (TILE, 2 * PAIRS)), inside)
