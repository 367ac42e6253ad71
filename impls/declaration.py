"""What an implementation may declare, and what is wrong with a declaration, in one sentence."""

import difflib
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar, get_args

from impls import limits
from impls.calls import CALLS, PLAIN, call_of, expected_arguments, has
from impls.door.signatures import a_class, called, kind_of, parameters_of, signature_of
from impls.marker import Arithmetic, Arrays, Compare, Declaration, Dtype, PositionDtype, Positions, Tables
from spec import ENCODINGS
from spec.definitions import settings
from spec.definitions.composition import NAMES, is_rotary
from spec.numbers.learned import learned
from spec.presets import PRESETS

Kind = TypeVar("Kind", bound=Declaration)
DTYPES: tuple[str, ...] = get_args(Dtype)
POSITIONS: tuple[str, ...] = get_args(Positions)
COMPARE: tuple[str, ...] = get_args(Compare)
POSITION_DTYPES: tuple[str, ...] = get_args(PositionDtype)
ARITHMETIC: tuple[str, ...] = get_args(Arithmetic)
TABLES: tuple[str, ...] = get_args(Tables)
ARRAYS: tuple[str, ...] = get_args(Arrays)
LISTED = 20
"""How many names an error lists at most."""
ELSEWHERE = MappingProxyType(
    {
        "theta": "base",
        "rope_theta": "base",
        "rotary_base": "base",
        "theta_base": "base",
        "scaling_factor": "factor",
        "scale_factor": "factor",
        "original_max_seq_len": "original_max_position_embeddings",
        "original_max_position": "original_max_position_embeddings",
        "max_seq_len": "max_position_embeddings",
        "attn_factor": "attention_factor",
    }
)
"""How code calls what model configurations call otherwise."""
LARGEST = 2**62
"""Positions come in int64, and what lies behind them is asked for as well."""


def default_layout(encoding: str, form: str, call: str = "x-positions") -> str | None:
    """The layout of an implementation that declares none: interleaved, as the papers; rotate-half implies half.

    Where code is called as a whole family of projects does, it is theirs.
    """
    known = ENCODINGS.get(encoding)
    if known is None or not known.layouts:
        return None
    return CALLS.get(call, PLAIN).layout or ("half" if form == "rotate-half" else known.layouts[0])


def narrower(one: Declaration) -> str:
    """The positions that both a declaration and the encoding allow: integers where no dtype holds others."""
    known = ENCODINGS.get(one.encoding)
    if known is None or one.positions not in POSITIONS:
        return one.positions
    floating = any(str(dtype).startswith("float") for dtype in one.position_dtypes or ("float64",))
    held = "any" if floating else "integers"
    return max(one.positions, known.domain.positions, held, call_of(one).positions, key=POSITIONS.index)


def problem(function: Callable[..., Any], one: Declaration) -> str | None:
    """Why this declaration cannot be checked: what was expected, what came and what to do; None if it is sound."""
    return next((complaint for complaint in _complaints(function, one) if complaint), None)


def _complaints(function: Callable[..., Any], one: Declaration) -> Iterator[str | None]:
    """What may be wrong, each judged only where nothing before is."""
    if one.encoding not in ENCODINGS:
        yield _unknown("encoding", one.encoding, ENCODINGS)
    yield _of_a_preset(one)
    known, fixed = ENCODINGS[one.encoding], one.parameters or {}
    yield _named("name", one.name)
    yield _named("form", one.form)
    yield _one_of("layout", one.layout, known.layouts) if known.layouts or one.layout else None
    yield _one_of("convention", one.convention, known.conventions) if one.convention else None
    yield _one_of("positions", one.positions, POSITIONS)
    yield _one_of("compare", one.compare, COMPARE)
    yield None if one.dtypes != () else "dtypes is empty; leave it out, or name at least one of " + ", ".join(DTYPES)
    yield from (_one_of("dtype", dtype, DTYPES) for dtype in one.dtypes or ())
    yield from (limits.listed(name, getattr(one, name)) for name in ("position_dtypes", "head_sizes", "heads"))
    yield from (_one_of("dtype of positions", dtype, POSITION_DTYPES) for dtype in one.position_dtypes or ())
    known = known.under(one.convention)
    names = [*known.parameters, *(NAMES if is_rotary(known) else ())]
    yield from (_one_of("parameter", name, names) or _value(name, fixed[name]) for name in fixed)
    yield limits.grids(one)
    yield limits.composition(one)
    yield _limit(one.max_position)
    yield limits.heads(one.heads)
    yield _one_of("arithmetic", one.arithmetic, ARITHMETIC) if one.arithmetic else None
    yield _one_of("call", one.call, CALLS)
    yield _one_of("tables", one.tables, TABLES) if one.tables else None
    yield _one_of("arrays", one.arrays, ARRAYS)
    yield limits.listed("devices", one.devices)
    yield from map(limits.device, one.devices or ())
    yield _one_of("table_dtype", one.table_dtype, ("float32",)) if one.table_dtype else None
    yield limits.call(one)
    yield limits.axes(one)
    yield limits.arithmetic(one)
    yield limits.origin(one)
    yield limits.sizes(one)
    yield limits.numbers(one)
    yield _signature(function, one)


def _of_a_preset(one: Declaration) -> str | None:
    if one.preset is None or (wrong := _one_of("preset", one.preset, PRESETS)):
        return None if one.preset is None else wrong
    preset = PRESETS[one.preset]
    claims, wants = (one.encoding, one.convention), (preset.encoding, preset.convention)
    if claims == wants:
        return None
    claimed, wanted = (name + (f", convention {how!r}" if how else "") for name, how in (claims, wants))
    return f"the preset {one.preset} is of {wanted}, and it claims to be {claimed}"


def with_preset(one: Kind) -> Kind:
    """A declaration with what its preset says, where it is one of the encoding and nothing else is declared.

    Heads are set where one differs from another, or those of queries from those of keys.
    """
    preset = PRESETS.get(one.preset or "")
    if preset is None or preset.encoding != one.encoding or one.convention not in (None, preset.convention):
        return one
    apart = not ENCODINGS[one.encoding].definition.maps or call_of(one).joint
    heads = (preset.heads,) if preset.heads and apart and has(one, "h") else None
    return replace(
        one,
        convention=preset.convention,
        parameters=MappingProxyType({**preset.parameters, **(one.parameters or {})}),
        head_sizes=one.head_sizes or ((preset.head_size,) if preset.head_size else None),
        heads=one.heads or heads,
    )


def _unknown(what: str, given: object, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(str(given), names, n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    if len(names) > LISTED:
        alike = sorted(difflib.get_close_matches(str(given), names, n=LISTED // 2, cutoff=0))
        listed = "spec/presets.toml" if what == "preset" else "the README"
        known = f"{', '.join(alike)} and {len(names) - len(alike)} more, in {listed}"
        return f"unknown {what} {given!r}{hint}; known: {known}"
    return f"unknown {what} {given!r}{hint}; known: {', '.join(names) or 'none'}"


def _one_of(what: str, given: object, known: Collection[str]) -> str | None:
    return None if given in known else _unknown(what, given, known)


def _named(what: str, given: object) -> str | None:
    if isinstance(given, str) and re.fullmatch(r"[a-z0-9]+([-.][a-z0-9]+)*", given):
        return None
    return f"the {what} {given!r} is not lower-case words joined by hyphens; pass {what}='my-{what}'"


def _limit(max_position: Any) -> str | None:
    whole = isinstance(max_position, int) and not isinstance(max_position, bool)
    if max_position is None or (whole and 1 <= max_position <= LARGEST):
        return None
    return f"max_position is {max_position!r}; expected a positive integer up to 2^62, the largest position accepted"


def _value(parameter: str, given: object) -> str | None:
    said = settings.expected(parameter, given) or _finite(given)
    return f"the parameter {parameter} is fixed to {given!r}; expected {said}" if said else None


def _finite(given: object) -> str | None:
    several = isinstance(given, tuple | list)
    each = given if isinstance(given, tuple | list) else (given,)
    if any(isinstance(n, bool) or (isinstance(n, float) and not math.isfinite(n)) for n in each):
        return "finite numbers" if several else "a finite number"
    return None


def _arguments(one: Declaration) -> tuple[str, ...]:
    """What it is called with, by place."""
    if one.factory:
        return ("dim",)
    return ENCODINGS[one.encoding].definition.arguments if call_of(one) is PLAIN else expected_arguments(one)


def _signature(function: Callable[..., Any], one: Declaration) -> str | None:
    encoding, factory = one.encoding, one.factory
    definition, expected = ENCODINGS[encoding].definition, _arguments(one)
    keywords = [] if call_of(one).handed and not factory else ["*", *ENCODINGS[encoding].parameters, "..."]
    wanted = f"f({', '.join([*expected, *keywords])})"
    if not called(function):
        return f"it is no function but {kind_of(function)}; decorate a function {wanted}"
    if a_class(function) and not factory:
        return f"it is the class {function.__name__}; register an instance of it, or declare factory=True"
    try:
        signature = signature_of(function)
    except (TypeError, ValueError):
        return f"its signature cannot be read; wrap it in a plain function {wanted}"
    try:
        signature.bind_partial(*expected)
    except TypeError:
        return f"wrong signature {signature}; {_called(encoding, factory)} as {wanted}"
    supplied = {*definition.keywords, *learned(ENCODINGS[encoding])}
    known = {*ENCODINGS[encoding].parameters, *(one.parameters or {})} | (set() if factory else supplied)
    known |= {*ENCODINGS[encoding].tables}
    rest = list(signature.parameters.values())[len(expected) :]
    for parameter in rest:
        required = parameter.default is parameter.empty
        keyword = parameter.kind in (parameter.KEYWORD_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        if required and (parameter.kind is parameter.POSITIONAL_ONLY or (keyword and parameter.name not in known)):
            unknown = f"is no parameter of {encoding}{_meant(parameter.name, encoding)}"
            wrong = "cannot be given by name" if parameter.name in known else unknown
            return (
                f"wrong signature {signature}: {parameter.name!r} has no default and {wrong}; "
                f"{_called(encoding, factory)} as {wanted}"
            )
    return None


def unvaried(function: Callable[..., Any], one: Declaration) -> tuple[str, ...]:
    """The parameters with a default that a call never sets, for the encoding knows none of these names."""
    known = ENCODINGS[one.encoding]
    set_by_calls = {*known.definition.keywords, *known.under(one.convention).parameters, *known.parameters}
    set_by_calls |= {*learned(known), *(one.parameters or {}), *call_of(one).more, "table"}
    expected = len(_arguments(one))
    return tuple(
        p.name
        for p in parameters_of(function)[expected:]
        if p.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD) and p.name not in set_by_calls
    )


def told_of_unvaried(names: Iterable[str], encoding: str) -> str:
    """What is said of parameters that no call sets."""
    shown = ", ".join(f"{name}{_meant(name, encoding)}" for name in names)
    return f"nobody varies {shown}, for {encoding} has no parameter called so; its default alone is checked"


def _meant(name: str, encoding: str) -> str:
    """The parameter of an encoding that goes by another name elsewhere, or nothing, to be put behind that name."""
    meant = ELSEWHERE.get(name)
    return f" (is that {meant}?)" if meant in ENCODINGS[encoding].parameters else ""


def _called(encoding: str, factory: bool) -> str:
    return f"a factory of {encoding} is called" if factory else f"{encoding} is called"
