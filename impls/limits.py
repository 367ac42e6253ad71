"""What is wrong with a call and the limits that a declaration names, in one sentence each; None where nothing is."""

import re
from collections.abc import Collection
from typing import Any

from impls.calls import PLAIN, call_of, is_plain
from impls.marker import Declaration
from spec import ENCODINGS, claimed
from spec.definitions.definition import turns


def listed(name: str, given: Collection[Any] | None) -> str | None:
    """What is wrong with a field that lists nothing."""
    return f"{name} is empty; leave it out, or name at least one" if given is not None and not given else None


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
        if why := known.unfit(size, fixed):
            return f"head_sizes has {size}, at which {one.encoding} has no value: {why}; leave it out"
    return None
