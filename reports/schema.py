"""The shape of a report: a JSON Schema, and the few rules that a JSON Schema cannot state.

Every number is finite (NaN and infinity are not JSON; what was measured as such is null and has a message)
and the kill matrix is rectangular.
"""

import json
import math
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from reports.packing import NAME, Uneven, unpacked

Document = dict[str, Any]
"""A report as JSON values."""

PATH = Path(__file__).with_name("schema.json")
SHOWN = 5


class InvalidReport(ValueError):
    """The document is not a report of this schema; the message says where and what was expected."""


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a report."""
    loaded: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return loaded


def validate(document: Any, *, name: str = NAME) -> Document:
    """Return the document unchanged when it is a report.

    Raises InvalidReport where it is not, with the first few places that are wrong, one a line.
    """
    problems = []
    for problem in _problems(document):
        problems.append(problem)
        if len(problems) > SHOWN:
            break
    if not problems:
        return document  # type: ignore[no-any-return]
    more = ["  ... and more"] if len(problems) > SHOWN else []
    lines = [f"{name} is not a report of schema 1:", *(f"  {each}" for each in problems[:SHOWN]), *more]
    raise InvalidReport("\n".join([*lines, "See reports/schema.json; fields may be added, never changed."]))


def is_complete(document: Document) -> bool:
    """Whether the run reached its end."""
    return document.get("complete") is True


def load(path: str | Path) -> Document:
    """Read and validate a report.

    Raises InvalidReport where it is not JSON (a file cut off while it was written, say) or not a report, and OSError
    where it cannot be read.
    """
    file = Path(path).read_bytes()
    try:
        document = unpacked(file)
    except RecursionError:
        raise InvalidReport(f"{path} is nested too deep for a report") from None
    except Uneven as error:
        raise InvalidReport(f"{path} is not a report: {error}") from None
    except (ValueError, EOFError, OSError, zlib.error) as error:
        raise InvalidReport(
            f"{path} is not JSON ({error}); was it cut off while being written? "
            "Run the suite again, or leave this shard out."
        ) from error
    return validate(document, name=str(path))


@cache
def _validator() -> Any:
    return jsonschema_rs.validator_for(schema())


def _problems(document: Any) -> Iterator[str]:
    try:
        json.dumps(document, allow_nan=False)
    except ValueError:
        yield from _not_finite(document, [])
        return
    found = False
    for error in _validator().iter_errors(document):
        found = True
        yield f"{_place(list(error.instance_path))}: {_say(error)}"
    if not found:
        yield from _not_rectangular(document.get("kill_matrix"))


def _say(error: Any) -> str:
    name, value, got = error.kind.name, error.kind.value, _short(error.instance)
    if name == "anyOf":
        options = [_say(each) for one in value for each in one]
        kept = next((said for said in options if said.startswith("expected one of")), options[0])
        return kept.replace("; got", " or null; got")
    if name == "enum":
        return f"expected one of {', '.join(map(str, value))}; got {got}"
    if name == "const":
        return f"expected {_short(value)}; got {got}"
    if name == "type":
        kinds = [kind for kind in value if kind != "null"] + ["null"] * ("null" in value)
        return f"expected {' or '.join(kinds)}; got {got}"
    if name == "required":
        return f"required, but missing: {value}"
    return str(error.message)[:300]


def _place(path: list[str | int]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.lstrip(".") or "the document"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}..."


def _not_finite(value: Any, path: list[str | int]) -> Iterator[str]:
    if isinstance(value, float) and not math.isfinite(value):
        yield f"{_place(path)}: expected a finite number or null; got {value!r}"
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _not_finite(item, [*path, key])
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _not_finite(item, [*path, index])


def _not_rectangular(matrix: dict[str, Any] | None) -> Iterator[str]:
    if matrix is None:
        return
    rows, columns = len(matrix["faults"]), len(matrix["properties"])
    if len(matrix["kills"]) != rows or any(len(row) != columns for row in matrix["kills"]):
        yield f"kill_matrix.kills: expected {rows} rows (one a fault) of {columns} (one a property)"
