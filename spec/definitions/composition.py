"""What every rotary encoding takes beside its own parameters: how many coordinates turn, which, and along which axes.

    rotary_dim      so many coordinates turn, as a vector of this size would; the others stay as they are
    rotary_slice    "leading", or "trailing" where the last ones turn
    axes_dim        sections of these widths, one an axis of a grid, each with the frequencies of a vector of its width
    axes_halves     "sections": in halves, each of these is halved by itself; "whole-vector": all of them together
    mrope_section   one ladder of frequencies, of which each axis gets so many pairs, in order

Parameters go on as they are: exponents, ramps and lists count over the coordinates that turn.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import sympy

from spec.definitions.blocks import Blocks
from spec.definitions.definition import turns
from spec.definitions.domain import Grid
from spec.definitions.encoding import Encoding
from spec.definitions.map import Map
from spec.definitions.rotary import ONE_LINE, Dealing, sections
from spec.definitions.sizes import LARGEST
from spec.definitions.symbols import DIM, INDEX, QUERY
from spec.definitions.verdict import Fails, Holds, Verdict, witness

LEADING, TRAILING = "leading", "trailing"
BY_SECTION, WHOLE_VECTOR = "sections", "whole-vector"
SECTIONS = {"axes_dim": 1, "mrope_section": 2}
"""The parameters that name sections, and the coordinates that each of their numbers stands for."""
ON_A_GRID = ("axes_halves", *SECTIONS)
"""What means nothing on a line."""
NAMES = ("rotary_dim", "rotary_slice", *ON_A_GRID)


def composed(encoding: Encoding, given: Mapping[str, Any]) -> Encoding:
    """The encoding with what is given of NAMES, unless these are parameters of its own.

    Raises ValueError where they do not fit it, or one another.
    """
    added = {name: given[name] for name in NAMES if name in given and name not in encoding.parameters}
    plain = ((name, tuple(each) if isinstance(each, list) else each) for name, each in added.items())
    return _composed(encoding, tuple(plain)) if added else encoding


def is_rotary(encoding: Encoding) -> bool:
    """Whether it turns pairs of queries and keys."""
    definition = encoding.definition
    return isinstance(definition, Map) and turns(definition) and definition.width == 2


@lru_cache(maxsize=512)
def _composed(encoding: Encoding, given: tuple[tuple[str, Any], ...]) -> Encoding:
    added = dict(given)
    if not is_rotary(encoding):
        named = " and ".join(added)
        raise ValueError(f"{named}: said of what turns pairs of queries and keys; {encoding.name} does not")
    where = _word(added, "rotary_slice", LEADING, TRAILING)
    halves = _word(added, "axes_halves", BY_SECTION, WHOLE_VECTOR)
    if where == TRAILING and encoding.blocks.count is not None:
        raise ValueError(f"{encoding.name} says by itself which coordinates turn: leave rotary_slice out")
    changes: dict[str, Any] = {}
    dealing, widths, own = ONE_LINE, _widths(added), "axes_dim" in added
    if halves == WHOLE_VECTOR and not own:
        raise ValueError(f"axes_halves is {halves!r}, which is said of the sections of axes_dim: leave it out")
    if widths:
        halved = own and halves == BY_SECTION
        dealing = sections([sympy.Integer(width) for width in widths], own_ladders=own, halved=halved)
        changes["grid"] = Grid(axes=len(widths))
        changes["verdicts"] = {**encoding.verdicts, **_on_a_grid(widths, own)}
        _expect_one_line(encoding, own)
    count = _count(encoding, added, widths)
    blocks = encoding.blocks if count is None else _over(encoding.blocks, count, dealing)
    blocks = dataclasses.replace(blocks, trailing=where == TRAILING)
    defaults = {name: _default(each, count) for name, each in encoding.parameters.items()}
    definition = dataclasses.replace(encoding.definition, blocks=blocks)  # type: ignore[type-var]
    return dataclasses.replace(encoding, definition=definition, parameters={**defaults, **added}, **changes)


def _word(added: dict[str, Any], name: str, default: str, other: str) -> str:
    """The word that a parameter is, taken out of what was given."""
    given = added.pop(name, default)
    if given not in (default, other):
        raise ValueError(f"{name} is {given!r}; expected {default!r} or {other!r}")
    return str(given)


def _widths(added: Mapping[str, Any]) -> tuple[int, ...]:
    """The coordinates of each section; none where there are no sections."""
    named = [name for name in SECTIONS if name in added]
    if len(named) > 1:
        raise ValueError("axes_dim gives every axis a ladder of its own, mrope_section deals one out: name one of them")
    if not named:
        return ()
    given, each = added[named[0]], SECTIONS[named[0]]
    fits = isinstance(given, tuple) and 2 <= len(given) <= len(QUERY) and all(_is_count(width) for width in given)
    if not fits:
        raise ValueError(f"{named[0]} is {given!r}; expected a positive integer for each of two to {len(QUERY)} axes")
    if any(each * width % 2 for width in given):
        raise ValueError(f"{named[0]} is {given!r}; expected even numbers, for pairs of coordinates")
    return tuple(each * width for width in given)


def _is_count(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and given > 0


def _expect_one_line(encoding: Encoding, own: bool) -> None:
    """Raise ValueError where sections mean nothing."""
    if encoding.grid.axes > 1:
        raise ValueError(f"{encoding.name} has axes of its own: leave sections out, or claim what turns along a line")
    lists = [name for name, default in encoding.parameters.items() if callable(default)]
    if own and lists:
        raise ValueError(f"axes_dim counts pairs anew in every section, and {lists[0]} counts them all: leave one out")


def _count(encoding: Encoding, added: Mapping[str, Any], widths: Sequence[int]) -> int | None:
    """How many coordinates turn, where that is said."""
    said = [added["rotary_dim"]] if "rotary_dim" in added else []
    said += [sum(widths)] if widths else []
    if not said:
        return None
    count, multiple, least = said[0], encoding.multiple, max(encoding.multiple, encoding.blocks.least)
    if encoding.blocks.partial:
        raise ValueError(f"{encoding.name} says by itself how many coordinates turn: leave {' and '.join(added)} out")
    if not _is_count(count) or count % multiple or count < least:
        raise ValueError(f"{count!r} coordinates turn; expected a multiple of {multiple}, {least} or more")
    if count > LARGEST:
        raise ValueError(f"{count} coordinates turn; expected {LARGEST} at most: correct {' and '.join(added)}")
    if said[-1] != count:
        raise ValueError(f"rotary_dim is {count}, and the sections have {said[-1]} coordinates together")
    return int(count)


def _over(blocks: Blocks, count: int, dealing: Dealing) -> Blocks:
    """The blocks of a vector of `count` coordinates, so dealt out, in one that may have more."""
    size = {DIM: sympy.Integer(count)}
    place = {INDEX: dealing.index.subs(size), DIM: dealing.over.subs(size)}
    axis = dealing.axis or blocks.axis
    moved = {
        name: sympy.sympify(getattr(blocks, name)).xreplace(place)
        for name in ("frequency", "frequency_roundings", "scale")
    }
    return dataclasses.replace(
        blocks,
        **moved,
        extent=sympy.Integer(count),
        halves=tuple(width.subs(size) for width in dealing.halves or blocks.halves),
        multiple=None,
        least=count,
        axis=None if axis is None else lambda i, dim, parameters: axis(i, count, parameters),
    )


def _on_a_grid(widths: tuple[int, ...], own: bool) -> dict[str, Verdict]:
    """What is true of rows and columns, and of text."""
    frequency = "pair 1 has the frequency of a vector as wide as its section"
    text = Fails(because=frequency, witness=witness(pair=1, m=1)) if own else Holds()
    other = "the rows turn with other frequencies than the columns"
    alike = own and widths[-1] == widths[-2]
    return {
        "text-degeneration": text,
        "isotropy": Holds() if alike else Fails(because=other, witness=witness(m=1, n=0)),
    }


def _default(default: Any, count: int | None) -> Any:
    """The default of a parameter where so many coordinates turn, whatever the dimension."""
    if count is None:
        return default
    if callable(default):
        return lambda dim: default(count)
    return default.subs({DIM: count}) if isinstance(default, sympy.Expr) else default
