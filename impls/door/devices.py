"""Where tensors are: whether there is such a device, what it is called, and when it has done what it was told."""

import shutil

import torch

HOST = "cpu"
COMPILERS = ("cc", "gcc", "clang", "g++", "c++", "cl")


def kind_of(device: str) -> str:
    """Of "cuda:1", "cuda". Raises ValueError for what names no device."""
    try:
        return str(torch.device(str(device)).type)
    except RuntimeError:
        raise ValueError(f"{device!r} names no device; expected one such as cpu, cuda, cuda:1, mps or xpu") from None


def is_there(device: str) -> bool:
    """Whether tensors can be there."""
    wanted = torch.device(device)
    if wanted.type == HOST:
        return True
    module = getattr(torch, wanted.type, None)
    available = module is not None and hasattr(module, "is_available") and module.is_available()
    return bool(available) and (wanted.index or 0) < module.device_count()  # type: ignore[union-attr]


def called(device: str) -> str:
    """What a device is called: the card, where there is one."""
    wanted = torch.device(device)
    name = getattr(getattr(torch, wanted.type, None), "get_device_name", None)
    return f"{device}: {name(wanted)}" if name is not None and is_there(device) else device


def finish(device: str) -> None:
    """Wait until it has done what it was told, so that an error is raised by the call that made it."""
    if torch.device(device).type != HOST:
        getattr(torch, torch.device(device).type).synchronize(device)


def is_lost(device: str, error: BaseException) -> bool:
    """Whether a device is of no use any more to this process after an error: an illegal access, a trap."""
    asynchronous = getattr(torch, "AcceleratorError", ())
    return torch.device(device).type != HOST and (isinstance(error, asynchronous) or "CUDA error" in str(error))


def compiles(device: str) -> bool:
    """Whether inductor can compile for a device: with a compiler of C++, or Triton."""
    return torch.device(device).type != HOST or any(map(shutil.which, COMPILERS))
