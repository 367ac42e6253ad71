"""`python -m spec show NAME`: its parameters with their defaults, its conventions, and how its pairs lie on a grid.

`python -m spec prove NAME`: prove an encoding, and say what could be said of each cell that is not settled.

Without a name all of them.

`python -m spec record`: prove all of them, and write down which are.

Exits with 0 if every cell is settled, 1 if some cell is not, 4 for wrong usage.
"""

import sys
from collections.abc import Iterator, Sequence
from time import perf_counter

from spec.definitions.encoding import Encoding
from spec.definitions.refusals import near
from spec.proving.suggestions import computed, letters, line, provable, settled
from spec.record import versions, written
from spec.shown import shown
from spec.truth import ENCODINGS, STATEMENTS, WrongSpec, verdict

SETTLED, OPEN, WRONG = 0, 1, 4
USAGE = "usage: python -m spec show [NAME ...], python -m spec prove [NAME ...], or python -m spec record"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    try:
        return _done(list(sys.argv[1:] if arguments is None else arguments))
    except WrongSpec as error:
        print(f"python -m spec: {error}", file=sys.stderr)
        return WRONG


def _done(given: Sequence[str]) -> int:
    if given == ["record"]:
        print(written(), end="")
        return SETTLED
    if not given or given[0] not in ("prove", "show"):
        print(USAGE, file=sys.stderr)
        return WRONG
    names = list(given[1:]) or list(ENCODINGS)
    if unknown := [name for name in names if name not in ENCODINGS]:
        print(f"unknown encoding {unknown[0]!r}; {near(unknown[0], ENCODINGS)}", file=sys.stderr)
        return WRONG
    if given[0] == "show":
        print("\n\n".join(shown(ENCODINGS[name]) for name in names))
        return SETTLED
    found = [version for name in names for version in versions(ENCODINGS[name]).items()]
    return OPEN if sum([_proved(title, one) for title, one in found]) else SETTLED


def _proved(title: str, encoding: Encoding) -> int:
    """Prove every cell, and print what is not settled; returns how many that are."""
    start = perf_counter()
    cells = [(statement, verdict(encoding, statement)) for statement in STATEMENTS.values()]
    left = [(statement, told) for statement, told in cells if not settled(encoding, statement, told)]
    print(f"{title}: {len(cells) - len(left)} of {len(cells)} cells are settled, in {perf_counter() - start:.1f} s")
    for statement, told in left:
        print(f"  {statement.id}: the table says {told.word}, which is not proved")
        print(f"    {computed(encoding, statement, told)}")
        print("\n".join(f"    {each}" for each in _advice(encoding, statement.id)))
    return len(left)


def _advice(encoding: Encoding, name: str) -> Iterator[str]:
    """What is provable instead, in a line to paste; or which letters a witness needs."""
    statement = STATEMENTS[name]
    found = provable(encoding, statement)
    if found is not None:
        yield f"provable is that it {'is ' if found.word == 'bounded' else ''}{found.word}; write into verdicts:"
        yield f"    {line(statement, found)}"
        return
    needed = ", ".join(letters(statement)) or "kernel and k, or m and n"
    yield f"no verdict was found that is provable; a witness needs {needed}"


if __name__ == "__main__":
    sys.exit(main())
