"""A claim of the source documents, what to believe of it, and the check that would fail if that were wrong.

A check computes the claim itself, as it is worded. It answers with one truth value, or with two where the claim is true
under a condition: what it is under the condition, and what it is without. So every verdict has one right answer, and
each wrong verdict has a wrong one. What no computation decides has a reason instead of a check. A wish, what an
encoding should be, is no statement: where its words can be computed it is read as a definition, and is conditional, as
some encodings meet it and others do not.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

VERDICTS = ("true", "conditional", "false", "undecidable")
SOURCES = {
    "rope-notes": "Notes on rotary position embedding, with code",
    "basics": "Positional encodings of transformers: basics, four terms, window attention",
    "index": "Index page of a blog on transformers: the defect of relative positions, RoPE, RoPE in two dimensions",
    "rope-tie": "From RoPE in two dimensions to mixed text and images (RoPE-Tie), with comments",
    "survey": "Survey of positional encodings from integers to NoPE, with code",
}
"""The documents that the suite settles; all of them are in Chinese, and the wordings here are translations."""

Answer = bool | tuple[bool, bool]
Check = Callable[[], Answer]
RIGHT: dict[str, Answer] = {"true": True, "conditional": (True, False), "false": False}


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One sentence of a source: its permanent id, where it stands, what it says and what is true instead.

    `check` computes the claim as worded; it is None exactly for what no computation decides. `because` names the
    condition, the error, or the reason why nothing can be computed.
    """

    id: str
    source: str
    place: str
    says: str
    verdict: str
    because: str
    check: Check | None = None

    def stands(self) -> bool:
        """Whether the computation answers what the verdict says."""
        return self.check is None or self.check() == RIGHT.get(self.verdict)


def true(id: str, source: str, place: str) -> Callable[[Check], Claim]:
    """The decorated check returns True."""
    return lambda check: _told("true", id, source, place, check)


def conditional(id: str, source: str, place: str) -> Callable[[Check], Claim]:
    """The decorated check returns True under the condition, and False without it."""
    return lambda check: _told("conditional", id, source, place, check)


def false(id: str, source: str, place: str) -> Callable[[Check], Claim]:
    """The decorated check returns False."""
    return lambda check: _told("false", id, source, place, check)


def undecidable(id: str, source: str, place: str, *, says: str, because: str) -> Claim:
    """A claim that is empirical, historical, an opinion or a convention."""
    return Claim(id=id, source=source, place=place, says=says, verdict="undecidable", because=because)


def _told(verdict: str, id: str, source: str, place: str, check: Check) -> Claim:
    """A claim from the docstring of its check: the first paragraph says it, the others say what is true."""
    says, _, because = inspect.cleandoc(check.__doc__ or "").partition("\n\n")
    assert source in SOURCES, source
    return Claim(
        id=id, source=source, place=place, says=_line(says), verdict=verdict, because=_line(because), check=check
    )


def _line(text: str) -> str:
    return " ".join(text.split())
