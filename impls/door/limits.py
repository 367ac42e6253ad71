"""What a process that holds a plug-in may use."""

import math
import resource
from dataclasses import dataclass, replace

GIBI, KIBI = 2**30, 2**10


@dataclass(frozen=True)
class Limits:
    """Of one process: memory in GiB, seconds of all its calls together, kB of what it prints, open files.

    `import_seconds` is what its import may take.
    """

    memory: float = 16.0
    seconds: float = 900.0
    output: float = 64.0
    files: float = 512
    import_seconds: float = 60.0

    def without_memory(self) -> "Limits":
        """The same for a process with a device, which is given far more addresses than it has memory."""
        return replace(self, memory=math.inf)

    def impose(self) -> None:
        """Hold this process to those that the system knows; none of them may be above what the user may have."""
        memory = resource.RLIM_INFINITY if math.isinf(self.memory) else int(self.memory * GIBI)
        for which, wanted in (
            (resource.RLIMIT_AS, memory),
            (resource.RLIMIT_NOFILE, int(self.files)),
            (resource.RLIMIT_CORE, 0),
        ):
            _, most = resource.getrlimit(which)
            allowed = wanted if most == resource.RLIM_INFINITY else most if wanted < 0 else min(wanted, most)
            resource.setrlimit(which, (allowed, allowed))
