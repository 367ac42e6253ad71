"""The rows of what a report tells beside its run: encodings, properties, what is true, what is known of libraries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports.rows import read, read_all
from reports.schema import Document


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


def encodings(document: Document) -> tuple[Encoding, ...]:
    """The encodings, with what they look like where that is told."""
    return tuple(
        read(Encoding, each, picture=read(Picture, each["picture"]) if each.get("picture") else None)
        for each in document.get("encodings") or ()
    )


def kill_matrix(document: Document) -> KillMatrix | None:
    """The kill matrix, where there is one."""
    matrix = document.get("kill_matrix")
    return read(KillMatrix, matrix, faults=read_all(Fault, matrix["faults"])) if matrix else None
