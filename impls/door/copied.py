"""What the process has imported of which each that holds a plug-in is a copy."""

from impls.door.processes import for_good

with for_good():
    import impls.door.worker  # noqa: F401
