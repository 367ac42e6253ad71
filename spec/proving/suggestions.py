"""What could be said of a cell that is not settled: what was computed, the verdict that is provable, and a witness."""

import inspect
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import islice, product
from typing import Any

from spec.definitions.encoding import Encoding
from spec.definitions.runs import MIXED, placeable
from spec.definitions.verdict import Bounded, Fails, Holds, Verdict, Witness, witness
from spec.proving.exhaustive import VIDEOS
from spec.proving.proofs import at_witness, prove, residual
from spec.proving.statement import Decides, Statement
from spec.proving.symbolic import VECTORS

TRIES = 200
"""How many small witnesses are tried."""
SMALL = (0, 1, 2, 3, 5)
CONTENTS = ((1, 0), (0, 1), (1, 1), (0, 0))
KERNELS, STEPS = (8, 64), range(1, 33)
PLACES = ((0, 1), (1, 2), (44, 0), (100, 0), (5, 8191))
SHOWN = 160


def letters(statement: Statement) -> tuple[str, ...]:
    """The letters for which a witness against a statement needs values."""
    if statement.residual is not None:
        return tuple(inspect.signature(statement.residual).parameters)[1:]
    return ("segments",) if statement.rule is not None else ()


def missing(statement: Statement, verdict: Verdict) -> tuple[str, ...]:
    """The letters of a statement that the witness of a failure leaves out."""
    given = verdict.witness.values if isinstance(verdict, Fails) else letters(statement)
    return tuple(letter for letter in letters(statement) if letter not in given)


def settled(encoding: Encoding, statement: Statement, verdict: Verdict) -> bool:
    """Whether a verdict is proved; what cannot be evaluated at a witness is not."""
    if missing(statement, verdict):
        return False
    try:
        return prove(encoding, statement, verdict).settled
    except (KeyError, TypeError, ValueError):
        return False


def provable(encoding: Encoding, statement: Statement) -> Verdict | None:
    """A verdict that is proved: that it holds, that it does in a quantitative form, or fails at a small witness."""
    for general in (Holds(), Bounded("...")):
        if settled(encoding, statement, general):
            return general
    failing = (Fails("...", case) for case in islice(witnesses(encoding, statement), TRIES))
    return next((each for each in failing if settled(encoding, statement, each)), None)


def witnesses(encoding: Encoding, statement: Statement) -> Iterator[Witness]:
    """Small witnesses, the simplest first."""
    if statement.rule is not None:
        placed = dict.fromkeys(placeable(each, encoding) for each in (*MIXED, *VIDEOS))
        yield from (witness(segments=each) for each in placed)
    elif statement.decides is not None:
        yield from _decided(encoding, statement.section, _read(encoding, statement.decides))
    elif statement.residual is not None:
        names = letters(statement)
        contents = [each[: encoding.width] for each in CONTENTS]
        choices = [contents if name in VECTORS else SMALL for name in names]
        ranked = sorted(product(*(range(len(choice)) for choice in choices)), key=lambda each: (sum(each), each))
        for each in ranked:
            yield witness(**{name: choice[i] for name, choice, i in zip(names, choices, each, strict=True)})


def _decided(encoding: Encoding, section: str, read: Collection[str]) -> Iterator[Witness]:
    """Small witnesses with the letters that are read; where none is, such as code is asked about."""
    if "kernel" in read:
        yield from (witness(kernel=encoding.dimension(dim), k=k) for dim in KERNELS for k in STEPS)
    elif "pair" in read:
        yield from (witness(pair=pair, m=1) for pair in range(encoding.dimension(8) // 2))
    elif section == "locality":
        yield witness(positions=PLACES[-1])
    else:
        yield from (witness(m=m, n=n) for m, n in PLACES)


class _Watched(dict[str, Any]):
    """The values of a witness, and which of them were read."""

    def __init__(self, **values: Any) -> None:
        super().__init__(values)
        self.read: list[str] = []

    def __getitem__(self, letter: str) -> Any:
        self.read.append(letter)
        return super().__getitem__(letter)

    def get(self, letter: str, default: Any = None) -> Any:
        """The value of a letter, which then was read."""
        self.read.append(letter)
        return super().get(letter, default)


def _read(encoding: Encoding, decides: Decides) -> list[str]:
    """The letters of a witness that a decision reads."""
    values = _Watched(kernel=encoding.dimension(8), k=1, m=0, n=1, pair=0)
    with suppress(KeyError, TypeError, ValueError):
        decides(encoding, Witness(values))
    return values.read


def computed(encoding: Encoding, statement: Statement, verdict: Verdict) -> str:
    """What was computed where a verdict is not proved, in words."""
    if left_out := missing(statement, verdict):
        return f"its witness gives {', '.join(left_out)} no value; it needs {', '.join(letters(statement))}"
    try:
        if statement.residual is not None and isinstance(verdict, Fails):
            values = at_witness(encoding, statement, verdict.witness)
            shown = ", ".join("0" if each.contains(0) else f"{float(each):.6g}" for each in values)
            return f"at its witness the residual is {shown}"
        if statement.residual is not None:
            shown = ", ".join(map(str, residual(encoding, statement)))
            return f"the residual is {shown[:SHOWN]}{'...' if len(shown) > SHOWN else ''}"
        if statement.decides is not None:
            said = {True: "is true", False: "is false", None: "cannot be told"}
            whole = f"over its range it {said[statement.decides(encoding, None)]}"
            if not isinstance(verdict, Fails):
                return whole
            return f"{whole}, at its witness it {said[statement.decides(encoding, verdict.witness)]}"
    except (KeyError, TypeError, ValueError) as error:
        return f"it cannot be evaluated: {type(error).__name__}: {error}"
    return "it is asked of code alone, and holds of every definition"


def line(statement: Statement, verdict: Verdict) -> str:
    """What to write into `verdicts`."""
    if isinstance(verdict, Fails):
        case = ", ".join(f"{name}={value!r}" for name, value in verdict.witness.values.items())
        return f'"{statement.id}": Fails(because="...", witness=witness({case})),'
    if isinstance(verdict, Bounded):
        return f'"{statement.id}": Bounded(form="..."),'
    return f"nothing: {statement.id} holds"
