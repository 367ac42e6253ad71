"""Numbers as the dtypes of tensors hold them, for those who judge, and do without torch."""

from collections.abc import Callable, Mapping

import numpy as np


def _bfloat16(values: np.ndarray) -> np.ndarray:
    """The upper half of float32, to the nearest, and to the even one of two."""
    whole = values.astype(np.float32)
    bits = whole.view(np.uint32)
    bits = (bits + 0x7FFF + (bits >> 16 & 1)) & np.uint32(0xFFFF0000)
    return np.where(np.isnan(whole), whole, bits.view(np.float32))


ROUNDED: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "float64": lambda values: values,
    "float32": lambda values: values.astype(np.float32),
    "float16": lambda values: values.astype(np.float32).astype(np.float16),
    "bfloat16": _bfloat16,
}
"""As torch rounds: to half precision by way of float32."""
LARGEST: Mapping[str, float] = {
    **{name: float(np.finfo(name).max) for name in ("float64", "float32", "float16")},
    "bfloat16": (2 - 2.0**-7) * 2.0**127,
}
"""The largest number of a dtype."""


def rounded(values: np.ndarray, *dtypes: str) -> np.ndarray:
    """Numbers as these dtypes hold them, one after the other, in float64."""
    held = np.array(values, dtype=np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        for dtype in dtypes:
            held = ROUNDED[dtype](held).astype(np.float64)
    return held
