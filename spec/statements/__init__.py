"""Every statement of the suite, by subject; a file put here is part of the suite."""

import inspect
from collections.abc import Callable
from typing import Any

from spec.definitions.encoding import Encoding
from spec.definitions.verdict import Witness
from spec.definitions.words import Method, Section
from spec.proving.statement import Decides, Residual, Rule, Statement

Need = Callable[[Encoding], str | None]


def identity(section: Section, *needs: Need) -> Callable[[Residual], Statement]:
    """State that a residual vanishes for all values of its letters."""
    return lambda residual: _stated("identity", section, needs, residual, residual=residual)


def difference(section: Section, *needs: Need, example: Witness) -> Callable[[Residual], Statement]:
    """State that a residual does not vanish identically, as the example shows where it holds."""
    return lambda residual: _stated("difference", section, needs, residual, residual=residual, example=example)


def decided(
    method: Method,
    section: Section,
    *needs: Need,
    cites: str | None = None,
    everywhere: Callable[[Encoding], bool] | None = None,
) -> Callable[[Decides], Statement]:
    """State what a certified computation decides: `decides(encoding, witness)`, over a range where witness is None."""
    return lambda decides: _stated(method, section, needs, decides, decides=decides, cites=cites, everywhere=everywhere)


def contract(section: Section, *needs: Need) -> Callable[[Callable[[], None]], Statement]:
    """State what is asked of code alone: there is nothing in the definition to prove."""
    return lambda asked: _stated("contract", section, needs, asked)


def structure(section: Section, decides: Decides, *needs: Need) -> Callable[[Callable[[], None]], Statement]:
    """State what can be read off the definition by `decides`."""
    return lambda read: _stated("structure", section, needs, read, decides=decides)


def exhaustive(section: Section, decides: Callable[[Rule], Decides], *needs: Need) -> Callable[[Rule], Statement]:
    """State what a rule says of every sequence of a range, which `decides` goes through with it."""
    return lambda rule: _stated("exhaustive", section, needs, rule, decides=decides(rule), rule=rule)


def _stated(
    method: Method,
    section: Section,
    needs: tuple[Need, ...],
    function: Callable[..., Any],
    *,
    residual: Residual | None = None,
    decides: Decides | None = None,
    rule: Rule | None = None,
    cites: str | None = None,
    example: Witness | None = None,
    everywhere: Callable[[Encoding], bool] | None = None,
) -> Statement:
    name = function.__name__.replace("_", "-")
    return Statement(
        id=name,
        title=name.replace("-", " ").capitalize(),
        sentence=inspect.cleandoc(function.__doc__ or ""),
        section=section,
        method=method,
        residual=residual,
        decides=decides,
        rule=rule,
        needs=needs,
        cites=cites,
        example=example,
        everywhere=everywhere,
    )
