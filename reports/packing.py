"""A document as it lies in `report.json.gz`: compressed, its results as columns, most of which repeat themselves."""

import gzip
import json
from collections.abc import Mapping, Sequence
from typing import Any

NAME = "report.json.gz"
COLUMNS = "results"
"""The list of rows that is kept as columns."""


class Uneven(ValueError):
    """Columns that are no rows; the message says which."""


def packed(document: Mapping[str, Any]) -> bytes:
    """A document as a file."""
    kept = {**document, COLUMNS: _columns(document[COLUMNS])}
    return gzip.compress(json.dumps(kept, allow_nan=False, separators=(",", ":")).encode(), mtime=0)


def unpacked(file: bytes) -> Any:
    """The document of a file, compressed or not, its results as rows or as columns.

    Raises ValueError where it is not JSON, EOFError and OSError where the file is cut off, Uneven for columns of
    different lengths.
    """
    document = json.loads(gzip.decompress(file) if file.startswith(b"\x1f\x8b") else file)
    if isinstance(document, dict) and isinstance(document.get(COLUMNS), dict):
        document[COLUMNS] = _rows(document[COLUMNS])
    return document


def _columns(rows: Sequence[Mapping[str, Any]]) -> Any:
    """A list for every field; the rows themselves where they have not all the same ones."""
    fields = {tuple(row) for row in rows}
    return {name: [row[name] for row in rows] for name in fields.pop()} if len(fields) == 1 else rows


def _rows(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    lengths = {name: len(column) for name, column in columns.items() if isinstance(column, list)}
    if len(lengths) < len(columns) or len(set(lengths.values())) > 1:
        raise Uneven(f"{COLUMNS}: expected lists of one length, got {lengths}")
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
