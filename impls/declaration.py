"""What an implementation may declare, and what is wrong with a declaration, in one sentence."""

import difflib
import inspect
import math
import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import torch

from spec import ENCODINGS
from spec.numbers.learned import learned

DTYPES = ("float64", "float32", "bfloat16", "float16")
POSITIONS = ("any", "integers", "non-negative", "contiguous")
COMPARE = ("value", "score", "softmax")
LISTED = 20
"""How many names an error lists at most."""
POSITIVE = {
    "base",
    "rotary_dim",
    "factor",
    "original_max_position_embeddings",
    "beta_fast",
    "beta_slow",
    "attention_factor",
    "low_freq_factor",
    "high_freq_factor",
}


def _signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """What a call takes; of a module what `forward` takes, because its `__call__` says that it takes anything."""
    return inspect.signature(function.forward if isinstance(function, torch.nn.Module) else function)


def _read(function: Callable[..., Any]) -> tuple[inspect.Parameter, ...]:
    return tuple(_signature_of(function).parameters.values())


_kept = lru_cache(maxsize=512)(_read)


def _parameters(function: Callable[..., Any]) -> tuple[inspect.Parameter, ...]:
    return _kept(function) if isinstance(function, Hashable) else _read(function)


def accepts(function: Callable[..., Any], keyword: str) -> bool:
    """Whether a function takes this keyword argument."""
    return any(
        p.kind is p.VAR_KEYWORD or (p.name == keyword and p.kind is not p.POSITIONAL_ONLY)
        for p in _parameters(function)
    )


def without_default(function: Callable[..., Any]) -> frozenset[str]:
    """The names that a call must give."""
    return frozenset(p.name for p in _parameters(function) if p.default is p.empty)


def default_layout(encoding: str, form: str) -> str | None:
    """The layout of an implementation that declares none: interleaved, as the papers; rotate-half implies half."""
    known = ENCODINGS.get(encoding)
    if known is None or not known.layouts:
        return None
    return "half" if form == "rotate-half" else known.layouts[0]


def narrower(positions: str, encoding: str) -> str:
    """The positions that both a declaration and the encoding allow."""
    known = ENCODINGS.get(encoding)
    if known is None or positions not in POSITIONS:
        return positions
    return max(positions, known.domain.positions, key=POSITIONS.index)


def problem(
    function: Callable[..., Any],
    *,
    name: str,
    encoding: str,
    form: str,
    layout: str | None,
    dtypes: tuple[str, ...] | None,
    positions: str,
    max_position: int | None,
    parameters: Mapping[str, Any],
    convention: str | None,
    compare: str,
    factory: bool,
) -> str | None:
    """Why this declaration cannot be checked: what was expected, what came and what to do; None if it is sound."""
    if encoding not in ENCODINGS:
        return _unknown("encoding", encoding, ENCODINGS)
    known = ENCODINGS[encoding]
    complaints = [
        _named("name", name),
        _named("form", form),
        _one_of("layout", layout, known.layouts) if known.layouts or layout else None,
        _one_of("convention", convention, known.conventions) if convention else None,
        _one_of("positions", positions, POSITIONS),
        _one_of("compare", compare, COMPARE),
        None if dtypes != () else "dtypes is empty; leave it out, or name at least one of " + ", ".join(DTYPES),
        *(_one_of("dtype", dtype, DTYPES) for dtype in dtypes or ()),
        *(_one_of("parameter", given, known.parameters) or _value(given, parameters[given]) for given in parameters),
        _limit(max_position),
        _signature(function, encoding, factory),
    ]
    return next((complaint for complaint in complaints if complaint), None)


def _unknown(what: str, given: object, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(str(given), names, n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    if len(names) > LISTED:
        alike = sorted(difflib.get_close_matches(str(given), names, n=LISTED // 2, cutoff=0))
        known = f"{', '.join(alike)} and {len(names) - len(alike)} more, in the README"
        return f"unknown {what} {given!r}{hint}; known: {known}"
    return f"unknown {what} {given!r}{hint}; known: {', '.join(names) or 'none'}"


def _one_of(what: str, given: object, known: Collection[str]) -> str | None:
    return None if given in known else _unknown(what, given, known)


def _named(what: str, given: object) -> str | None:
    if isinstance(given, str) and re.fullmatch(r"[a-z0-9]+([-.][a-z0-9]+)*", given):
        return None
    return f"the {what} {given!r} is not lower-case words joined by hyphens; pass {what}='my-{what}'"


def _limit(max_position: object) -> str | None:
    if max_position is None or (isinstance(max_position, int) and max_position >= 1):
        return None
    return f"max_position is {max_position!r}; expected a positive integer, the largest position accepted"


def _value(parameter: str, given: object) -> str | None:
    if parameter not in POSITIVE or (isinstance(given, int | float) and 0 < given < math.inf):
        return None
    return f"the parameter {parameter} is fixed to {given!r}; expected a positive number"


def _signature(function: Callable[..., Any], encoding: str, factory: bool) -> str | None:
    definition = ENCODINGS[encoding].definition
    expected = ("dim",) if factory else definition.arguments
    wanted = f"f({', '.join(expected)}, *, {', '.join([*ENCODINGS[encoding].parameters, '...'])})"
    if not callable(function):
        return f"it is no function but {type(function).__name__}; decorate a function {wanted}"
    try:
        signature = _signature_of(function)
    except (TypeError, ValueError):
        return f"its signature cannot be read; wrap it in a plain function {wanted}"
    try:
        signature.bind_partial(*expected)
    except TypeError:
        return f"wrong signature {signature}; {_called(encoding, factory)} as {wanted}"
    supplied = {*definition.keywords, *learned(ENCODINGS[encoding])}
    known = set(ENCODINGS[encoding].parameters) | (set() if factory else supplied)
    known |= {"table"} if definition.rows is not None else set()
    rest = list(signature.parameters.values())[len(expected) :]
    for parameter in rest:
        required = parameter.default is parameter.empty
        keyword = parameter.kind in (parameter.KEYWORD_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        if required and (parameter.kind is parameter.POSITIONAL_ONLY or (keyword and parameter.name not in known)):
            return (
                f"wrong signature {signature}: {parameter.name!r} has no default and is no parameter of {encoding}; "
                f"{_called(encoding, factory)} as {wanted}"
            )
    return None


def _called(encoding: str, factory: bool) -> str:
    return f"a factory of {encoding} is called" if factory else f"{encoding} is called"
