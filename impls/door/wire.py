"""How a process that holds a plug-in is asked, and understood by the one that judges: plain values, never objects.

What comes in is read as data, so that nothing a plug-in sends can run where the verdict is made. Either way, many
numbers that float32 holds cross as such, and are float64 again: half the bytes take a quarter of the time.
"""

import io
import json
import math
import pickle
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

KINDS = "biufc"
"""Of arrays: booleans, integers, unsigned ones, floats and complex numbers."""
MANY = 2**12
"""From so many numbers on it is worth it."""


class Garbled(ValueError):
    """What came is not what is sent here."""


def sent(message: Any) -> bytes:
    """A message of the one that judges, which `pickle.loads` reads."""
    written = io.BytesIO()
    _Narrow(written, protocol=5).dump(message)
    return written.getvalue()


class _Narrow(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        narrow = _narrow(value) if isinstance(value, np.ndarray) else None
        return NotImplemented if narrow is None else (_wide, (narrow.tobytes(), narrow.shape))


def _narrow(values: np.ndarray) -> np.ndarray | None:
    """The same numbers in float32; None where it does not hold them, or they are few."""
    if values.size < MANY or values.dtype != np.float64:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        narrow = values.astype(np.float32)
    return narrow if np.array_equal(narrow, values) else None


def _wide(numbers: bytes, shape: Sequence[int]) -> np.ndarray:
    return np.frombuffer(numbers, dtype=np.float32).reshape(shape).astype(np.float64)


def packed(value: Any) -> bytes:
    """A value as one message: a line of text, then the numbers of every array."""
    arrays = list[np.ndarray]()
    text = json.dumps(_plain(value, arrays)).encode()
    return b"".join([text, b"\n", *(np.ascontiguousarray(each).tobytes() for each in arrays)])


def unpacked(message: bytes) -> Any:
    """The value of a message. Raises Garbled."""
    parts = io.BytesIO(message)
    try:
        value = _value(json.loads(parts.readline()), parts)
        if left := parts.read():
            raise Garbled(f"{len(left)} bytes more than it tells of")
        return value
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError, MemoryError) as error:
        raise Garbled(str(error)) from None


def _plain(value: Any, arrays: list[np.ndarray]) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, np.ndarray) and value.dtype.kind in KINDS:
        narrow = _narrow(value)
        arrays.append(value if narrow is None else narrow)
        return {"array": value.dtype.str, "shape": value.shape} if narrow is None else {"narrow": value.shape}
    if isinstance(value, Mapping):
        return {"mapping": [[_plain(each, arrays) for each in pair] for pair in value.items()]}
    for kind in (tuple, list):
        if isinstance(value, kind):
            return {kind.__name__: [_plain(each, arrays) for each in value]}
    return {"object": type(value).__name__}


def _value(plain: Any, parts: io.BytesIO) -> Any:
    if not isinstance(plain, dict):
        return plain
    [(kind, inside)] = [(kind, inside) for kind, inside in plain.items() if kind != "shape"]
    if kind == "narrow":
        return _array(np.dtype(np.float32), inside, parts).astype(np.float64)
    if kind == "array":
        return _array(np.dtype(inside), plain["shape"], parts)
    if kind == "object":
        return f"an object of the class {inside}"
    if kind == "mapping":
        return {_value(name, parts): _value(each, parts) for name, each in inside}
    values = [_value(each, parts) for each in inside]
    return {"tuple": tuple(values), "list": values}[kind]


def _array(dtype: np.dtype, shape: Sequence[int], parts: io.BytesIO) -> np.ndarray:
    size = math.prod(shape) * dtype.itemsize
    numbers = parts.read(size)
    if dtype.kind not in KINDS or len(numbers) != size:
        raise Garbled(f"{len(numbers)} bytes for an array of {dtype} and the shape {shape}")
    return np.frombuffer(numbers, dtype=dtype).reshape(shape).copy()
