"""FlashInfer: what its kernels are checked against, in torch; angles and rotation in float32, the result float32 too.

Queries and keys are ragged, segments one behind the other, or have a position each, or are given cosines and sines. The
kernels themselves run on a GPU. The package wants CUDA; this one file of it wants torch. No gradient flows.
"""

from collections.abc import Callable
from functools import partial
from inspect import Parameter, Signature, signature
from typing import Any

import torch
from torch import Tensor

from impls import implements
from impls.marker import Layout
from impls.zoo.bare import leaf

Pair = tuple[Tensor, Tensor]
LAYOUTS: tuple[Layout, ...] = ("half", "interleaved")
ENCODINGS = {
    "rope": ("_apply_rope", {"base": "rope_theta"}),
    "rope-linear": ("_apply_rope", {"base": "rope_theta", "factor": "rope_scale"}),
    "partial-rope": ("_apply_rope", {"base": "rope_theta", "rotary_dim": "rotary_dim"}),
    "rope-llama3": (
        "_apply_llama31_rope",
        {
            "base": "rope_theta",
            "factor": "rope_scale",
            "low_freq_factor": "low_freq_factor",
            "high_freq_factor": "high_freq_factor",
            "original_max_position_embeddings": "old_context_len",
        },
    ),
}
"""Of every encoding the functions, and what parameters are called there."""
register = partial(
    implements,
    form="elementwise",
    package="flashinfer-python",
    differentiable=False,
    source="https://github.com/flashinfer-ai/flashinfer/blob/main/flashinfer/trace/templates/rope.py",
)


def _reference(name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(leaf("flashinfer.trace.templates.rope"), f"{name}_reference")
    return function


def _keywords(function: Callable[..., Pair], names: dict[str, str]) -> Callable[..., Pair]:
    """The function with keywords of these names for `given`: none has a default, so that all are handed in."""
    places = list(signature(function).parameters.values())[:-1]
    keywords = [Parameter(name, Parameter.KEYWORD_ONLY) for name in names]
    function.__signature__ = Signature([*places, *keywords])  # type: ignore[attr-defined]
    return function


def _ragged(name: str, names: dict[str, str], interleave: bool) -> Callable[..., Pair]:
    def ragged(q: Tensor, k: Tensor, indptr: Tensor, offsets: Tensor, **given: Any) -> Pair:
        named = {names[each]: value for each, value in given.items()}
        turned: Pair = _reference(name)(q, k, indptr, offsets, interleave=interleave, **named)
        return turned

    return _keywords(ragged, names)


def _placed(name: str, names: dict[str, str], interleave: bool) -> Callable[..., Pair]:
    def placed(q: Tensor, k: Tensor, positions: Tensor, **given: Any) -> Pair:
        named = {names[each]: value for each, value in given.items()}
        turned: Pair = _reference(f"{name}_pos_ids")(q, k, positions, interleave=interleave, **named)
        return turned

    return _keywords(placed, names)


def _cached(is_neox: bool, q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> Pair:
    """A row of the cache for every token."""
    flat = [each.flatten(1) for each in (q, k)]
    places, cache = torch.arange(len(q)), torch.cat([cos, sin], dim=-1)
    turned = _reference("_apply_rope_with_cos_sin_cache")(places, *flat, q.shape[-1], cache, is_neox)
    return turned[0].view_as(q), turned[1].view_as(k)


for _layout in LAYOUTS:
    _end = "" if _layout == "half" else "-interleaved"
    for _encoding, (_name, _names) in ENCODINGS.items():
        _of = {"rope": "flashinfer", "partial-rope": "flashinfer-partial"}.get(_encoding, f"flashinfer{_encoding[4:]}")
        _arguments = (_name, _names, _layout == "interleaved")
        register(_encoding, layout=_layout, name=f"{_of}-ragged{_end}", call="packed", axes="n h d")(
            _ragged(*_arguments)
        )
        register(_encoding, layout=_layout, name=f"{_of}{_end}", call="qk-positions", axes="n h d")(
            _placed(*_arguments)
        )
    register(
        "rope",
        layout=_layout,
        name=f"flashinfer-cached{_end}",
        call="qk-tables",
        axes="n h d",
        tables="n d/2",
    )(partial(_cached, _layout == "half"))
