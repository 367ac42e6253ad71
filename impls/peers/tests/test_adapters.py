"""Every adapter gives what its library gives, which is the encoding except where a deviation is written down here."""

import importlib
import math
import pkgutil
import subprocess
import sys
from inspect import signature

import mpmath
import pytest
import torch

import impls.peers
from impls.peers.bare import leaf
from impls.registry import registered
from spec import ENCODINGS

MODULES = [name for _, name, package in pkgutil.iter_modules(impls.peers.__path__, "impls.peers.") if not package]
for name in MODULES:
    importlib.import_module(name)
PEERS = {peer.name: peer for name in MODULES for peer in registered(name)}
ROTARY = [name for name, peer in PEERS.items() if peer.encoding in ("rope", "partial-rope")]
SCALED = [name for name, peer in PEERS.items() if "factor" in ENCODINGS[peer.encoding].parameters]
TABLES = [name for name, peer in PEERS.items() if peer.encoding == "sinusoidal"]
UNIT = {"float64": 2.0**-53, "float32": 2.0**-24, "bfloat16": 2.0**-8, "float16": 2.0**-11}
DIMS = (6, 8, 64)

# Further from the encoding than a careful implementation is, beyond position 256 (2048 for float16).
ROUNDED_ANGLES = {"fair-esm", "torchscale", "x-transformers-sinusoidal"}
ROUNDED_POSITIONS = {"rotary-embedding-torch-counted"}
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
    return [(name, dtype) for name in names for dtype in PEERS[name].dtypes or UNIT]


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


@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize(("name", "dtype"), dtypes_of(ROTARY))
def test_rotation(name, dtype, dim):
    peer = available(name)
    positions = positions_for(peer, dtype)
    x = draw(peer, positions, dim, dtype)
    before = x.clone()
    y = build(peer, dim)(x, torch.tensor(positions))
    rotated = turned_by(peer, dim)
    error = (y.double() - exact(x, positions, peer.layout, rotated)).norm(dim=-1) / x.double().norm(dim=-1)
    error, allowed = error.amax(dim=(0, 1)), bound(positions, dtype)
    assert torch.equal(x, before)
    assert torch.equal(y[..., rotated:], x[..., rotated:].to(y.dtype))
    assert y.shape == x.shape
    assert y.dtype == (torch.float32 if name in WIDENED and UNIT[dtype] > 2.0**-24 else x.dtype)
    far = torch.tensor(positions).abs() > {"bfloat16": 256, "float16": 2048}.get(dtype, math.inf)
    if name in ROUNDED_ANGLES | ROUNDED_POSITIONS and far.any():
        assert (error > allowed)[far].any()
        if name in ROUNDED_ANGLES:
            return
        error, allowed = error[~far], allowed[~far]
    assert (error <= allowed).all()


@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize(("name", "dtype"), dtypes_of(TABLES))
def test_table(name, dtype, dim):
    peer = available(name)
    positions = positions_for(peer, dtype)
    table = peer.function(torch.tensor(positions), dim, dtype=getattr(torch, dtype))
    cos, sin = cos_and_sin(positions, dim, convention=peer.convention)
    wanted = torch.cat([sin, cos], -1) if peer.layout == "half" else torch.stack([sin, cos], -1).flatten(-2)
    error = (table.double() - wanted).abs().amax(-1)
    allowed = 4 * 2.0**-24 * torch.tensor(positions).abs() + 2.0**-24 + UNIT[dtype] / 2
    assert table.dtype == getattr(torch, dtype)
    assert (error <= allowed).all() != (name in ROUNDED_ANGLES and UNIT[dtype] > 2.0**-24)


@pytest.mark.parametrize("name", sorted(NARROWED))
def test_float64_narrowed_to_float32(name):
    x = torch.full((1, 8), 1 / 3, dtype=torch.float64)
    y = build(available(name), 8)(x, torch.tensor([0]))
    assert y.dtype == torch.float64
    assert torch.equal(y, x.float().double())


@pytest.mark.parametrize("name", [name for name in ROTARY if "base" in signature(PEERS[name].function).parameters])
def test_base(name):
    peer = available(name)
    positions = [3, 4, 5, 6]
    x = draw(peer, positions, 8, "float32")
    y = build(peer, 8, base=500000.0)(x, torch.tensor(positions))
    torch.testing.assert_close(y.double(), exact(x, positions, peer.layout, turned_by(peer, 8), 5e5), atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", ROTARY)
def test_any_leading_axes_and_strides(name):
    peer = available(name)
    rope, positions = build(peer, 8), torch.arange(3, 8)
    x = draw(peer, positions, 8, "float32")
    y = rope(x, positions)
    for part in ((1, 2), (1,), (slice(None), slice(None), slice(None), slice(None)), (None,)):
        torch.testing.assert_close(rope(x[part], positions), y[part], rtol=0, atol=1e-6)
    torch.testing.assert_close(rope(x.transpose(1, 2).contiguous().transpose(1, 2), positions), y, rtol=0, atol=1e-6)
    torch.testing.assert_close(rope(x[:1].expand(2, -1, -1, -1), positions), y[:1].expand(2, -1, -1, -1))
    for dtype in (torch.int8, torch.uint8, torch.int16, torch.int32):
        assert torch.equal(rope(x, positions.to(dtype)), y)


@pytest.mark.parametrize("name", [name for name in SCALED if PEERS[name].compare == "value"])
def test_scaled_by_one_it_is_rope(name):
    peer = available(name)
    positions = list(range(40, 60))
    x = draw(peer, positions, 8, "float32")
    y = build(peer, 8, base=10000.0, factor=1.0)(x, torch.tensor(positions))
    torch.testing.assert_close(y.double(), exact(x, positions, peer.layout, 8), atol=2e-5, rtol=0)


@pytest.mark.parametrize("name", [name for name in ROTARY if PEERS[name].batched])
def test_positions_of_each_batch_row(name):
    peer = available(name)
    rope, positions = build(peer, 8), torch.tensor([[0, 4, 2, 9, 1], [7, 7, 3, 100, 5]])
    x = draw(peer, positions[0], 8, "float32")
    rows = [exact(x[row], positions[row].tolist(), peer.layout, turned_by(peer, 8)) for row in (0, 1)]
    torch.testing.assert_close(rope(x, positions).double(), torch.stack(rows), rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", ROTARY)
def test_gradient(name):
    peer = available(name)
    rope, positions = build(peer, 8), torch.arange(3, 8)
    x = draw(peer, positions, 8, "float32").requires_grad_()
    if name.startswith(FOREIGN):
        with pytest.raises(RuntimeError, match="requires grad"):
            rope(x, positions)
        return
    upstream = torch.randn_like(x)
    (gradient,) = torch.autograd.grad(rope(x, positions), x, upstream)
    back = exact(upstream, (-positions).tolist(), peer.layout, turned_by(peer, 8))
    torch.testing.assert_close(gradient.double(), back, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", PEERS)
def test_refuses_what_it_declares_impossible(name):
    peer = available(name)
    if peer.encoding == "sinusoidal":
        call = lambda positions: peer.function(positions, 8)  # noqa: E731
    else:
        rope, x = build(peer, 8), torch.randn(1, 8)
        call = lambda positions: rope(x, positions)  # noqa: E731
    refused = {
        "any": [],
        "integers": [torch.tensor([0.5])],
        "non-negative": [torch.tensor([0.5]), torch.tensor([-1])],
        "contiguous": [torch.tensor([0.5]), torch.tensor([-1])],
    }[peer.positions]
    if peer.max_position is not None:
        call(torch.tensor([peer.max_position]))
        refused.append(torch.tensor([peer.max_position + 1]))
    for positions in refused:
        with pytest.raises(ValueError, match="positions must"):
            call(positions)


@pytest.mark.parametrize("name", ROTARY)
def test_refuses_a_dtype_that_it_does_not_declare(name):
    peer = available(name)
    for dtype in set(UNIT) - set(peer.dtypes or UNIT):
        with pytest.raises(Exception, match=r"convert x|NOT_IMPLEMENTED"):
            build(peer, 8)(torch.randn(1, 8).to(getattr(torch, dtype)), torch.tensor([1]))


@pytest.mark.parametrize("name", sorted(NOT_TWO))
def test_has_no_dim_two(name):
    peer = available(name)
    with pytest.raises(ZeroDivisionError):
        peer.function(torch.tensor([1]), 2) if name in TABLES else build(peer, 2)


def test_counted_positions_must_be_consecutive_and_one_for_each_row():
    rope = build(available("rotary-embedding-torch-counted"), 8)
    with pytest.raises(ValueError, match=r"must be consecutive, such as 7, 8, 9, got 4, 6"):
        rope(torch.randn(2, 8), torch.tensor([4, 6]))
    with pytest.raises(ValueError, match="one position a row"):
        rope(torch.randn(2, 8), torch.tensor([4, 5, 6]))


@pytest.mark.parametrize("name", ["ggml-interleaved", "ggml-half", "ggml-partial"])
def test_refuses_what_would_end_the_process(name):
    peer = available(name)
    rope = build(peer, 8)
    for positions in (torch.arange(3), torch.arange(9), torch.zeros(2, 5, dtype=torch.int64)):
        with pytest.raises(ValueError, match="one position a row"):
            rope(torch.randn(2, 3, 5, 8), positions)
    with pytest.raises(ValueError, match="coordinates or more"):
        rope(torch.randn(5, 2), torch.arange(5))
    with pytest.raises(ValueError, match="an even number of coordinates"):
        peer.function(7, rotary_dim=7) if peer.encoding == "partial-rope" else peer.function(7)


def test_counted_positions_of_a_bfloat16_call_stay_for_float32():
    peer = available("rotary-embedding-torch-counted")
    rope, positions, x = build(peer, 8), torch.arange(300), torch.ones(300, 8)
    fresh = build(peer, 8)(x, positions)
    rope(x.bfloat16(), positions)
    assert torch.equal(rope(x, positions)[:257], fresh[:257])
    assert (rope(x, positions) - fresh).abs().max() > 0.1


def test_partial_factor_of_gpt_neox_is_cut_not_rounded():
    """int(98 * (4 / 98)) is 3: the frequencies are 10000^(-2i/3), of coordinates that are four all the same."""
    rope = build(available("transformers-gpt-neox"), 98, rotary_dim=4)
    x = torch.ones(1, 98)
    y = rope(x, torch.tensor([7]))
    assert torch.equal(y[..., 4:], x[..., 4:])
    assert (y.double() - exact(x, [7], "half", 4)).abs().max() > 1e-2


def test_adapters_import_nothing_of_their_libraries():
    code = f"import sys, impls\nfor name in {MODULES}: __import__(name)\nprint(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in result.stdout.split()}
    assert not loaded & {
        "transformers",
        "onnx",
        "onnxruntime",
        "mlx",
        "ggml",
        "einops",
        "esm",
        "timm",
        "torchtune",
    }


def test_leaf_leaves_the_package_alone():
    available("torchtune")
    module = leaf("torchtune.modules.position_embeddings")
    assert module is leaf("torchtune.modules.position_embeddings")
    assert "torchtune" not in sys.modules
    assert "torchtune.modules" not in sys.modules


def test_leaf_says_what_is_missing():
    with pytest.raises(ImportError, match="expected a package 'no_such_package' to be installed"):
        leaf("no_such_package.module")
    with pytest.raises(ImportError, match="no_such_module"):
        leaf("mpmath.no_such_module")
