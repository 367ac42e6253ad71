"""What the tests of adapters share: the adapters, how each is built and asked, and RoPE worked out beside them."""

import importlib
import math
import pkgutil

import mpmath
import pytest
import torch

import impls.zoo
from impls.calls import is_plain
from impls.registry import registered
from properties.runs.expectations import published
from spec import ENCODINGS

MODULES = [name for _, name, package in pkgutil.iter_modules(impls.zoo.__path__, "impls.zoo.") if not package]
for name in MODULES:
    importlib.import_module(name)
PEERS = {peer.name: peer for name in MODULES for peer in registered(name)}
ROTARY = [
    name
    for name, peer in PEERS.items()
    if peer.encoding in ("rope", "partial-rope") and peer.factory and is_plain(peer)
]
DEVIATES = {
    (known.implementation, dtype)
    for known in published()
    for prop, dtype in known.cells
    if prop in ("exact-values", "plug-in", "negative-positions")
}
"""Implementations and dtypes whose values are known to be others: an advisory says which."""
SCALED = [
    name
    for name, peer in PEERS.items()
    if "factor" in ENCODINGS[peer.encoding].parameters
    and peer.factory
    and is_plain(peer)
    and (name, "float32") not in DEVIATES
]
TABLES = [name for name, peer in PEERS.items() if peer.encoding == "sinusoidal"]
ALONG_A_LINE = [
    name
    for name, peer in PEERS.items()
    if ENCODINGS[peer.encoding].grid.axes == 1 and (peer.factory or name in TABLES) and is_plain(peer)
]
UNIT = {"float64": 2.0**-53, "float32": 2.0**-24, "bfloat16": 2.0**-8, "float16": 2.0**-11}
DIMS = (6, 8, 64)

# Further from the encoding than a careful implementation is, beyond position 256 (2048 for float16).
ROUNDED_ANGLES = {"fair-esm", "torchscale", "x-transformers-sinusoidal"}
ROUNDED_POSITIONS = {"rotary-embedding-torch-counted"}
ROUNDED = ROUNDED_ANGLES | ROUNDED_POSITIONS
# float64 goes in and comes out, and is float32 on the way.
NARROWED = {"diffusers-half", "diffusers-interleaved", "torchtune", "transformers-llama4"}
# bfloat16 and float16 come back as float32.
WIDENED = {"local-attention"}
# Divide by zero: the exponent dim / (dim - 2) is computed for every dim.
NOT_TWO = {"rotary-embedding-torch", "rotary-embedding-torch-counted", "rotary-embedding-torch-partial"}
NOT_TWO |= {"x-transformers", "x-transformers-partial", "transformers-m2m-100"}
# Convert to another library's arrays, and so have no gradient.
FOREIGN = ("ggml", "mlx", "onnx")


def available(name):
    peer = PEERS[name]
    if not peer.available:
        pytest.skip(f"{peer.package} is not installed")
    return peer


def dtypes_of(names):
    asked = [(name, dtype) for name in names for dtype in PEERS[name].dtypes or UNIT]
    return [(name, dtype) for name, dtype in asked if (name, dtype) not in DEVIATES or name in ROUNDED]


def turned_by(peer, dim):
    return 2 * math.ceil(dim / 4) if peer.encoding == "partial-rope" else dim


def build(peer, dim, **parameters):
    if peer.encoding == "partial-rope":
        parameters.setdefault("rotary_dim", turned_by(peer, dim))
    if peer.encoding == "rope-longrope":
        parameters |= {"short_factor": (1.0,) * (dim // 2), "long_factor": (1.0,) * (dim // 2)}
    return peer.function(dim, **parameters)


def positions_for(peer, dtype):
    """Positions that the peer takes, and one beyond which 16 bits hold no integers."""
    if peer.positions == "contiguous":
        return list(range(300)) if dtype == "bfloat16" else list(range(40, 60))
    reached = [0, 1, 3, 3, 257, 255, 1023, 2049, 4095]
    negative = [-5] if peer.positions in ("any", "integers") else []
    return [p for p in reached if p <= (peer.max_position or 4095)] + negative


def cos_and_sin(positions, rotated, *, base=10000.0, convention=None):
    """Float64 of the exact cosines and sines, (n, rotated / 2)."""
    with mpmath.workdps(40):
        last = rotated // 2 - 1
        exponents = [
            mpmath.mpf(i) / last if convention == "tensor2tensor" else mpmath.mpf(2 * i) / rotated
            for i in range(last + 1)
        ]
        angles = [[mpmath.mpf(p) * mpmath.mpf(base) ** -e for e in exponents] for p in positions]
        both = ([[float(f(angle)) for angle in row] for row in angles] for f in (mpmath.cos, mpmath.sin))
        cos, sin = (torch.tensor(rows, dtype=torch.float64) for rows in both)
        return cos, sin


def exact(x, positions, layout, rotated, base=10000.0):
    """RoPE of the first `rotated` coordinates, in float64."""
    cos, sin = cos_and_sin(positions, rotated, base=base)
    pair = torch.arange(rotated // 2)
    first, second = (2 * pair, 2 * pair + 1) if layout == "interleaved" else (pair, pair + rotated // 2)
    y = x.double().clone()
    a, b = y[..., first].clone(), y[..., second].clone()
    y[..., first], y[..., second] = a * cos - b * sin, b * cos + a * sin
    return y


def bound(positions, dtype, *, angle=2.0**-24):
    """Of the error of one vector relative to its norm: float32 angles, the table and rotation in `dtype`."""
    unit = UNIT[dtype]
    turn = 4 * angle * torch.tensor([abs(p) for p in positions]).double()
    return turn + math.sqrt(2) * (angle + unit / 2) + 2 * math.sqrt(2) * unit + 2.0**-22 * (dtype == "float16")


def draw(peer, positions, dim, dtype):
    torch.manual_seed(0)
    return torch.randn(2, 3, len(positions), dim).to(getattr(torch, dtype))
