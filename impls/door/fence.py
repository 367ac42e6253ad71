"""A process that can reach none but those it starts: neither by signals nor by sockets, nor into their memory."""

import ctypes
import os
import sys

CREATE_RULESET, RESTRICT_SELF = 444, 446
"""System calls of Landlock, by which a process gives up rights for itself and for all that it starts."""
ITS_VERSION = 1
NO_NEW_RIGHTS = 38
"""PR_SET_NO_NEW_PRIVS: nothing that is started has more rights; Landlock asks for it."""
SOCKETS, SIGNALS = 1, 2
"""Scopes: abstract sockets, such as that of the process which makes copies of itself, and signals."""
SINCE = 6
"""The version of Landlock that has these scopes, which is that of Linux 6.12."""


class Ruleset(ctypes.Structure):
    """What Landlock is asked for; files and networks stay as they are."""

    _fields_ = (("files", ctypes.c_uint64), ("networks", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


def can_fence() -> bool:
    """Whether the system can do it."""
    if sys.platform != "linux":
        return False
    version: int = ctypes.CDLL(None).syscall(CREATE_RULESET, None, 0, ITS_VERSION)
    return version >= SINCE


def fence() -> None:
    """Fence this process in for good, where the system can."""
    if not can_fence():
        return
    system, rules = ctypes.CDLL(None), Ruleset(scoped=SOCKETS | SIGNALS)
    ruleset = system.syscall(CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(ctypes.sizeof(rules)), 0)
    system.prctl(NO_NEW_RIGHTS, 1, 0, 0, 0)
    system.syscall(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
