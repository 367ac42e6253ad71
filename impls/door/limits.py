"""What a process that holds a plug-in may use."""

import resource
from dataclasses import dataclass

from impls.door.devices import HOST

GIBI, KIBI = 2**30, 2**10


@dataclass(frozen=True)
class Limits:
    """Of one process: memory in GiB, seconds of all its calls together, kB of what it prints, open files.

    `import_seconds` is what its import may take. With a device, memory has no limit: far more addresses are given than
    are used.
    """

    memory: float = 16.0
    seconds: float = 900.0
    output: float = 64.0
    files: float = 512
    import_seconds: float = 60.0
    device: str = HOST

    def impose(self) -> None:
        """Hold this process to those that the system knows; none of them may be above what the user may have."""
        memory = [(resource.RLIMIT_AS, int(self.memory * GIBI))] if self.device == HOST else []
        for which, wanted in (*memory, (resource.RLIMIT_NOFILE, int(self.files)), (resource.RLIMIT_CORE, 0)):
            _, most = resource.getrlimit(which)
            allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
            resource.setrlimit(which, (allowed, allowed))
