"""From the options of a command line to what is run; pytest and `python -m reports` take the same ones."""

import json
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import impls.peers
from impls.declaration import DTYPES
from impls.loading import Loaded, load_all, load_default
from properties.cases.case import Case
from properties.runs.catalogue import PROPERTIES
from properties.runs.expectations import Expectation, WrongExpectation, case_in, read
from properties.runs.plan import DRAWS, Plan
from properties.runs.selection import nothing, stale

OPTIONS = {
    "properties": "--property",
    "dtypes": "--dtype",
    "profile": "--profile",
    "seed": "--suite-seed",
    "case": "--case",
    "expect": "--expect",
}
"""What `understood` takes, and the option of the command line that says it."""

PEERS_EXPECTED = Path(impls.peers.__path__[0]) / "expected.toml"


class WrongUsage(ValueError):
    """An option that cannot be understood; the message says what was expected."""


@dataclass(frozen=True)
class Asked:
    """What is run: implementations, plan, known failures. The problems of the selection are in `loaded`."""

    loaded: Loaded
    plan: Plan
    expectations: tuple[Expectation, ...]


def asked(
    *,
    impl: Sequence[str] = (),
    properties: Sequence[str] = (),
    dtypes: Sequence[str] = (),
    profile: str = "fast",
    seed: int | None = None,
    case: str | None = None,
    expect: Sequence[str] = (),
) -> Asked:
    """The run that these options ask for. Without `impl`, everything registered in `impls` is checked.

    Raises WrongUsage as `understood` does.
    """
    plan, given = understood(properties=properties, dtypes=dtypes, profile=profile, seed=seed, case=case, expect=expect)
    loaded = load_all(impl) if impl else load_default()
    plan = replace(plan, survey=not impl and profile == "fast" and not dtypes and case is None)
    names = {one.name for one in loaded.implementations}
    own = [e for e in _read(PEERS_EXPECTED) if not impl or e.implementation in names]
    expectations = (*own, *given)
    wrong = (*loaded.problems, *stale(expectations, loaded, plan)) or tuple(nothing(loaded, plan))
    return Asked(Loaded(loaded.implementations, wrong), plan, expectations)


def understood(
    *,
    properties: Sequence[str] = (),
    dtypes: Sequence[str] = (),
    profile: str = "fast",
    seed: int | None = None,
    case: str | None = None,
    expect: Sequence[str] = (),
) -> tuple[Plan, tuple[Expectation, ...]]:
    """The plan and the known failures that these options describe; nothing is loaded.

    Raises WrongUsage for an unknown property, dtype or profile, a negative seed, a case that is not one or is
    given without its property, and a file of expectations that cannot be used.
    """
    known = {prop.id: prop for prop in PROPERTIES}
    _known("property", properties, known)
    _known("dtype", dtypes, DTYPES)
    _known("profile", [profile], DRAWS)
    if seed is None:
        seed = random.randrange(2**20) if profile == "deep" else 0
    if seed < 0:
        raise WrongUsage(f"--suite-seed {seed} is negative; expected 0 or more")
    only = None if case is None else _case(case, properties)
    expectations = tuple(e for path in dict.fromkeys(expect) for e in _read(Path(path)))
    plan = Plan(
        properties=tuple(known[name] for name in known if not properties or name in properties),
        dtypes=tuple(dtypes) or None,
        profile=profile,
        seed=seed,
        case=only,
    )
    return plan, expectations


def _read(path: Path) -> tuple[Expectation, ...]:
    try:
        return read(path)
    except WrongExpectation as error:
        raise WrongUsage(str(error)) from None


def _case(text: str, properties: Sequence[str]) -> Case:
    if not properties:
        raise WrongUsage("--case is a case of one property; name it with --property, as the failure does")
    try:
        return case_in(json.loads(text))
    except ValueError as error:
        raise WrongUsage(f"--case {text!r} is not a case: {error}; copy it from a failure") from None


def _known(what: str, given: Sequence[str], known: Collection[str]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        raise WrongUsage(f"unknown {what} {', '.join(map(repr, unknown))}; known: {', '.join(known)}")
