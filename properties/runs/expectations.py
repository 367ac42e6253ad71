"""Failures that are known: each with its reason, its evidence and a witness that is replayed, so that none can rot.

[[expected]]
implementation = "my-rope"
properties = ["exact-values"]
dtypes = ["bfloat16"]
reason = "positions are rounded to bfloat16 before they are multiplied"
evidence = "position 257 is turned as 256; error over bound 140"
witness = {dim = 4, positions = [257]}
"""

import json
import math
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impls.advisories import ADVISORIES
from impls.declaration import DTYPES
from properties.cases.case import Case, case_of
from properties.cases.drawing import KINDS
from properties.runs.result import PLUGIN, Result
from spec import STATEMENTS

FIELDS = {
    "implementation": str,
    "properties": list,
    "dtypes": list,
    "reason": str,
    "evidence": str,
    "witness": dict,
}
UNLESS = "unless"
"""A field that a stanza may have: what else a machine or a setting has to be like, so that it need not fail there."""
HEAD = re.compile(r"\s*\[\[\s*expected\s*\]\]")


class WrongExpectation(ValueError):
    """A file of expectations that cannot be used; the message says where and what to change."""


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """One stanza: in these cells the implementation is known to fail, on this witness; `unless` something, in words."""

    implementation: str
    properties: tuple[str, ...]
    dtypes: tuple[str, ...]
    reason: str
    evidence: str
    witness: Case
    place: str
    unless: str = ""

    @property
    def cells(self) -> list[tuple[str, str]]:
        """The properties and dtypes of which it speaks."""
        return [(prop, dtype) for prop in self.properties for dtype in self.dtypes]


def read(path: Path) -> tuple[Expectation, ...]:
    """The expectations of a TOML file. Raises WrongExpectation where a stanza is not complete."""
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except OSError as error:
        raise WrongExpectation(f"{path}: cannot be read: {error.strerror}; give the path of a TOML file") from None
    except ValueError as error:
        raise WrongExpectation(f"{path}: is not TOML: {error}") from None
    stanzas = tables.pop("expected", [])
    if tables or not isinstance(stanzas, list) or not all(isinstance(stanza, dict) for stanza in stanzas):
        found = ", ".join(tables) or "expected"
        raise WrongExpectation(f"{path}: {found}: expected stanzas that begin with [[expected]], and nothing else")
    heads = [number for number, line in enumerate(text.splitlines(), 1) if HEAD.match(line)]
    lines = heads if len(heads) == len(stanzas) else range(1, len(stanzas) + 1)
    return tuple(_one(stanza, f"{path}:{line}") for stanza, line in zip(stanzas, lines, strict=True))


def published() -> tuple[Expectation, ...]:
    """Those of the published implementations, which their advisories list."""
    return tuple(
        _one({**stanza, "reason": advisory.title}, f"advisory {advisory.id}")
        for advisory in ADVISORIES.values()
        for stanza in advisory.expected
    )


def case_in(described: Any) -> Case:
    """The case that a user wrote down. Raises ValueError where it is none, with what was expected."""
    try:
        case = case_of(described)
        numbers = [case.dim, case.shift, case.batch, case.heads, case.seed, *case.positions, *case.others]
        numbers += [number for _, value in (*case.parameters, *case.content) for number in _numbers(value)]
        numbers += [size for _, *sizes in case.segments for size in sizes]
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError(str(error).removeprefix("Case.__init__() ")) from None
    if not case.segments and "dim" not in described:
        raise ValueError("missing dim, or segments")
    if not all(isinstance(number, int | float) and math.isfinite(number) for number in numbers):
        raise ValueError("expected numbers only")
    if min(case.dim or len(case.segments), case.batch, case.heads) < 1 or case.kind not in KINDS:
        raise ValueError(f"expected dim, batch and heads of at least 1 and a kind out of {', '.join(KINDS)}")
    return case


def _numbers(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _one(stanza: dict[str, Any], place: str) -> Expectation:
    for name, kind in FIELDS.items():
        if not isinstance(stanza.get(name), kind) or not stanza[name]:
            raise WrongExpectation(f"{place}: {name} is missing or empty; every expectation needs {', '.join(FIELDS)}")
    known_names = {"field": (*FIELDS, UNLESS), "property": (*STATEMENTS, PLUGIN), "dtype": DTYPES}
    for kind_of, given in (
        ("field", stanza),
        ("property", stanza["properties"]),
        ("dtype", stanza["dtypes"]),
    ):
        unknown = [name for name in given if name not in tuple(known_names[kind_of])]
        if unknown:
            known = ", ".join(known_names[kind_of])
            raise WrongExpectation(f"{place}: unknown {kind_of} {', '.join(map(repr, unknown))}; known: {known}")
    try:
        witness = case_in(stanza["witness"])
    except ValueError as error:
        raise WrongExpectation(f"{place}: the witness is not a case: {error}") from None
    return Expectation(
        implementation=stanza["implementation"],
        properties=tuple(stanza["properties"]),
        dtypes=tuple(stanza["dtypes"]),
        reason=stanza["reason"],
        evidence=stanza["evidence"],
        witness=witness,
        place=place,
        unless=str(stanza.get(UNLESS, "")),
    )


def stanza(results: Iterable[Result]) -> str:
    """A stanza for failures of one implementation on one witness. Its reason is empty, which the loader refuses."""
    failed = list(results)
    first = failed[0]
    witness = ", ".join(f"{name} = {_toml(value)}" for name, value in (first.witness or {}).items())
    lines = [
        "[[expected]]",
        f'implementation = "{first.implementation}"',
        f"properties = {_toml(sorted({result.property for result in failed}))}",
        f"dtypes = {_toml(sorted({str(result.dtype) for result in failed}))}",
        'reason = ""',
        f"evidence = {_toml(_told(first))}",
        f"witness = {{{witness}}}",
    ]
    return "\n".join(lines) + "\n"


def _told(result: Result) -> str:
    words = result.message.strip().splitlines()
    return words[0] if words else f"error {result.error:.3g}, bound {result.bound:.3g}"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_toml(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", " ") if isinstance(value, str) else str(value)
