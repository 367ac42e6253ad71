"""What a run says: one result for every implementation, property and dtype.

Its outcome says where the run ended for it. Step by step, under PLUGIN:

1. the plug-in is imported, its declaration read      `error`: it does not import, or declares what cannot be
2. its package is looked for                          `unavailable`: not installed here
3. its dtypes are compared with those of the plan     `not-run`: none of them is asked for
4. it is called once in each dtype                    `error`: what comes back is of no use; `expected-fail` where that
                                                      is known, and `unexpected-pass` where it is known but not so

then for every property and dtype:

5. the spec and the declaration are asked             `not-applicable`: the statement says nothing about it
6. the profile is asked                               `not-run`: another profile runs it, or a case before did not end
7. a known failure is replayed, its witness alone     `expected-fail` where it still fails, else `unexpected-pass`
8. cases are run, in the order cover, draws           `fail` at the first against the spec, made smaller;
                                                      `not-applicable` where only the call could tell; `error`: it did
                                                      not end in time, the suite broke, or there was no case
9. no case is left                                    `pass`

What conforms ends in none of NONCONFORMING.
"""

import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from impls import Implementation

OUTCOMES = (
    "pass",
    "fail",
    "error",
    "expected-fail",
    "unexpected-pass",
    "not-applicable",
    "unavailable",
    "not-run",
)
NONCONFORMING = frozenset({"fail", "error", "unexpected-pass"})
PLUGIN = "plug-in"
"""The property under which a plug-in is reported that cannot be checked at all."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """One cell. `error` and `bound` are the worst pair seen, `witness` is the smallest failing case, as JSON."""

    implementation: str
    encoding: str
    property: str
    dtype: str | None
    expected: str | None
    outcome: str
    cases: int = 0
    seconds: float = 0.0
    error: float | None = None
    bound: float | None = None
    witness: Mapping[str, Any] | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    reason: str = ""
    reproduce: str = ""
    diagnosis: tuple[str, ...] = ()

    @builtins.property
    def conforms(self) -> bool:
        """Whether this result leaves the run conforming."""
        return self.outcome not in NONCONFORMING


Known = Mapping[tuple[str, str, str | None], Result]
"""Results by implementation, property and dtype."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One implementation with its status ("ok", "error" or "unavailable") and all its results.

    `beside` is what was asked of it when these were there, for whoever tells of it.
    """

    implementation: Implementation
    status: str
    results: tuple[Result, ...]
    message: str = ""
    beside: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Run:
    """Everything that one run found out, and what it was asked."""

    checked: tuple[Checked, ...]
    problems: tuple[Result, ...]
    profile: str
    seed: int
    seconds: float
    complete: bool = True
    stopped: int | None = None
    """The signal that ended it."""
    device: str = "cpu"
    """What the device is called."""

    @property
    def results(self) -> tuple[Result, ...]:
        """All results, those of plug-ins and expectations that could not be used among them."""
        return (*self.problems, *(result for checked in self.checked for result in checked.results))

    @property
    def conforms(self) -> bool:
        """Whether everything that was checked is what it claims to be, and something was checked."""
        return bool(self.results) and all(result.conforms for result in self.results)
