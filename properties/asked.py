"""From the options of a command line to what is run; pytest and `python -m reports` take the same ones."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import impls.peers
from impls.declaration import DTYPES
from impls.loading import Loaded, load_all, load_default
from properties.case import case_of
from properties.catalogue import PROPERTIES
from properties.expectations import Expectation, WrongExpectation, read
from properties.plan import DRAWS, Plan

PEERS_EXPECTED = Path(impls.peers.__path__[0]) / "expected.toml"


class WrongUsage(ValueError):
    """An option that cannot be understood; the message says what was expected."""


@dataclass(frozen=True)
class Asked:
    """What is run: implementations, plan, known failures."""

    loaded: Loaded
    plan: Plan
    expectations: tuple[Expectation, ...]


def asked(
    *,
    impl: Sequence[str] = (),
    properties: Sequence[str] = (),
    dtypes: Sequence[str] = (),
    profile: str = "fast",
    seed: int = 0,
    case: str | None = None,
    expect: Sequence[str] = (),
) -> Asked:
    """The run that these options ask for. Without `impl`, everything registered in `impls` is checked.

    Raises WrongUsage for an unknown property, dtype or profile, for a case that is not one, and for a file of
    expectations that cannot be used.
    """
    known = {prop.id: prop for prop in PROPERTIES}
    _known("property", properties, known)
    _known("dtype", dtypes, DTYPES)
    _known("profile", [profile], DRAWS)
    try:
        only = None if case is None else case_of(json.loads(case))
    except (TypeError, ValueError, AttributeError) as error:
        raise WrongUsage(f"--case {case!r} is not a case: {error}; copy it from a failure") from None
    try:
        expectations = [e for path in (PEERS_EXPECTED, *map(Path, expect)) for e in read(path)]
    except WrongExpectation as error:
        raise WrongUsage(str(error)) from None
    plan = Plan(
        properties=tuple(known[name] for name in known if not properties or name in properties),
        dtypes=tuple(dtypes) or None,
        profile=profile,
        seed=seed,
        case=only,
    )
    return Asked(load_all(impl) if impl else load_default(), plan, tuple(expectations))


def _known(what: str, given: Sequence[str], known: Sequence[str] | dict[str, object]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        raise WrongUsage(f"unknown {what} {', '.join(map(repr, unknown))}; known: {', '.join(known)}")
