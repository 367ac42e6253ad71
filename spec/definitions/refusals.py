"""What is inconsistent is refused when the record is made: what was expected, what came, and what to do."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sympy
from sympy.core.function import Application, AppliedUndef

from spec.definitions.symbols import (
    CONTENT,
    DIM,
    HEAD,
    HEADS,
    INDEX,
    KEY,
    LEARNED,
    LENGTH,
    POSITION,
    QUERY,
    SCALE,
    THETA,
    parameter,
)

BLOCK = frozenset({POSITION, THETA, SCALE})
PAIR = frozenset({*QUERY, *KEY, THETA, SCALE, INDEX, HEAD, HEADS, DIM})
PER_BLOCK = frozenset({INDEX, DIM, LENGTH})
FROM_CONTENTS = (
    "; what is made from contents, of the tokens between as well (CoPE, FoX, PaTH), cannot be defined: only `turn` of "
    "a Map sees the content of its own token"
)
_FOREIGN = frozenset({POSITION, *QUERY, *KEY, THETA, SCALE, INDEX, HEAD, HEADS, LENGTH, *CONTENT})


def near(name: str, known: Iterable[str]) -> str:
    """The names that come near to one that is not known, as the end of a sentence."""
    close = difflib.get_close_matches(name, known, n=3)
    return f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(sorted(known))}"


def one_of(what: str, word: str, known: Collection[str]) -> None:
    """Refuse a word that is not known."""
    if word not in known:
        raise ValueError(f"unknown {what} {word!r}; {near(word, known)}")


def matrix_of(what: str, matrix: Any, *, square: bool, instead: str) -> None:
    """Refuse what is no square matrix, or no column."""
    rows, columns = getattr(matrix, "shape", (None, None))
    if rows is None:
        raise ValueError(f"expected a sympy matrix as {what}, got {type(matrix).__name__}; {instead}")
    if not rows:
        raise ValueError(f"expected {what} of at least one row, got {rows} x {columns}; {instead}")
    if (columns != rows) if square else (columns != 1):
        expected = "square matrix" if square else "column"
        raise ValueError(f"expected a {expected} as {what}, got {rows} x {columns}; {instead}")


def scalar(what: str, expression: Any, instead: str) -> None:
    """Refuse what is no single expression."""
    if not isinstance(expression, sympy.Expr) or isinstance(expression, sympy.MatrixBase):
        raise ValueError(f"expected one expression as {what}, got {type(expression).__name__}; {instead}")


def letters_of(what: str, expressions: Iterable[Any], own: frozenset[sympy.Symbol]) -> None:
    """Refuse letters of the suite that mean nothing in such an expression."""
    foreign = {letter for each in expressions for letter in sympy.sympify(each).free_symbols} & (_FOREIGN - own)
    if foreign:
        allowed = ", ".join(sorted(map(str, own)))
        instead = FROM_CONTENTS if foreign & {*CONTENT} else ""
        raise ValueError(
            f"{what} cannot follow {_listed(foreign)}: its letters are {allowed}, and the parameters{instead}"
        )


def rows_of(parts: Iterable[Any], rows: Mapping[str, sympy.Expr] | sympy.Expr | None) -> None:
    """Refuse a learned table without a number of rows, and such a number without a table."""
    learned = tables_in(parts)
    if learned and rows is None:
        raise ValueError("the definition looks up rows of a learned TABLE, and `rows` is missing: say how many it has")
    if rows is not None and not learned:
        raise ValueError(f"`rows` is {rows}, and no row of a learned TABLE is looked up: leave it out, or use TABLE")
    if isinstance(rows, Mapping) and learned != {*rows}:
        raise ValueError(f"`rows` are those of {_listed(rows)}, and the tables are {_listed(learned)}: name each")


def layers_of(what: str, parts: Iterable[Any], *functions: type) -> None:
    """Refuse learned numbers inside other functions than these: of what comes out, no bound on rounding is known."""
    for node in (node for part in parts for node in part.atoms(Application)):
        inside = {str(use.func) for use in node.atoms(AppliedUndef)} & {*LEARNED}
        if inside and not isinstance(node, (AppliedUndef, *functions)):
            may = "be factors, or stand in an exponent or a logarithm" if functions else "be factors"
            raise ValueError(f"in {what}, learned numbers may {may}; got {_listed(inside)} in {node}")


def tables_in(parts: Iterable[Any]) -> set[str]:
    """The learned tables of a definition, which are looked up by row and column."""
    uses = {use for part in parts for use in part.atoms(AppliedUndef) if len(use.args) == 2}
    return {str(use.func) for use in uses} & {*LEARNED}


def explained(
    name: str, expressions: Iterable[Any], parameters: Mapping[str, Any], functions: Mapping[str, Any]
) -> None:
    """Refuse letters and functions that nothing gives a value, and numbers that are used as several."""
    found = [sympy.sympify(each) for each in expressions]
    known = {DIM, *_FOREIGN, *map(parameter, parameters)}
    unknown = {letter for each in found for letter in each.free_symbols} - known
    if unknown:
        ask = f"name a default in `parameters`, and write it as parameter({str(min(unknown, key=str))!r})"
        raise ValueError(f"{name}: nothing gives {_listed(unknown)} a value; {ask}")
    used = {str(use.func) for each in found for use in each.atoms(AppliedUndef)}
    if strange := used - {*parameters, *functions, *LEARNED}:
        raise ValueError(f"{name}: nothing computes {_listed(strange)}; add it to `functions`, or to `parameters`")
    several = {each for each, value in parameters.items() if isinstance(value, tuple) or callable(value)}
    if single := (used & {*parameters}) - several:
        raise ValueError(f"{name}: {_listed(single)} has one value, and is used as a `sequence`; give it a tuple")


def all_of(what: str, given: Mapping[str, Any], kinds: tuple[type, ...]) -> None:
    """Refuse a value that is of another type."""
    for key, each in given.items():
        if not isinstance(each, kinds):
            expected = ", ".join(kind.__name__ for kind in kinds)
            raise ValueError(f"{what} {key!r} is {type(each).__name__}; expected one of {expected}")


def _listed(items: Iterable[Any]) -> str:
    return ", ".join(sorted(map(str, items)))
