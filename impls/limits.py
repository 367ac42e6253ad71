"""What is wrong with the limits that a declaration names, in one sentence each; None where nothing is."""

from collections.abc import Collection
from typing import Any

from impls.marker import Declaration
from spec import ENCODINGS


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


def arithmetic(one: Declaration) -> str | None:
    """What is wrong with an arithmetic of what has no waves."""
    known = ENCODINGS[one.encoding]
    if one.arithmetic is None or (known.turns and known.definition.on_vectors):
        return None
    said = f"arithmetic is {one.arithmetic!r}, which is said of maps and tables of waves"
    return f"{said}; {one.encoding} is none: leave it out"


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
    known, fixed = ENCODINGS[one.encoding].under(one.convention), dict(one.parameters or {})
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
