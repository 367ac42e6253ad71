"""KerasHub on the PyTorch backend: its modules, and layers that are built once for each dtype.

A layer casts what comes in to the dtype that it was made with, so that a model in bfloat16 has layers in bfloat16.
Keras chooses its backend when it is imported for the first time in a process.
"""

import os
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any

import torch

SOURCE = "https://github.com/keras-team/keras-hub/blob/master/keras_hub/src"


def module(path: str) -> Any:
    """The module of KerasHub at `path`, below `keras_hub.src`."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    return import_module(f"keras_hub.src.{path}")


def by_dtype(build: Callable[[str], Any]) -> Callable[[torch.dtype], Any]:
    """A layer for each dtype, built by the name of that dtype when it is first needed."""
    return lru_cache(maxsize=None)(lambda dtype: build(str(dtype).removeprefix("torch.")))
