"""Every statement of the suite, by subject; a file put here is part of the suite."""

import inspect
from collections.abc import Callable
from typing import Any

from spec.encoding import Encoding
from spec.statement import METHODS, Residual, Statement

Need = Callable[[Encoding], str | None]


def identity(section: str, *needs: Need, **more: Any) -> Callable[[Residual], Statement]:
    """State that a residual vanishes for all values of its letters."""
    return _stated("identity", section, needs, "residual", more)


def difference(section: str, *needs: Need, **more: Any) -> Callable[[Residual], Statement]:
    """State that a residual does not vanish identically."""
    return _stated("difference", section, needs, "residual", more)


def decided(method: str, section: str, *needs: Need, **more: Any) -> Callable[[Callable[..., bool]], Statement]:
    """State what a certified computation decides: `decides(encoding, witness)`, over a range where witness is None."""
    return _stated(method, section, needs, "decides", more)


def contract(section: str, *needs: Need) -> Callable[[Callable[[], None]], Statement]:
    """State what is asked of code alone: there is nothing in the definition to prove."""
    return _stated("contract", section, needs, None, {})


def structure(section: str, decides: Callable[..., bool], *needs: Need) -> Callable[[Callable[[], None]], Statement]:
    """State what can be read off the definition by `decides`."""
    return _stated("structure", section, needs, None, {"decides": decides})


def _stated(method: str, section: str, needs: tuple[Need, ...], role: str | None, more: dict[str, Any]) -> Any:
    assert method in METHODS

    def state(function: Callable[..., Any]) -> Statement:
        name = function.__name__.replace("_", "-")
        return Statement(
            id=name,
            title=name.replace("-", " ").capitalize(),
            sentence=inspect.cleandoc(function.__doc__ or ""),
            section=section,
            method=method,
            needs=needs,
            **more,
            **({role: function} if role else {}),
        )

    return state
