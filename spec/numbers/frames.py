"""Every image up to 64 x 64 as a frame lays it between two texts, in integers."""

from functools import cache

import numpy as np

from spec.definitions.placing import FRAMES, Frame

SIDE = 64


@cache
def measured(variant: str) -> dict[str, np.ndarray]:
    """Every image up to SIDE x SIDE, in integers: all numbers are multiplied by (h + 1)(w + 1), by which they can be.

    `rows` and `columns`, shape (h, w, patch), are those of the patches; those behind the last are 0. The others have
    the shape (h, w).
    """
    h, w = np.mgrid[1 : SIDE + 1, 1 : SIDE + 1]
    unit = (h + 1) * (w + 1)
    frames = [[_integers(FRAMES[variant](i, j), (i + 1) * (j + 1)) for j in w[0].tolist()] for i in h[:, 0].tolist()]
    s, t, a, b = np.moveaxis(np.array(frames, dtype=np.int64), -1, 0)
    index = np.arange(1, SIDE + 1)
    rows, columns = ((index * step[..., None]) * (index <= size[..., None]) for step, size in ((s, h), (t, w)))
    return {"h": h, "w": w, "unit": unit, "s": s, "t": t, "a": a, "b": b, "rows": rows, "columns": columns}


def _integers(frame: Frame, unit: int) -> list[int]:
    exact = [unit * value for value in (*frame.steps, *frame.reach)]
    assert all(value == int(value) for value in exact)
    return [int(value) for value in exact]
