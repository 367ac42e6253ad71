"""What models put together: some coordinates turn, or several axes share them, each part by a form of its own encoding.

Every composition in two forms, which share nothing but how the parts are put together.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, Final

import torch
from torch import Tensor

from impls import implements
from impls.forms import mrope, rope, rope_linear, rope_llama3, rope_longrope, rope_yarn
from impls.marker import Layout

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")
Form = Callable[..., Tensor]
SHAPES: Mapping[str, Mapping[str, Any]] = {
    "partial": {"rotary_dim": 32},
    "trailing": {"rotary_dim": 24, "rotary_slice": "trailing"},
    "sections": {"axes_dim": (16, 56, 56)},
    "unequal-sections": {"axes_dim": (44, 42, 42)},
    "two-sections": {"axes_dim": (20, 12)},
    "four-sections": {"axes_dim": (8, 12, 8, 4)},
    "whole-vector": {"axes_dim": (16, 24, 24), "axes_halves": "whole-vector"},
    "dealt": {"mrope_section": (8, 12, 12)},
    "partial-dealt": {"rotary_dim": 64, "mrope_section": (8, 12, 12)},
}
"""The parameters of a composition, by what it is called."""
COMPOSED: Sequence[tuple[ModuleType, str, Sequence[str]]] = (
    (
        rope,
        "rope",
        ("trailing", "sections", "unequal-sections", "two-sections", "four-sections", "whole-vector"),
    ),
    (rope_linear, "rope-linear", ("partial", "sections")),
    (rope_llama3, "rope-llama3", ("partial", "dealt")),
    (rope_yarn, "rope-yarn", ("partial", "trailing", "dealt")),
    (rope_longrope, "rope-longrope", ("partial", "trailing")),
    (mrope, "mrope", ("partial-dealt",)),
)
"""Where the forms are of what is put together, and how."""


def turned(form: Form, x: Tensor, positions: Tensor, layout: Layout, shape: Mapping[str, Any], **more: Any) -> Tensor:
    """The coordinates that do not turn, and beside them those that do, as a vector of their own."""
    widths = shape.get("axes_dim", (2 * sum(shape.get("mrope_section", ())),))
    count = shape.get("rotary_dim", sum(widths))
    if "rotary_slice" in shape:
        rest, part = x[..., : x.shape[-1] - count], x[..., x.shape[-1] - count :]
        return torch.cat([rest, form(part, positions, **more)], dim=-1)
    part, rest = x[..., :count], x[..., count:]
    if "axes_dim" in shape:
        halves = layout == "half" and shape.get("axes_halves") == "whole-vector"
        each = zip(_apart(part, widths, halves), positions.unbind(-1), strict=True)
        sections = [form(section, places, **more) for section, places in each]
        return torch.cat([*_together(sections, halves), rest], dim=-1)
    if "mrope_section" in shape and form.__module__ != mrope.__name__:
        return torch.cat([_dealt(form, part, positions, layout, shape["mrope_section"], **more), rest], dim=-1)
    return torch.cat([form(part, positions, **more), rest], dim=-1)


def _apart(x: Tensor, widths: Sequence[int], halves: bool) -> Sequence[Tensor]:
    """The sections of these widths, each a vector of its own; of `halves`, both of the vector have a half of each."""
    if not halves:
        return list(x.split(widths, dim=-1))
    each = [half.split([width // 2 for width in widths], dim=-1) for half in x.chunk(2, dim=-1)]
    return [torch.cat(both, dim=-1) for both in zip(*each, strict=True)]


def _together(sections: Sequence[Tensor], halves: bool) -> Sequence[Tensor]:
    """What belongs behind one another, of sections that were taken apart so."""
    both = [section.chunk(2, dim=-1) for section in sections]
    return [half for side in zip(*both, strict=True) for half in side] if halves else sections


def _dealt(form: Form, x: Tensor, positions: Tensor, layout: Layout, section: Sequence[int], **more: Any) -> Tensor:
    """Turned whole by every axis, and of each the pairs that are its own."""
    axes = torch.repeat_interleave(torch.arange(len(section)), torch.tensor(section))
    axis_of = (axes.repeat(2) if layout == "half" else axes.repeat_interleave(2)).to(x.device)
    by_axis = torch.stack([form(x, places, **more) for places in positions.unbind(-1)], dim=-1)
    return by_axis[..., torch.arange(x.shape[-1], device=x.device), axis_of]


def composed(form: Form, layout: Layout, shape: Mapping[str, Any]) -> Form:
    """The composition of this shape, with the parameters of its form."""

    @functools.wraps(form)
    def composition(x: Tensor, positions: Tensor, **more: Any) -> Tensor:
        return turned(form, x, positions, layout, shape, **more)

    return composition


def _register(form: Form, kind: str, layout: Layout, encoding: str, name: str) -> None:
    called, fixed = f"{encoding}-{name}-{kind}", SHAPES[name]
    declare = implements(encoding, form=kind, layout=layout, name=called, dtypes=DTYPES, parameters=fixed)
    declare(composed(form, layout, fixed))


for module, encoding, names in COMPOSED:
    halves = getattr(module, "elementwise_half", None) or module.elementwise
    neighbours = getattr(module, "complex_interleaved", None) or module.complex_product
    for name in names:
        _register(halves, "elementwise", "half", encoding, name)
        _register(neighbours, "complex", "interleaved", encoding, name)
