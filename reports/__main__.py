"""`python -m reports`: check, and tell. Writes report.json.gz, pages, report.md and badges.

    python -m reports --impl my_rope.py --output out/
    python -m reports --impl my_rope.py --output out/ --resume
    python -m reports combine shard-1/report.json.gz shard-2/report.json.gz --output out/

Exits with 0 if everything conforms, 1 if something does not, 4 for wrong usage, 5 if nothing could be checked here, as
pytest does; and with 130 or 143 where Ctrl-C or SIGTERM stopped it, after a report of what was found until then. A
shard with nothing to check is no failure: what the whole run looked at, `combine` tells.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from impls.door.processes import prepare

if any(argument.startswith("--impl") for argument in sys.argv):
    prepare()

import torch

from impls.advisories.replay import replays
from impls.loading import Loaded
from properties.runs.options import OPTIONS, WrongUsage, keywords, parsed, selection
from properties.runs.run import run
from reports.cells import View, view
from reports.combine import CombineError, combine
from reports.document import beside, context, document
from reports.everything import Stopped, Unfinished, in_shards, is_begun, put_away
from reports.libraries import as_seen, in_programs
from reports.resume import Earlier, NotResumable, earlier
from reports.schema import InvalidReport, load
from reports.terminal import show
from reports.write import Journal, write

CONFORMS, DOES_NOT, WRONG, NOTHING = 0, 1, 4, 5
STOPPED = 128
"""Added to the number of the signal, as shells do."""


class Parser(argparse.ArgumentParser):
    """Exits with pytest's status for wrong usage."""

    def error(self, message: str) -> NoReturn:
        """Say it in one line and leave."""
        self.exit(WRONG, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _combine(given[1:]) if given[:1] == ["combine"] else _check(given)
    except (WrongUsage, CombineError, InvalidReport, NotResumable, Unfinished, OSError) as error:
        print(f"python -m reports: {error}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt as stopped:
        print("python -m reports: stopped; the same command with --resume goes on", file=sys.stderr)
        return STOPPED + (stopped.number if isinstance(stopped, Stopped) else signal.SIGINT)


def _check(given: Sequence[str]) -> int:
    parser = Parser(prog="python -m reports", description="Check implementations and write the conformance report.")
    for option in OPTIONS:
        if option.reported:
            parser.add_argument(option.flag, **option.arguments)
    parser.add_argument("--shard", default="1/1", metavar="I/N", help="check only the I-th of N parts")
    parser.add_argument("--no-costs", action="store_true", help="leave out the measurement of costs")
    parser.add_argument("--no-replays", action="store_true", help="leave out whether libraries are still as they were")
    parser.add_argument("--bare", action="store_true", help="write report.json.gz alone")
    parser.add_argument("--output", default="out", metavar="DIR", help="where the report goes")
    parser.add_argument("--resume", action="store_true", help="go on where the run was cut off that wrote there")
    line = parser.parse_args(given)
    options = parsed(**keywords(line))
    part = _part(line.shard)
    journal = Journal(line.output)
    torch.set_num_threads(1)
    shard = None if line.shard == "1/1" else line.shard
    if not line.impl and shard is None and options.jobs > 1:
        return _everything(given, line, options.jobs)
    selected = selection(**keywords(line) | {"apart": line.apart or not line.bare})
    loaded = _shard(selected.loaded, *part)
    dealt = selected.loaded.implementations
    before = earlier(line.output, dealt, selected.plan, shard) if line.resume else Earlier({}, 0.0)
    told_of = partial(document, shard=shard, dealt=dealt, before=before.seconds, whole=not line.impl, bare=line.bare)
    found = run(
        loaded,
        selected.plan,
        expectations=selected.expectations,
        progress=_progress,
        keep=lambda so_far: journal.keep(lambda: told_of(so_far())),
        jobs=selected.jobs,
        before=before.results,
        beside=partial(beside, plan=selected.plan, measured=not line.no_costs),
    )
    if found.stopped is not None:
        print("python -m reports: stopped; this is what was found until then", file=sys.stderr)
        _tell(view(told_of(found)), line.output, bare=line.bare)
        return STOPPED + found.stopped
    shown = () if line.impl or line.bare or line.no_replays else replays(in_programs())
    told = told_of(found, replays=shown)
    if "advisories" in told:
        told["advisories"] = as_seen(told)
    return _tell(view(told), line.output, shard, bare=line.bare)


def _everything(given: Sequence[str], line: argparse.Namespace, jobs: int) -> int:
    """What is told beside the results is found out while these are, in this process."""
    if line.resume and not is_begun(line.output):
        selected = selection(**keywords(line))
        earlier(line.output, selected.loaded.implementations, selected.plan, None)

    def meanwhile() -> dict[str, Any]:
        shown = () if line.no_replays else replays(in_programs())
        return context(selection(**keywords(line)).loaded.implementations, whole=True, replays=shown)

    told = in_shards(given, line.output, jobs, resume=line.resume, meanwhile=meanwhile)
    told["advisories"] = as_seen(told)
    status = _tell(view(told), line.output, jobs=jobs)
    put_away(line.output)
    return status


def _combine(given: Sequence[str]) -> int:
    parser = Parser(prog="python -m reports combine", description="Join the shards of one run into one report.")
    parser.add_argument("reports", nargs="+", metavar="REPORT", help="the report.json.gz of a shard")
    parser.add_argument("--output", default="out", metavar="DIR", help="where the report goes")
    line = parser.parse_args(given)
    return _tell(view(combine([load(path) for path in line.reports])), line.output)


def _tell(report: View, output: str, shard: str | None = None, *, bare: bool = False, jobs: int = 1) -> int:
    written = write(report, output, bare=bare, jobs=jobs)
    if not bare:
        show(report)
    first = [str(path) for path in written if path.parent == Path(output)]
    more = f", and {len(written) - len(first)} files beside them" if len(written) > len(first) else ""
    print(f"Written: {', '.join(first)}{more}")
    if shard is not None and report.is_bare:
        print(f"Nothing is to be checked in the shard {shard}; join it with the others all the same.")
        return CONFORMS
    if not report.conforming:
        return DOES_NOT
    return CONFORMS if report.counts["pass"] + report.counts["expected-fail"] else NOTHING


def _part(which: str) -> tuple[int, int]:
    index, _, count = which.partition("/")
    if not (index.isdigit() and count.isdigit() and 1 <= int(index) <= int(count)):
        raise WrongUsage(f"--shard {which!r} is not I/N with 1 <= I <= N, such as 2/4")
    return int(index), int(count)


def _shard(loaded: Loaded, index: int, count: int) -> Loaded:
    mine = loaded.implementations[index - 1 :: count]
    return Loaded(mine, loaded.problems if index == 1 else ())


def _progress(name: str, done: int, total: int) -> None:
    print(f"[{done + 1}/{total}] {name}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    if "--bare" in sys.argv:
        os._exit(status)  # whatever threads a library has left
    sys.exit(status)
