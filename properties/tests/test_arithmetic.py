"""Other arithmetic: right where it is declared, and told as what it is where it is not."""

import dataclasses
import math

import pytest
import torch

from properties.measures.diagnosis import diagnosis
from properties.runs.catalogue import PROPERTIES
from properties.runs.plan import Plan
from properties.runs.run import check
from properties.tests.miniatures import miniature

HIGH = torch.tensor(2 * math.pi, dtype=torch.float32)
LOW = (2 * math.pi - HIGH.double()).float()


def rotated(x, cosines, sines):
    a, b = x[..., 0::2], x[..., 1::2]
    c, s = cosines.to(x.dtype), sines.to(x.dtype)
    return torch.stack([a * c - b * s, b * c + a * s], -1).flatten(-2)


def multiplied_up(x, positions, *, base=10000.0):
    """As ggml does: the position, multiplied once more for every pair, in float32; the power is off by one ulp."""
    dim = x.shape[-1]
    ratio = torch.nextafter(torch.tensor(base ** (-2 / dim), dtype=torch.float32), torch.tensor(2.0))
    angle, found = positions.float(), []
    for _ in range(dim // 2):
        found.append(angle)
        angle = angle * ratio
    angles = torch.stack(found, -1)
    return rotated(x, angles.cos(), angles.sin())


def fast(wave, angle):
    """A cosine or sine as a special function unit gives it, off by 2^-21."""
    return (wave(angle.double()) + 2.0**-21 * torch.sign(torch.sin(3e4 * angle.double()))).float()


def in_two_words(x, positions, *, base=10000.0):
    angle = positions.float()[..., None] * (base ** (-torch.arange(0, x.shape[-1], 2).double() / x.shape[-1])).float()
    turns = torch.round(angle.double() / (2 * math.pi))
    left = (angle.double() - turns * HIGH.double()).float()
    left = (left.double() - turns * LOW.double()).float()
    return rotated(x, fast(torch.cos, left), fast(torch.sin, left))


def shifted(x, positions, *, base=10000.0):
    """RoPE in float32 whose positions count from 1000."""
    angle = (positions + 1000).float()[..., None] * (
        base ** (-torch.arange(0, x.shape[-1], 2).double() / x.shape[-1])
    ).float()
    return rotated(x, angle.cos(), angle.sin())


def failed(one, *ids):
    """The properties that fail, of these, or in a survey of all."""
    asked = tuple(prop for prop in PROPERTIES if prop.id in ids) if ids else PROPERTIES
    plan = Plan(properties=asked, dtypes=("float32",), survey=not ids)
    return {result.property for result in check(one, plan) if not result.conforms}


@pytest.mark.parametrize(
    ("function", "word", "said"),
    [
        (multiplied_up, "products", "as if the frequencies were multiplied up from pair to pair"),
        (in_two_words, "two-word", "as if angles were reduced by 2 pi in two words before a fast cosine"),
    ],
    ids=["products", "two-word"],
)
def test_it_conforms_as_declared_and_is_told_where_it_is_not(function, word, said):
    one = miniature(function, layout="interleaved", dtypes=("float32",))
    assert failed(dataclasses.replace(one, arithmetic=word)) == set()
    assert failed(one, "exact-values")
    (told,) = diagnosis(one, "float32")
    assert told.startswith(f"less accurate than unavoidable: {said}")
    assert diagnosis(dataclasses.replace(one, arithmetic=word), "float32") == ()


def in_one_word(x, positions, *, base=10000.0):
    angle = positions.float()[..., None] * (base ** (-torch.arange(0, x.shape[-1], 2).double() / x.shape[-1])).float()
    left = (angle.double() - torch.round(angle.double() / (2 * math.pi)) * HIGH.double()).float()
    return rotated(x, left.cos(), left.sin())


def test_what_is_wrong_far_out_alone_is_told_apart():
    one = miniature(in_one_word, layout="interleaved", dtypes=("float32",))
    assert failed(one, "large-positions")
    (told,) = diagnosis(one, "float32")
    assert told.startswith("wrong far out, right near 0: as if cosines were those of a fast intrinsic")


def test_a_plain_rope_is_not_told_to_be_less_accurate():
    def plain(x, positions, *, base=10000.0):
        angle = positions.double()[..., None] * base ** (-torch.arange(0, x.shape[-1], 2).double() / x.shape[-1])
        return rotated(x, angle.cos(), angle.sin())

    assert diagnosis(miniature(plain, layout="interleaved"), "float32") == ()


def test_bounds_count_from_the_origin_that_is_declared():
    one = miniature(shifted, layout="interleaved", dtypes=("float32",), compare="score")
    assert failed(one, "exact-logits", "relative-position-invariance", "parameters-honoured")
    assert failed(dataclasses.replace(one, origin=1000)) == set()
