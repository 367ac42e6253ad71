"""What a process that holds a plug-in may use."""

import resource
from dataclasses import dataclass

GIBI, KIBI = 2**30, 2**10


@dataclass(frozen=True)
class Limits:
    """Of one process: memory in GiB, seconds of all its calls together, kB of what it prints, open files."""

    memory: float = 16.0
    seconds: float = 900.0
    output: float = 64.0
    files: float = 512

    def impose(self) -> None:
        """Hold this process to those that the system knows; none of them may be above what the user may have."""
        for which, wanted in (
            (resource.RLIMIT_AS, int(self.memory * GIBI)),
            (resource.RLIMIT_NOFILE, int(self.files)),
            (resource.RLIMIT_CORE, 0),
        ):
            _, most = resource.getrlimit(which)
            allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
            resource.setrlimit(which, (allowed, allowed))
