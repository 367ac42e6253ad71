"""What code conforms as that is declared to be something else, and what its pairs follow on a grid."""

from typing import Any

import pytest
import torch

from impls.declaration import default_layout
from impls.faults import all_faults
from properties.runs.dealing import dealing
from properties.runs.likeness import likenesses
from properties.tests.miniatures import miniature

FAULTS = {fault.name: fault for fault in all_faults()}


def ladder(size):
    return 10000.0 ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)


def halves(x, angle):
    a, b = x.chunk(2, dim=-1)
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


def pairs(x, angle):
    a, b = x.unflatten(-1, (-1, 2)).unbind(-1)
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    return torch.stack([a * cos - b * sin, b * cos + a * sin], dim=-1).flatten(-2)


def first_quarter(x, positions):
    size = x.shape[-1] // 4
    turned = halves(x[..., :size], positions.double()[:, None] * ladder(size))
    return torch.cat([turned, x[..., size:]], dim=-1)


def last_sixteen(x, positions):
    return torch.cat([x[..., :-16], halves(x[..., -16:], positions.double()[:, None] * ladder(16))], dim=-1)


def fastest_half(x, positions):
    theta = ladder(x.shape[-1])
    return halves(x, positions.double()[:, None] * theta * (torch.arange(len(theta)) < len(theta) // 2))


def filled(x, positions):
    angles = [positions[:, axis, None].double() * ladder(size) for axis, size in enumerate((4, 6, 6))]
    return pairs(x, torch.cat(angles, dim=-1))


def longer_queries(x, positions, *, role="query"):
    stretches = torch.floor(positions.double() / 8192)[:, None]
    return (x.double() * (1 + 0.1 * torch.log1p(stretches))).to(x.dtype) if role == "query" else x.clone()


CONFORMING: dict[str, tuple[Any, dict[str, Any]]] = {
    "it conforms as temperature-tuning, without a convention": (
        longer_queries,
        {"encoding": "temperature-tuning", "convention": "ends"},
    ),
    'it conforms as rope, layout="interleaved", head_sizes=(16,)': (filled, {"parameters": {"axes_dim": (4, 6, 6)}}),
    'it conforms as rope, layout="half", head_sizes=(64,), parameters={"rotary_dim": 16}': (
        first_quarter,
        {"layout": "half"},
    ),
    'it conforms as rope, layout="half", parameters={"rotary_dim": 16, "rotary_slice": "trailing"}': (
        last_sixteen,
        {"layout": "half", "head_sizes": (64,)},
    ),
    'it conforms as rope-proportional, layout="half", parameters={"partial_rotary_factor": 0.5}': (
        fastest_half,
        {"layout": "half"},
    ),
}


@pytest.mark.parametrize("said", CONFORMING)
def test_what_is_to_be_declared_instead_is_said(said):
    function, declared = CONFORMING[said]
    assert likenesses(miniature(function, **declared), "float32") == (said,)


def column_first(x, positions, *, mrope_section=None):
    time, row, column = mrope_section or (8, 12, 12)
    axes = torch.repeat_interleave(torch.tensor([2, 0, 1]), torch.tensor([column, time, row]))
    return halves(x, positions.double()[:, axes] * ladder(x.shape[-1]))


def test_sections_in_another_order_are_told_by_what_their_pairs_follow():
    sections = miniature(column_first, "mrope", layout=default_layout("mrope", "rotate-half"), head_sizes=(64,))
    assert dealing(sections, "float32") == (
        "at dimension 64 it follows the column (pairs 0 to 11), the time (pairs 12 to 19), the row (pairs 20 to 31); "
        "it should follow the time (pairs 0 to 7), the row (pairs 8 to 19), the column (pairs 20 to 31)",
    )


@pytest.mark.parametrize("name", ["rope-2d-axes-swapped", "mrope-time-last", "composed-fourth-axis-left-out"])
def test_exchanged_axes_are_told(name):
    assert len(dealing(FAULTS[name], "float32")) == 1


@pytest.mark.parametrize("name", ["mrope-sections-widened", "sine-sign-flipped", "mrope-frequencies-by-section"])
def test_nothing_is_said_of_axes_that_are_right_or_mixed_up(name):
    assert dealing(FAULTS[name], "float32") == ()
