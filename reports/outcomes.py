"""The outcome of a cell, the verdict on an implementation, that of the spec, and how severe a finding is, as data.

A mark is a glyph and a letter, so that nothing depends on colour. Marks of one table differ in letter and in
severity; the worst of several is the one of the highest severity. `breaks` says that the mark makes a run
non-conforming. At which step of a run each outcome arises stands in properties/runs/result.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from impls.advisories import SEVERITIES as SEVERITY

STYLES = {
    "good": "green",
    "bad": "bold white on red",
    "broken": "bold red",
    "odd": "bold magenta",
    "known": "yellow",
    "mute": "dim",
    "holds": "bold",
    "bounded": "",
    "fails": "",
}
"""The colours are classes of the style sheet; in a terminal they are these styles of rich."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """How one outcome or verdict is shown: `sign` is the glyph and the letter, `colour` one of STYLES."""

    name: str
    sign: str
    colour: str
    severity: int
    breaks: bool = False
    meaning: str
    singular: str = ""
    plural: str = ""
    short: str = ""

    @property
    def glyph(self) -> str:
        """The glyph of its sign."""
        return self.sign[0]

    @property
    def letter(self) -> str:
        """The letter of its sign, for who has no glyphs."""
        return self.sign[1]

    @property
    def style(self) -> str:
        """Its colour, as rich says it."""
        return STYLES[self.colour]

    @property
    def word(self) -> str:
        """Its name as it is read, or its singular."""
        return self.singular or self.name.replace("-", " ")

    def of(self, count: int) -> str:
        """The word as it follows a count: `1 conforms`, `2 conform`."""
        return self.plural if self.plural and count != 1 else self.word


def _table(*marks: Mark) -> Mapping[str, Mark]:
    return MappingProxyType({mark.name: mark for mark in marks})


OUTCOMES = _table(
    Mark(name="pass", sign="✓P", colour="good", severity=1, meaning="agrees with the spec"),
    Mark(name="fail", sign="✗F", colour="bad", severity=7, breaks=True, meaning="does not agree with the spec"),
    Mark(
        name="error",
        sign="!E",
        colour="broken",
        severity=6,
        breaks=True,
        meaning="could not be checked, or ran no case",
        plural="errors",
    ),
    Mark(
        name="unexpected-pass",
        sign="↑U",
        colour="odd",
        severity=5,
        breaks=True,
        meaning="agrees, though a failure was recorded as expected",
        plural="unexpected passes",
    ),
    Mark(
        name="expected-fail",
        sign="×X",
        colour="known",
        severity=4,
        meaning="does not agree, for a recorded reason",
        singular="known failure",
        plural="known failures",
    ),
    Mark(name="not-run", sign="·R", colour="mute", severity=3, meaning="this profile does not run it"),
    Mark(name="unavailable", sign="○A", colour="mute", severity=2, meaning="not installed on this machine"),
    Mark(name="not-applicable", sign="–N", colour="mute", severity=0, meaning="the statement does not concern it"),
)

VERDICTS = _table(
    Mark(
        name="conforms",
        sign="✓P",
        colour="good",
        severity=1,
        meaning="every property that was run agrees",
        plural="conform",
    ),
    Mark(
        name="conforms-except",
        sign="×X",
        colour="known",
        severity=2,
        meaning="whatever does not agree has a recorded reason",
        singular="deviates as is known",
        short="deviates",
        plural="deviate as is known",
    ),
    Mark(
        name="does-not-conform",
        sign="✗F",
        colour="bad",
        severity=5,
        breaks=True,
        meaning="something does not agree and no reason is recorded",
        plural="do not conform",
    ),
    Mark(
        name="error",
        sign="!E",
        colour="broken",
        severity=4,
        breaks=True,
        meaning="could not be loaded or called",
        plural="errors",
    ),
    Mark(name="unavailable", sign="○A", colour="mute", severity=0, meaning="not installed on this machine"),
    Mark(name="unknown", sign="·R", colour="mute", severity=3, meaning="the run was cut off, or nothing was checked"),
)

CLAIMS = _table(
    Mark(name="true", sign="●T", colour="holds", severity=0, meaning="as it is worded"),
    Mark(
        name="conditional",
        sign="◐C",
        colour="bounded",
        severity=1,
        meaning="true with it, false without it",
        singular="true under a condition",
    ),
    Mark(name="false", sign="○F", colour="fails", severity=2, meaning="as it is worded; what is true stands beside it"),
    Mark(
        name="undecidable",
        sign="–U",
        colour="mute",
        severity=3,
        meaning="empirical, historical or an opinion",
        singular="not decidable",
    ),
)

TRUTHS = _table(
    Mark(name="holds", sign="●H", colour="holds", severity=0, meaning="proved of the encoding"),
    Mark(name="bounded", sign="◐B", colour="bounded", severity=1, meaning="holds in the stated quantitative form"),
    Mark(name="fails", sign="○F", colour="fails", severity=2, meaning="refuted by a witness"),
    Mark(name="not-applicable", sign="–N", colour="mute", severity=3, meaning="says nothing about it"),
)

SEVERITIES = _table(
    Mark(
        name="wrong",
        sign="✗W",
        colour="bad",
        severity=3,
        meaning=SEVERITY["wrong"],
    ),
    Mark(
        name="degraded",
        sign="×D",
        colour="known",
        severity=2,
        meaning=SEVERITY["degraded"],
    ),
    Mark(
        name="refuses-too-little",
        sign="○L",
        colour="odd",
        severity=1,
        meaning=SEVERITY["refuses-too-little"],
    ),
    Mark(
        name="refuses-too-much",
        sign="○M",
        colour="broken",
        severity=0,
        meaning=SEVERITY["refuses-too-much"],
    ),
)
