"""What an encoding looks like, in numbers: worked out from its definition, on the case of one of its forms."""

import math
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import numpy as np

from impls import Implementation
from properties.cases.case import Case, counts_of_heads, nearest
from properties.subjects import subject_of
from spec import Encoding
from spec.definitions.assignment import Assignment
from spec.definitions.map import Map
from spec.definitions.words import Undefined

SIDE, FAR, WIDE, TURNED = 24, 256, 64, 13
"""Positions of the map of logits, the largest distance, the dimension of far distances, and positions of a rotation."""
MIXED = (("text", 3), ("image", 4, 4), ("text", 3))


def picture(encoding: Encoding, forms: Iterable[Implementation]) -> dict[str, Any] | None:
    """Its numbers, as `context.Picture` describes them; None where no form is there to say which cases it takes."""
    plain = (one for one in forms if one.encoding == encoding.name and not (one.convention or one.parameters))
    form = next(plain, None)
    if form is None:
        return None
    if isinstance(encoding.definition, Assignment):
        return {"places": _placed(form)}
    found = {"attention": _logits(form, 16, range(SIDE), range(SIDE))}
    with suppress(ValueError, IndexError):
        distances = sorted({round(2 ** (step / 4)) for step in range(4 * int(math.log2(FAR)) + 1)} | {0})
        along = _logits(form, WIDE, distances, (0,))
        if len(along) == len(distances):
            found["kernel"] = [[distance, row[0]] for distance, row in zip(distances, along, strict=True)]
    if isinstance(encoding.definition, Map) and encoding.width == 2:
        found |= _rotation(form)
    return found


def _placed(form: Implementation) -> list[list[float]]:
    """The places of text, an image and text, or of the image alone where there is no text."""
    for segments in (MIXED, MIXED[1:2]):
        truth = subject_of(form, "float64", Case(segments=segments).within(form)).truth
        with suppress(Undefined):
            places = np.asarray(truth.output(segments), dtype=np.float64)
            return _rounded(places.reshape(len(places), -1))
    return []


def _logits(form: Implementation, dim: int, queries: Iterable[int], keys: Iterable[int]) -> list[list[float]]:
    """Between ones at these positions, of the first head."""
    heads = nearest(3, counts_of_heads(form))
    case = Case(dim=dim, positions=tuple(queries), others=tuple(keys), heads=heads).within(form)
    ones = [np.ones((1, 1, len(places), case.dim)) for places in (case.positions, case.others)]
    logits = subject_of(form, "float64", case).truth.logits(*ones, case.positions, case.others)
    return _rounded(np.asarray(logits, dtype=np.float64)[0, 0])


def _rotation(form: Implementation) -> dict[str, Any]:
    wide = subject_of(form, "float64", Case(dim=WIDE, positions=(1,)).within(form)).truth.waves
    case = Case(dim=16, positions=tuple(range(TURNED))).within(form)
    turned = subject_of(form, "float64", case).truth.blocks(case.positions)
    return {
        "wavelengths": _rounded(np.array([2 * math.pi / abs(float(theta)) for theta in wide.thetas if theta])),
        "turns": _rounded(np.asarray(turned, dtype=np.float64)[:, :3, :, 0].swapaxes(0, 1)),
    }


def _rounded(array: np.ndarray) -> list[Any]:
    """As JSON, to four digits."""
    digits = np.vectorize(lambda value: float(f"{value:.4g}"), otypes=[float])
    return digits(array).tolist() if array.size else []
