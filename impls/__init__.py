"""Code that claims to be an encoding: forms, adapters to published libraries, plug-ins, known faults."""

from impls.registry import Implementation, implements

__all__ = ["Implementation", "implements"]
