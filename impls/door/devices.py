"""Where tensors are: whether there is such a device, what it is called, and when it has done what it was told."""

import shutil
from typing import Any

HOST = "cpu"
COMPILERS = ("cc", "gcc", "clang", "g++", "c++", "cl")


def kind_of(device: str) -> str:
    """Of "cuda:1", "cuda". Raises ValueError for what names no device."""
    if device == HOST:
        return HOST
    try:
        return str(_torch().device(str(device)).type)
    except RuntimeError:
        raise ValueError(f"{device!r} names no device; expected one such as cpu, cuda, cuda:1, mps or xpu") from None


def _torch() -> Any:
    """Imported where a device is asked for: who judges on the host does without."""
    import torch

    return torch


def _module(device: str) -> Any:
    """The part of torch that knows the devices of a kind; None where there is none."""
    return getattr(_torch(), kind_of(device), None)


def is_there(device: str) -> bool:
    """Whether tensors can be there."""
    if kind_of(device) == HOST:
        return True
    module = _module(device)
    available = module is not None and hasattr(module, "is_available") and module.is_available()
    return bool(available) and (_torch().device(device).index or 0) < module.device_count()


def called(device: str) -> str:
    """What a device is called: the card, where there is one."""
    name = None if kind_of(device) == HOST else getattr(_module(device), "get_device_name", None)
    return f"{device}: {name(_torch().device(device))}" if name is not None and is_there(device) else device


def finish(device: str) -> None:
    """Wait until it has done what it was told, so that an error is raised by the call that made it."""
    if kind_of(device) != HOST:
        _module(device).synchronize(device)


def is_lost(device: str, error: BaseException) -> bool:
    """Whether a device is of no use any more to this process after an error: an illegal access, a trap."""
    if kind_of(device) == HOST:
        return False
    return isinstance(error, getattr(_torch(), "AcceleratorError", ())) or "CUDA error" in str(error)


def compiles(device: str) -> bool:
    """Whether inductor can compile for a device: with a compiler of C++, or Triton."""
    return kind_of(device) != HOST or any(map(shutil.which, COMPILERS))
