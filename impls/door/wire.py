"""How a process that holds a plug-in is understood by the one that judges: plain values and arrays, never objects.

What comes in is read as data, so that nothing a plug-in sends can run where the verdict is made.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

KINDS = "biufc"
"""Of arrays: booleans, integers, unsigned ones, floats and complex numbers."""


class Garbled(ValueError):
    """What came is not what is sent here."""


def packed(value: Any) -> list[bytes]:
    """A value as messages: one of text, then one for every array."""
    arrays = list[np.ndarray]()
    text = json.dumps(_plain(value, arrays)).encode()
    return [text, *(np.ascontiguousarray(each).tobytes() for each in arrays)]


def unpacked(messages: Iterator[bytes]) -> Any:
    """The value of messages, of which as many are taken as it needs. Raises Garbled."""
    try:
        return _value(json.loads(next(messages)), messages)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise Garbled(str(error)) from None


def _plain(value: Any, arrays: list[np.ndarray]) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, np.ndarray) and value.dtype.kind in KINDS:
        arrays.append(value)
        return {"array": value.dtype.str, "shape": value.shape}
    if isinstance(value, Mapping):
        return {"mapping": [[_plain(each, arrays) for each in pair] for pair in value.items()]}
    for kind in (tuple, list):
        if isinstance(value, kind):
            return {kind.__name__: [_plain(each, arrays) for each in value]}
    return {"object": type(value).__name__}


def _value(plain: Any, messages: Iterator[bytes]) -> Any:
    if not isinstance(plain, dict):
        return plain
    [(kind, inside)] = [(kind, inside) for kind, inside in plain.items() if kind != "shape"]
    if kind == "array":
        return _array(np.dtype(inside), plain["shape"], next(messages))
    if kind == "object":
        return f"an object of the class {inside}"
    if kind == "mapping":
        return {_value(name, messages): _value(each, messages) for name, each in inside}
    values = [_value(each, messages) for each in inside]
    return {"tuple": tuple(values), "list": values}[kind]


def _array(dtype: np.dtype, shape: Sequence[int], numbers: bytes) -> np.ndarray:
    if dtype.kind not in KINDS or math.prod(shape) * dtype.itemsize != len(numbers):
        raise Garbled(f"{len(numbers)} bytes for an array of {dtype} and the shape {shape}")
    return np.frombuffer(numbers, dtype=dtype).reshape(shape).copy()
