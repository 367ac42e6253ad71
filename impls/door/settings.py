"""The settings of a whole process, which a plug-in finds and has to leave as they are."""

import builtins
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping
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
    "the search for anomalies": torch.is_anomaly_enabled,
    "whether denormal numbers are zero": lambda: float(torch.tensor(1e-310, dtype=torch.float64) * 1) == 0,
    "numpy's handling of errors": lambda: sorted(np.geterr().items()),
    "the working directory": os.getcwd,
    "the tracing function": sys.gettrace,
    "how tensors are printed": lambda: repr(torch.tensor(1 / 3)),
}
"""By what is said of them."""
OWNERS = {
    "torch": torch,
    "torch.Tensor": torch.Tensor,
    "torch.nn.functional": torch.nn.functional,
    "numpy": np,
    "math": math,
    "builtins": builtins,
}
"""Those whose functions others rely on."""
Settings = Mapping[str, object]


def settings() -> Settings:
    """What they are, and which functions there are by which names."""
    read = {name: _read(each) for name, each in SETTINGS.items()}
    return read | {f"{owner}.{name}": each for owner, name, each in _functions()}


def _read(setting: Callable[[], Any]) -> str:
    try:
        return str(setting())
    except Exception as error:
        return type(error).__name__


def _functions() -> Iterator[tuple[str, str, object]]:
    for owner, module in OWNERS.items():
        yield from ((owner, name, each) for name, each in list(vars(module).items()) if callable(each))


def changed(usual: Settings, module: str) -> list[str]:
    """What is no longer as it was, in words; of functions, those for which a module has put its own.

    PyTorch itself exchanges some of its functions when it is asked to compile.
    """
    now = settings()
    put = [name for name in usual if name not in SETTINGS and getattr(now.get(name), "__module__", None) == module]
    return [
        *(f"{name}: {now[name]} instead of {usual[name]}" for name in SETTINGS if now[name] != usual[name]),
        *(f"{name} is a function of its own" for name in put if now[name] is not usual[name]),
    ]
