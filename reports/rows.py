"""The rows of a run, read from the JSON of its report in one place; what that need not say is None or empty here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from reports.schema import Document

Row = TypeVar("Row")

NO_DTYPE, NO_ENCODING = "no dtype", "unknown encoding"


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Which suite ran, and how."""

    version: str
    digest: str
    profile: str
    seed: int
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What it ran on."""

    python: str
    torch: str
    hypothesis: str
    platform: str
    cpu: str
    threads: int
    device: str = "cpu"
    triton: str = ""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The worst error at a position, and its bound."""

    dtype: str
    position: float
    error: float | None
    bound: float | None


@dataclass(frozen=True, kw_only=True)
class Usable:
    """The last position that is still usable, and what ends it."""

    position: int
    limited_by: str

    @property
    def is_open(self) -> bool:
        """Whether it may go on: nothing was wrong where the probe, or the adapter's table, ended."""
        return self.limited_by in ("declared", "probe-range")


@dataclass(frozen=True, kw_only=True)
class Implementation:
    """What it claims to be, whether it could be called, and what the black box shows of itself."""

    name: str
    encoding: str
    form: str | None = None
    layout: str | None = None
    source: str | None = None
    version: str | None = None
    dtypes: Sequence[str] = ()
    status: str = "ok"
    message: str | None = None
    convention: str | None = None
    parameters: Mapping[str, Any] | None = None
    positions: str | None = None
    max_position: int | None = None
    package: str | None = None
    fingerprint: Mapping[str, str | float | None] | None = None
    usable_context: Mapping[str, Usable] = field(default_factory=dict)
    accuracy: tuple[Sample, ...] = ()
    probed: int | None = None
    body: str | None = None
    handed: str | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """One implementation, property and dtype: `error` and `bound` are the worst pair, `witness` the smallest case."""

    implementation: str
    encoding: str
    property: str
    dtype: str
    expected: str | None
    outcome: str
    cases: int
    seconds: float
    error: float | None
    bound: float | None
    witness: dict[str, Any] | None
    message: str
    reproduce: str
    diagnosis: Sequence[str]
    reason: str | None = None
    where: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a call costs: seconds, bytes, flops, and its time over that of the least that its result takes, its `floor`.

    `applying`: what of that grows with the heads. `passes` and `memory` are multiples of what the call makes.
    """

    implementation: str
    encoding: str
    form: str | None
    dtype: str
    shape: Sequence[int] | str
    seconds: float | None
    bytes: float | None
    flops: float | None
    ratio_to_copy: float | None
    kind: str = ""
    noise: float | None = None
    tokens: int | None = None
    batch: int | None = None
    floor: str = "copy"
    ratio: float | None = None
    applying: float | None = None
    passes: float | None = None
    memory: float | None = None
    launches: int | None = None

    @property
    def over_floor(self) -> float | None:
        """The ratio, which a report from before there were other floors calls that to a copy."""
        return self.ratio_to_copy if self.ratio is None else self.ratio

    @property
    def once(self) -> float | None:
        """What of the ratio does not grow with the heads: tables are made, and kernels called."""
        return None if self.over_floor is None or self.applying is None else self.over_floor - self.applying

    @property
    def setting(self) -> str:
        """The kind, and the length or the sequences."""
        if self.kind == "decode":
            return f"decode, {self.batch} sequence{'s' * (self.batch > 1)}" if self.batch else self.kind
        return f"{self.kind}, {self.tokens} tokens" if self.tokens else self.kind


def read(kind: type[Row], record: Mapping[str, Any], **instead: Any) -> Row:
    """The row of a JSON object: fields that the kind does not have are left out, and `instead` wins."""
    names = [each.name for each in fields(kind)]  # type: ignore[arg-type]
    return kind(**{name: record[name] for name in names if name in record} | instead)


def read_all(kind: type[Row], records: Sequence[Mapping[str, Any]] | None) -> tuple[Row, ...]:
    """The rows of a list; none where there is no list."""
    return tuple(read(kind, record) for record in records or ())


def implementation(record: Mapping[str, Any]) -> Implementation:
    """The row of an implementation, whether it loaded or not."""
    usable = {dtype: read(Usable, each) for dtype, each in (record.get("usable_context") or {}).items()}
    encoding, accuracy = record["encoding"] or NO_ENCODING, read_all(Sample, record.get("accuracy"))
    return read(Implementation, record, encoding=encoding, usable_context=usable, accuracy=accuracy)


def results(document: Document) -> tuple[Result, ...]:
    """All results, those of no dtype among them."""
    return tuple(read(Result, each, dtype=each["dtype"] or NO_DTYPE) for each in document["results"])
