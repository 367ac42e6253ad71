"""`python -m impls.advisories [ID ...]`: replay what is known of published libraries, and say how each stands here."""

import argparse
import sys
from collections.abc import Sequence
from difflib import get_close_matches

from impls.advisories import ADVISORIES
from impls.advisories.replay import Replay, replays


def main(arguments: Sequence[str] | None = None) -> int:
    """Replay those that are named, or all; returns 1 where one is no longer as its record says."""
    parser = argparse.ArgumentParser(prog="python -m impls.advisories", description=__doc__)
    parser.add_argument("named", nargs="*", metavar="ID", help="an advisory; without any, all are replayed")
    named = parser.parse_args(arguments).named
    if unknown := [name for name in named if name not in ADVISORIES]:
        near = [each for name in unknown for each in get_close_matches(name, ADVISORIES, cutoff=0.4)]
        print(f"unknown advisory {', '.join(unknown)}; near: {', '.join(near) or 'none'}", file=sys.stderr)
        return 2
    found = []
    for each in replays(ADVISORIES[name] for name in named or ADVISORIES):
        print(told(each), flush=True)
        found.append(each)
    return int(any(each.state in ("fixed", "changed") for each in found))


def told(found: Replay) -> str:
    """One line: the state, the severity, the advisory, and in which version what was measured."""
    advisory = ADVISORIES[found.id]
    again = "" if found.version in (*advisory.versions, None) else f", recorded for {', '.join(advisory.versions)}"
    where = f"{advisory.package} {found.version}{again}" if found.version else ""
    numbers = "" if found.measured is None else f"measured {found.measured:.3g}, allowed {found.allowed:.3g}"
    first = f"{found.state:<11} {advisory.severity:<18} {found.id}"
    return ": ".join(filter(None, (first, where, numbers or found.message)))


if __name__ == "__main__":
    sys.exit(main())
