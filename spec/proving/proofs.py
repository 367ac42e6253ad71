"""Proofs and refutations, by machine.

A witness is judged by balls: a residual is nonzero only where its ball excludes zero, and a comparison counts only
where the balls are apart. At most one kind of verdict is provable of a cell.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, islice
from typing import Any

import sympy
from flint import arb

from spec.definitions.encoding import Encoding
from spec.definitions.symbols import DIM, HEAD, HEADS, INDEX, SCALE, THETA, parameter
from spec.definitions.verdict import Bounded, Fails, Holds, NotApplicable, Verdict, Witness
from spec.numbers.balls import TooWide, ball, compiled, precise
from spec.numbers.exact import Items, frequencies, scales, sequences
from spec.numbers.learned import STAND_INS, tables_of
from spec.proving.statement import Decides, Residual, Statement
from spec.proving.symbolic import Symbolic, entries, letters
from spec.proving.vanishing import vanishes


@dataclass(frozen=True)
class Proof:
    """What decided one cell of the truth table, and whether it did."""

    method: str
    settled: bool


def residual(encoding: Encoding, statement: Statement) -> tuple[sympy.Expr, ...]:
    """The entries of a statement's residual, in the symbols of its letters."""
    return _entries(encoding, statement.in_symbols, opaque=True)


@lru_cache(maxsize=4096)
def _entries(encoding: Encoding, stated: Residual, *, opaque: bool) -> tuple[sympy.Expr, ...]:
    return entries(stated(Symbolic(encoding, opaque=opaque), **letters(stated, encoding)))


DEFAULT_DIM = 8
DEFAULT_HEADS = 3
LONG = 2000
"""More operations than this are too many to be written out where it can be helped."""


@precise
def at_witness(encoding: Encoding, statement: Statement, witness: Witness, theta: arb | None = None) -> list[arb]:
    """The residual at a witness, as balls; theta is that of its `pair`, the first by default, in eight coordinates.

    Every number of the witness is taken as it is; of a vector, as many entries as the block has coordinates. A
    position on a grid is laid out on the encoding's line, of which a block sees its own axis. What is learned may be
    brought as rows, by name; where a witness brings none, learned numbers are those of `STAND_INS`: what is told of all
    tables is refuted by any.
    """
    dim = encoding.dimension(DEFAULT_DIM)
    parameters = encoding.configured(dim, {})
    pair = witness.get("pair", 0)
    length = 1 + max((int(v) for v in witness.values.values() if isinstance(v, int)), default=0)
    own = (part(encoding, dim, parameters, length)[pair] for part in (frequencies, scales))
    frequency, scale = (arb(1), arb(1)) if not encoding.blocks_at(dim, parameters) else own
    names = letters(statement.in_symbols, encoding)
    axis = encoding.axes_of(dim, parameters)[pair] if encoding.blocks.axis else 0
    step = encoding.grid.line(1)[axis] if encoding.blocks.axis else 1
    given = [_given(encoding, witness[name], letter, step) for name, letter in names.items()]
    numbers = {name: value for name, value in parameters.items() if not isinstance(value, tuple)}
    settled = {INDEX: pair, DIM: dim, HEAD: 0, HEADS: DEFAULT_HEADS, SCALE: scale}
    known_rows = {**parameters, **tables_of(witness)}
    several = tuple((name, value) for name, value in known_rows.items() if isinstance(value, tuple))
    evaluate = _evaluator(encoding, statement.in_symbols, tuple(numbers), several)
    values = [ball(value) for part in given for value in part]
    known = [value if isinstance(value, arb) else ball(value) for value in (*settled.values(), *numbers.values())]
    found = evaluate(frequency if theta is None else theta, *known, *values)
    return [value if isinstance(value, arb) else ball(value) for value in found]


def _given(encoding: Encoding, value: Any, letter: Any, step: float) -> tuple[Any, ...]:
    if not isinstance(letter, sympy.MatrixBase):
        return (value * step,)
    return tuple(value)[: len(letter)] if isinstance(value, tuple) else encoding.grid.line(value)[: len(letter)]


@lru_cache(maxsize=4096)
def _evaluator(encoding: Encoding, stated: Residual, parameters: tuple[str, ...], several: Items) -> Callable[..., Any]:
    symbols = [symbol for letter in letters(stated, encoding).values() for symbol in entries([letter])]
    known = [INDEX, DIM, HEAD, HEADS, SCALE, *map(parameter, parameters)]
    functions = {**encoding.functions, **STAND_INS, **sequences(several)}
    return compiled([THETA, *known, *symbols], sympy.Tuple(*_entries(encoding, stated, opaque=False)), functions)


def prove(encoding: Encoding, statement: Statement, verdict: Verdict) -> Proof:
    """Settle one cell: find out whether the verdict is what the definition says."""
    return Proof(statement.method, _settles(encoding, statement, verdict))


def _settles(encoding: Encoding, statement: Statement, verdict: Verdict) -> bool:
    applies = statement.reason_not_applicable(encoding) is None
    if isinstance(verdict, NotApplicable) or not applies:
        return isinstance(verdict, NotApplicable) and not applies
    if statement.method == "contract":
        return isinstance(verdict, Holds)
    if statement.decides is not None:
        return _decided(encoding, statement, statement.decides, verdict)
    if isinstance(verdict, Bounded):
        return False
    if statement.method == "identity" and isinstance(verdict, Fails):
        return _nonzero(encoding, statement, verdict.witness)
    if statement.method == "identity" or isinstance(verdict, Fails):
        return _zero(encoding, statement)
    return statement.example is not None and _nonzero(encoding, statement, statement.example)


def _decided(encoding: Encoding, statement: Statement, decides: Decides, verdict: Verdict) -> bool:
    """A quantity that is known on its range alone holds in a quantitative form; one that is proved beyond it holds."""
    over_its_range, everywhere = _over_its_range(encoding, decides), statement.everywhere
    if isinstance(verdict, Fails):
        return over_its_range is False and decides(encoding, verdict.witness) is False
    as_worded = statement.method != "quantity" or (everywhere is not None and everywhere(encoding))
    return over_its_range is True and isinstance(verdict, Holds if as_worded else Bounded)


@lru_cache(maxsize=4096)
def _over_its_range(encoding: Encoding, decides: Decides) -> bool | None:
    return decides(encoding, None)


def _zero(encoding: Encoding, statement: Statement) -> bool:
    """Whether it is proved that every entry is zero; what cannot be decided is not proved.

    Long ones are looked at in one place first: most are not zero there, and it takes minutes to write them out.
    """
    found = residual(encoding, statement)
    long = sum(entry.count_ops() for entry in found) > LONG
    if long and _nonzero(encoding, statement, _somewhere(encoding, statement)):
        return False
    try:
        return all(map(vanishes, found))
    except ValueError:
        return False


def _somewhere(encoding: Encoding, statement: Statement) -> Witness:
    """A case in which no number is 0, and none is like another."""
    numbers, named = count(1), letters(statement.in_symbols, encoding)
    return Witness(
        {
            name: tuple(islice(numbers, len(letter))) if isinstance(letter, sympy.MatrixBase) else next(numbers)
            for name, letter in named.items()
        }
    )


def _nonzero(encoding: Encoding, statement: Statement, witness: Witness) -> bool:
    try:
        return any(not value.contains(0) for value in at_witness(encoding, statement, witness))
    except TooWide:
        return False
