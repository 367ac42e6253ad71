"""The settings of a whole process, which a plug-in finds and has to leave as they are."""

import os
import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

SETTINGS: Mapping[str, Callable[[], Any]] = {
    "the default dtype": torch.get_default_dtype,
    "the default device": torch.get_default_device,
    "whether gradients are computed": torch.is_grad_enabled,
    "inference mode": torch.is_inference_mode_enabled,
    "the number of threads": torch.get_num_threads,
    "deterministic algorithms": torch.get_deterministic_debug_mode,
    "the precision of float32 products": torch.get_float32_matmul_precision,
    "anomaly detection": torch.is_anomaly_enabled,
    "denormal numbers": lambda: float(torch.tensor(1e-310, dtype=torch.float64) * 1) == 0,
    "the state of random numbers": lambda: hash(torch.get_rng_state().numpy().tobytes()),
    "numpy's handling of errors": lambda: sorted(np.geterr().items()),
    "the recursion limit": sys.getrecursionlimit,
    "the working directory": os.getcwd,
    "the tracing function": sys.gettrace,
    "the printing of tensors": lambda: torch.tensor(1 / 3).__repr__(),
    "the filters of warnings": lambda: len(warnings.filters),
}
"""By what is said of them."""


def settings() -> dict[str, str]:
    """What they are."""
    return {name: _shown(read) for name, read in SETTINGS.items()}


def _shown(read: Callable[[], Any]) -> str:
    try:
        return str(read())
    except Exception as error:
        return type(error).__name__


def changed(usual: Mapping[str, str]) -> list[str]:
    """What is no longer as it was, in words."""
    now = settings()
    return [f"{name}: {now[name]} instead of {before}" for name, before in usual.items() if now[name] != before]
