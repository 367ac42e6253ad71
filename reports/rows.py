"""The rows of a report, read from its JSON in one place; what a report need not say is None or empty here."""

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


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What an encoding looks like, in numbers; empty where it has nothing of the kind.

    `attention`: the logits of equal contents between positions. `kernel`: (distance, logit). `wavelengths`, in
    positions. `turns`: where (1, 0) is in each of the first pairs, at 0, 1, 2... `places` of a mixed sequence.
    """

    attention: Sequence[Sequence[float]] = ()
    kernel: Sequence[tuple[float, float]] = ()
    wavelengths: Sequence[float] = ()
    turns: Sequence[Sequence[tuple[float, float]]] = ()
    places: Sequence[Sequence[float]] = ()


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """An encoding of the spec, with its equations in MathML."""

    name: str
    title: str = ""
    acts_on: str = ""
    source: str | None = None
    definition: str | None = None
    parameters: Any = None
    layouts: Any = None
    conventions: Any = None
    forms: Any = None
    without: Any = None
    picture: Picture | None = None


@dataclass(frozen=True, kw_only=True)
class Property:
    """What is stated, how it is measured, and which faults it catches."""

    id: str
    title: str
    statement: str = ""
    section: str = ""
    measure: str | None = None
    catches: Sequence[str] = ()

    @property
    def heading(self) -> str:
        """Its title, or its id where it has none."""
        return self.title or self.id


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the spec says of an encoding and a property."""

    encoding: str
    property: str
    verdict: str
    method: str | None = None
    reason: str | None = None
    witness: Any = None
    mathml: str | None = None


@dataclass(frozen=True, kw_only=True)
class Fault:
    """An implementation with one known mistake."""

    name: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class KillMatrix:
    """Which fault (row) fails which property (column)."""

    faults: tuple[Fault, ...]
    properties: Sequence[str]
    kills: Sequence[Sequence[bool]]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a source says, and what to believe of it."""

    id: str
    source: str
    place: str = ""
    says: str
    verdict: str
    because: str
    stands: bool


@dataclass(frozen=True, kw_only=True)
class Lemma:
    """What is true beyond single encodings."""

    id: str
    sentence: str
    method: str
    cites: str | None = None
    stands: bool


@dataclass(frozen=True, kw_only=True)
class Advisory:
    """What a published library does otherwise, and how that stands in the version that is installed."""

    id: str
    package: str
    versions: Sequence[str]
    where: str
    severity: str
    title: str
    sees: str
    condition: str
    encoding: str
    replay: str
    acts_like: str | None = None
    since: str | None = None
    upstream: str | None = None
    implementations: Sequence[str] = ()
    properties: Sequence[str] = ()
    state: str = "unavailable"
    version: str | None = None
    measured: float | None = None
    allowed: float | None = None
    message: str = ""

    @property
    def standing(self) -> str:
        """How it stands, in words."""
        return self.state.replace("-", " ")


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


def encodings(document: Document) -> tuple[Encoding, ...]:
    """The encodings, with what they look like where that is told."""
    return tuple(
        read(Encoding, each, picture=read(Picture, each["picture"]) if each.get("picture") else None)
        for each in document.get("encodings") or ()
    )


def results(document: Document) -> tuple[Result, ...]:
    """All results, those of no dtype among them."""
    return tuple(read(Result, each, dtype=each["dtype"] or NO_DTYPE) for each in document["results"])


def kill_matrix(document: Document) -> KillMatrix | None:
    """The kill matrix, where there is one."""
    matrix = document.get("kill_matrix")
    return read(KillMatrix, matrix, faults=read_all(Fault, matrix["faults"])) if matrix else None
