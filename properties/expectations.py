"""Failures that are known: each with its reason, its evidence and a witness that is replayed, so that none can rot.

    [[expected]]
    implementation = "my-rope"
    properties = ["exact-values"]
    dtypes = ["bfloat16"]
    reason = "positions are rounded to bfloat16 before they are multiplied"
    evidence = "position 257 is turned as 256; error over bound 140"
    witness = {dim = 4, positions = [257]}
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impls.declaration import DTYPES
from properties.case import Case, case_of
from properties.result import PLUGIN, Result
from spec import STATEMENTS

FIELDS = {"implementation": str, "properties": list, "dtypes": list, "reason": str, "evidence": str, "witness": dict}


class WrongExpectation(ValueError):
    """A file of expectations that cannot be used; the message says where and what to change."""


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """One stanza: in these cells the implementation is known to fail, on this witness."""

    implementation: str
    properties: tuple[str, ...]
    dtypes: tuple[str, ...]
    reason: str
    evidence: str
    witness: Case
    place: str

    def covers(self, implementation: str, prop: str, dtype: str) -> bool:
        """Whether it speaks of a cell."""
        return implementation == self.implementation and prop in self.properties and dtype in self.dtypes

    @property
    def told(self) -> str:
        """The reason, with its evidence."""
        return f"{self.reason} ({self.evidence})"

    @property
    def cells(self) -> list[tuple[str, str]]:
        """The properties and dtypes of which it speaks."""
        return [(prop, dtype) for prop in self.properties for dtype in self.dtypes]


def read(path: Path) -> tuple[Expectation, ...]:
    """The expectations of a TOML file. Raises WrongExpectation where a stanza is not complete."""
    try:
        text = path.read_text()
        stanzas = tomllib.loads(text).get("expected", [])
    except OSError as error:
        raise WrongExpectation(f"{path}: cannot be read: {error.strerror}; give the path of a TOML file") from None
    except tomllib.TOMLDecodeError as error:
        raise WrongExpectation(f"{path}: is not TOML: {error}") from None
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.strip() == "[[expected]]"]
    return tuple(_one(stanza, f"{path}:{line}") for stanza, line in zip(stanzas, lines, strict=True))


def _one(stanza: dict[str, Any], place: str) -> Expectation:
    for name, kind in FIELDS.items():
        if not isinstance(stanza.get(name), kind) or not stanza[name]:
            raise WrongExpectation(f"{place}: {name} is missing or empty; every expectation needs {', '.join(FIELDS)}")
    for name, known in (("properties", {*STATEMENTS, PLUGIN}), ("dtypes", DTYPES)):
        unknown = [given for given in stanza[name] if given not in known]
        if unknown:
            raise WrongExpectation(f"{place}: unknown {name} {', '.join(map(repr, unknown))}; see the report for the ids")
    try:
        witness = case_of(stanza["witness"])
    except TypeError as error:
        raise WrongExpectation(f"{place}: the witness is not a case: {error}") from None
    return Expectation(
        implementation=stanza["implementation"],
        properties=tuple(stanza["properties"]),
        dtypes=tuple(stanza["dtypes"]),
        reason=stanza["reason"],
        evidence=stanza["evidence"],
        witness=witness,
        place=place,
    )


def stanza(results: Iterable[Result]) -> str:
    """A stanza for failures of one implementation on one witness, with the reason left empty: the loader refuses that."""
    failed = list(results)
    first = failed[0]
    witness = ", ".join(f"{name} = {_toml(value)}" for name, value in (first.witness or {}).items())
    lines = [
        "[[expected]]",
        f'implementation = "{first.implementation}"',
        f"properties = {_toml(sorted({result.property for result in failed}))}",
        f"dtypes = {_toml(sorted({str(result.dtype) for result in failed}))}",
        'reason = ""',
        f'evidence = "{_told(first)}"',
        f"witness = {{{witness}}}",
    ]
    return "\n".join(lines) + "\n"


def _told(result: Result) -> str:
    return result.message.replace('"', "'").splitlines()[0] if result.message else f"error {result.error:.3g}, bound {result.bound:.3g}"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_toml(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
