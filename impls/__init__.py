"""Code that claims to be an encoding: forms, adapters to published libraries, plug-ins, known faults."""

from typing import TYPE_CHECKING, Any

from impls.marker import implements

if TYPE_CHECKING:
    from impls.registry import Implementation

__all__ = ["Implementation", "implements"]


def __getattr__(name: str) -> Any:
    """What is checked is loaded when it is asked for, so that who registers a kernel loads neither spec nor torch."""
    if name != "Implementation":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from impls.registry import Implementation

    return Implementation
