"""A lemma: something true of attention, of grids or of waves that belongs to no single encoding, and its proof.

A `proof` is symbolic and general; `exhaustive` goes through every case of a finite range that is the whole statement;
`certified` decides by balls or exact numbers over a stated range; a `theorem` rests on a cited result and its check is
the finite part that stands in for it.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

METHODS = ("proof", "exhaustive", "certified", "theorem")


@dataclass(frozen=True, kw_only=True)
class Lemma:
    """A true statement and the computation that shows it."""

    id: str
    sentence: str
    method: str
    check: Callable[[], bool]
    cites: str | None = None

    def __call__(self) -> bool:
        """Whether the check succeeds."""
        return self.check()


def lemma(method: str, *, cites: str | None = None) -> Callable[[Callable[[], bool]], Lemma]:
    """Make a function without arguments, whose docstring states the lemma, its proof."""
    assert method in METHODS
    assert (method == "theorem") == (cites is not None), (
        "a theorem, and nothing else, cites the result that it rests on"
    )
    return lambda check: Lemma(
        id=check.__name__.replace("_", "-"),
        sentence=" ".join(inspect.cleandoc(check.__doc__ or "").split()),
        method=method,
        check=check,
        cites=cites,
    )
