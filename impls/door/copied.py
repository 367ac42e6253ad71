"""What the process has imported of which each that holds a plug-in is a copy."""

from impls.door.processes import for_good

with for_good():
    from impls.door import worker

__all__ = ["worker"]
