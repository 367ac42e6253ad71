"""What is wrong with a call and the limits that a declaration names, in one sentence each; None where nothing is."""

import re
from collections.abc import Collection
from math import inf, nan
from typing import Any

from sympy import sympify

from impls.calls import PLAIN, call_of, is_plain
from impls.door.devices import kind_of
from impls.marker import Declaration
from spec import ENCODINGS, claimed
from spec.definitions.composition import is_rotary
from spec.definitions.definition import turns
from spec.definitions.evaluation import each_value
from spec.definitions.sizes import LARGEST, unsound
from spec.definitions.symbols import INDEX, LENGTH

LONG = 2**16
"""The length of a sequence that is long for every model."""
ROWS = 2**21
"""The most rows of a learned table."""
ALONG_A_LINE = ("packed", "offset")
"""The calls that say where consecutive positions begin."""


def listed(name: str, given: Collection[Any] | None) -> str | None:
    """What is wrong with a field that lists nothing."""
    return f"{name} is empty; leave it out, or name at least one" if given is not None and not given else None


def device(name: Any) -> str | None:
    """What is wrong with the name of a device."""
    try:
        kind_of(name)
    except ValueError as error:
        return f"devices: {error}"
    return None


def heads(pairs: Collection[Any] | None) -> str | None:
    """What is wrong with the numbers of heads."""
    for pair in pairs or ():
        whole = isinstance(pair, tuple | list) and len(pair) == 2 and all(_is_count(each) for each in pair)
        if not whole or pair[0] % pair[1]:
            expected = "expected pairs of positive integers, heads of q and of k, such as (32, 8)"
            return f"heads has {pair!r}; {expected}, the first a multiple of the second"
    return None


def _is_count(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and given >= 1


def composition(one: Declaration) -> str | None:
    """What is wrong with the coordinates that turn, or with their sections."""
    try:
        claimed(one.encoding, one.convention, one.parameters or {})
    except ValueError as error:
        return str(error)
    return None


def grids(one: Declaration) -> str | None:
    """What is wrong with the sizes of a grid, and with those of learned tables."""
    fixed, known = dict(one.parameters or {}), ENCODINGS[one.encoding].under(one.convention)
    if wrong := next(filter(None, (unsound(name, each, known.grid.axes) for name, each in fixed.items())), None):
        return wrong
    for table in known.tables if fixed else ():
        rows = known.rows_at(8, known.configured(8, fixed), table) or 0
        if rows > ROWS:
            given = ", ".join(f"{name} {each!r}" for name, each in fixed.items())
            return f"with the parameters {given} the learned {table} has {rows} rows, more than {ROWS}; correct them"
    return None


def arithmetic(one: Declaration) -> str | None:
    """What is wrong with an arithmetic of what has no waves."""
    known = ENCODINGS[one.encoding]
    if one.arithmetic is None or (known.turns and known.definition.on_vectors):
        return None
    said = f"arithmetic is {one.arithmetic!r}, which is said of maps and tables of waves"
    return f"{said}; {one.encoding} is none: leave it out"


def call(one: Declaration) -> str | None:
    """What is wrong with a call: that what it hands in cannot carry the encoding, or that it hands in none of it."""
    known, how = claimed(one.encoding, one.convention, one.parameters or {}), call_of(one)
    definition: Any = known.definition
    if not is_plain(one) and not definition.maps:
        plainly = f"axes is {one.axes!r}" if one.axes else "inplace is True"
        said = plainly if how is PLAIN else f"call is {one.call!r}"
        return f"{said}, which is said of maps of queries and keys; {one.encoding} is {definition.spoken}: leave it out"
    if how.handed and not _is_rotation(definition):
        return f"call is {one.call!r}, which hands in a rotation of pairs; {one.encoding} is none: use 'qk-positions'"
    if how.handed == "angles" and not definition.keeps_lengths:
        return f"call is 'angles', which cannot carry the lengths that {one.encoding} changes; use 'x-tables'"
    for name in ("tables", "table_dtype"):
        if getattr(one, name) is not None and how.tables is None:
            return f"{name} is {getattr(one, name)!r}, and call={one.call!r} hands in no tables: leave it out"
    if one.tables is not None and (one.tables == "cos|sin") != (one.call == "qk-cache"):
        return f"tables is {one.tables!r}; a cache has 'cos|sin', and what is handed in as cos and sin has not"
    if one.call == "module-tables" and one.apply is None and (one.axes is not None or one.inplace):
        said = f"axes is {one.axes!r}" if one.axes is not None else "inplace is True"
        return f"{said}, and without apply=... the suite itself turns q and k: leave it out"
    if one.call == "module-tables" and one.arrays != "torch":
        return f"arrays is {one.arrays!r}, and a module that makes tables gets tensors: leave it out"
    if one.call in ALONG_A_LINE and known.grid.axes > 1:
        return f"call is {one.call!r}, whose positions follow one another on a line; {one.encoding} has a grid"
    if one.call == "qkv-packed" and "3" in (one.axes or how.axes) and any(a != b for a, b in one.heads or ()):
        return "heads has more of q than of k, and q, k and v have one axis: flatten them, as in axes='b n (h d)'"
    if one.apply is not None and one.call != "module-tables":
        return f"apply is declared for call='module-tables', and call is {one.call!r}: leave it out"
    return None


def _is_rotation(definition: Any) -> bool:
    """Whether a pair is turned by its position alone, and perhaps scaled, as queries and as keys."""
    rotates = definition.keeps_lengths or (definition.scales_lengths and not definition.scales_by_powers)
    plain = definition.turn is None and definition.roles == ("query",)
    return bool(turns(definition) and rotates and definition.width == 2 and plain)


def axes(one: Declaration) -> str | None:
    """What is wrong with the axes of vectors."""
    if one.axes is None:
        return None
    letters, axis = re.sub(r"[() ]", "", one.axes), r"([bhnd3]|\([bhnd3]( [bhnd3])+\))"
    parts = {"3"} if one.call == "qkv-packed" else set()
    sound = re.fullmatch(f"{axis}( {axis})*", one.axes) and len(set(letters)) == len(letters)
    if sound and {"n", "d"} <= set(letters) <= {"b", "h", "n", "d"} | parts:
        return None
    expected = 'b batch, h heads, n tokens, d coordinates, each once, brackets flatten: such as "b n h d" or "n (h d)"'
    return f"axes is {one.axes!r}; expected {expected}"


def origin(one: Declaration) -> str | None:
    """What is wrong with a position to count from."""
    if one.origin is None:
        return None
    if not isinstance(one.origin, int) or isinstance(one.origin, bool):
        return f"origin is {one.origin!r}; expected an integer, the position from which the code counts"
    if one.compare != "score" or not ENCODINGS[one.encoding].definition.maps:
        come = f"it is {one.compare!r}" if one.compare != "score" else f"{one.encoding} is no map of queries and keys"
        return f"origin is declared for maps that are right up to a shift, with compare='score'; {come}: leave it out"
    return None


def numbers(one: Declaration) -> str | None:
    """What is wrong with fixed parameters that make no frequencies, or no lengths, of pairs."""
    fixed = dict(one.parameters or {})
    known = claimed(one.encoding, one.convention, fixed)
    dim = one.head_sizes[0] if one.head_sizes else known.fitting(8, fixed)
    if not fixed or dim is None or not is_rotary(known):
        return None
    parameters = known.configured(dim, fixed)
    pairs = range(known.blocks_at(dim, parameters))
    for what in ("frequency", "scale"):
        expression = sympify(getattr(known.blocks, what)).subs(LENGTH, LONG)
        try:
            found = each_value(expression, INDEX, pairs, dim, parameters)
        except (ValueError, TypeError, OverflowError):
            found = [nan]
        if wrong := [(at, value) for at, value in enumerate(found) if not 0 < value < inf]:
            given = ", ".join(f"{name} {each!r}" for name, each in fixed.items())
            return f"with the parameters {given} the {what} of pair {wrong[0][0]} is {wrong[0][1]:g}; correct them"
    return None


def sizes(one: Declaration) -> str | None:
    """What is wrong with the dimensions: where the encoding has no value, with the parameters as they are fixed."""
    fixed = dict(one.parameters or {})
    known = claimed(one.encoding, one.convention, fixed)
    if one.head_sizes is None:
        if not fixed or known.fitting(8, fixed) is not None:
            return None
        given = ", ".join(f"{name} {each!r}" for name, each in fixed.items())
        return f"no dimension fits the parameters {given}; correct them, or say with head_sizes=(...) which does"
    for size in one.head_sizes:
        if not _is_count(size):
            return f"head_sizes has {size!r}; expected positive integers, the dimensions that it takes"
        if size > LARGEST:
            return f"head_sizes has {size}; expected {LARGEST} at most, the dimensions that it takes"
        if why := known.unfit(size, fixed):
            return f"head_sizes has {size}, at which {one.encoding} has no value: {why}; leave it out"
    return None
