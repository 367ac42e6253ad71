"""The generator of torch, for those who do without torch: of a seed the same numbers, up to the last bit of float64."""

from math import prod

import numpy as np

Shape = tuple[int, ...]
AT_ONCE = 16
"""So many numbers are made together, and the last of these once more where more than these are no multiple of them."""


def _words(seed: int, count: int) -> np.ndarray:
    return np.random.RandomState(seed).randint(2**32, size=count, dtype=np.uint32)


def integers(seed: int, below: int, shape: Shape) -> np.ndarray:
    """As `torch.randint` draws them."""
    return (_words(seed, prod(shape)) % below).reshape(shape).astype(np.int64)


def gaussian(seed: int, shape: Shape) -> np.ndarray:
    """As `torch.randn` draws them in float64."""
    count = prod(shape)
    if count < AT_ONCE:
        first, second = _uniform(seed, count + count % 2).reshape(-1, 2).T
        return np.stack(_turned(second, first), axis=-1).ravel()[:count].reshape(shape)
    again = count % AT_ONCE
    uniform = _uniform(seed, count + (AT_ONCE if again else 0))
    drawn = np.empty(count)
    drawn[: count - again] = _together(uniform[: count - again])
    if again:
        drawn[-AT_ONCE:] = _together(uniform[count:])
    return drawn.reshape(shape)


def _uniform(seed: int, count: int) -> np.ndarray:
    """From 0 to 1, without 1, of 53 bits: 21 of one word and all of the next."""
    high, low = _words(seed, 2 * count).reshape(-1, 2).T
    return np.asarray((high & 0x1FFFFF) * 2.0**-21 + low * 2.0**-53)


def _together(uniform: np.ndarray) -> np.ndarray:
    lengths, turns = uniform.reshape(-1, 2, AT_ONCE // 2).swapaxes(0, 1)
    return np.stack(_turned(lengths, turns), axis=1).ravel()


def _turned(lengths: np.ndarray, turns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both coordinates of Box and Muller's points, of uniform numbers that are no longer so."""
    length, angle = np.sqrt(-2 * np.log(1 - lengths)), 2 * np.pi * turns
    return length * np.cos(angle), length * np.sin(angle)
