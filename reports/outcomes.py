"""The outcome of a cell, the verdict on an implementation and the verdict of the spec, as data.

A mark is a glyph and a letter, so that nothing depends on colour. Marks of one table differ in letter and in
severity; the worst of several is the one of the highest severity. `breaks` says that the mark makes a run
non-conforming.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Mark:
    """How one outcome or verdict is shown; `colour` names a class of the style sheet, `style` is rich's."""

    name: str
    glyph: str
    letter: str
    word: str
    colour: str
    style: str
    severity: int
    breaks: bool = False
    meaning: str = ""
    plural: str = ""

    def of(self, count: int) -> str:
        """The word as it follows a count: `1 conforms`, `2 conform`."""
        return self.plural if self.plural and count != 1 else self.word


def _table(*marks: Mark) -> Mapping[str, Mark]:
    return MappingProxyType({mark.name: mark for mark in marks})


OUTCOMES = _table(
    Mark("pass", "✓", "P", "pass", "good", "green", 1, False, "agrees with the spec"),
    Mark("fail", "✗", "F", "fail", "bad", "bold white on red", 7, True, "does not agree with the spec"),
    Mark(
        "error",
        "!",
        "E",
        "error",
        "broken",
        "bold red",
        6,
        True,
        "could not be checked, or ran no case",
        "errors",
    ),
    Mark(
        "unexpected-pass",
        "↑",
        "U",
        "unexpected pass",
        "odd",
        "bold magenta",
        5,
        True,
        "agrees, though a failure was recorded as expected",
        "unexpected passes",
    ),
    Mark(
        "expected-fail",
        "×",
        "X",
        "expected failure",
        "known",
        "yellow",
        4,
        False,
        "does not agree, for a recorded reason",
        "expected failures",
    ),
    Mark("not-run", "·", "R", "not run", "mute", "dim", 3, False, "this profile does not run it"),
    Mark("unavailable", "○", "A", "unavailable", "mute", "dim", 2, False, "not installed on this machine"),
    Mark(
        "not-applicable",
        "–",
        "N",
        "not applicable",
        "mute",
        "dim",
        0,
        False,
        "the statement does not concern it",
    ),
)

VERDICTS = _table(
    Mark(
        "conforms",
        "✓",
        "P",
        "conforms",
        "good",
        "green",
        1,
        False,
        "every property that was run agrees",
        "conform",
    ),
    Mark(
        "conforms-except",
        "×",
        "X",
        "conforms except where expected",
        "known",
        "yellow",
        2,
        False,
        "whatever does not agree has a recorded reason",
        "conform except where expected",
    ),
    Mark(
        "does-not-conform",
        "✗",
        "F",
        "does not conform",
        "bad",
        "bold white on red",
        5,
        True,
        "something does not agree and no reason is recorded",
        "do not conform",
    ),
    Mark("error", "!", "E", "error", "broken", "bold red", 4, True, "could not be loaded or called", "errors"),
    Mark("unavailable", "○", "A", "unavailable", "mute", "dim", 0, False, "not installed on this machine"),
    Mark("unknown", "·", "R", "unknown", "mute", "dim", 3, False, "the run was cut off, or nothing was checked"),
)

CLAIMS = _table(
    Mark("true", "●", "T", "true", "holds", "bold", 0, False, "as it is worded"),
    Mark("conditional", "◐", "C", "true under a condition", "bounded", "", 1, False, "true with it, false without it"),
    Mark("false", "○", "F", "false", "fails", "", 2, False, "as it is worded; what is true stands beside it"),
    Mark("undecidable", "–", "U", "not decidable", "mute", "dim", 3, False, "empirical, historical or an opinion"),
)

TRUTHS = _table(
    Mark("holds", "●", "H", "holds", "holds", "bold", 0, False, "proved of the encoding"),
    Mark("bounded", "◐", "B", "bounded", "bounded", "", 1, False, "holds in the stated quantitative form"),
    Mark("fails", "○", "F", "fails", "fails", "", 2, False, "refuted by a witness"),
    Mark("not-applicable", "–", "N", "not applicable", "mute", "dim", 3, False, "says nothing about it"),
)


def worst(names: Iterable[str]) -> str:
    """The outcome of the highest severity.

    Raises:
        ValueError: there is none, or one is not an outcome.
    """
    listed = list(names)
    unknown = sorted(set(listed) - set(OUTCOMES))
    if unknown:
        raise ValueError(f"expected outcomes among {', '.join(OUTCOMES)}; got {', '.join(unknown)}")
    if not listed:
        raise ValueError("expected at least one outcome; a cell that ran nothing is an error, not a pass")
    return max(listed, key=lambda name: OUTCOMES[name].severity)
