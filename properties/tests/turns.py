"""Long tables of tests: some rows in an ordinary run, all of them with `-m thorough`."""

import zlib
from collections.abc import Iterable
from typing import Any

import pytest


def in_turn(names: Iterable[str], one_in: int) -> list[Any]:
    """The names as parameters of a test; of every `one_in`, all but one are thorough, always the same ones."""
    return [
        pytest.param(name, marks=() if zlib.crc32(name.encode()) % one_in == 0 else pytest.mark.thorough)
        for name in names
    ]
