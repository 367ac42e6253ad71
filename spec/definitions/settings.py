"""What the value of a parameter may be, by the name that model configurations give it."""

import math
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

Rule = tuple[str, Callable[[Any], bool]]


def _is_number(given: Any) -> bool:
    return isinstance(given, Real) and not isinstance(given, bool) and math.isfinite(given)


def _is_positive(given: Any) -> bool:
    return _is_number(given) and given > 0


def _is_whole(given: Any, least: int, multiple: int = 1) -> bool:
    return _is_number(given) and isinstance(given, int) and given >= least and given % multiple == 0


NUMBER: Rule = ("a positive number", _is_positive)
COUNT: Rule = ("a positive integer", lambda given: _is_whole(given, 1))
STRETCH: Rule = ("an integer from 2 on, how many positions have one temperature", lambda given: _is_whole(given, 2))
SHARE: Rule = ("a number above 0 and up to 1, the share that turns", lambda given: _is_positive(given) and given <= 1)
PAIRED: Rule = ("a positive even integer, two coordinates a frequency", lambda given: _is_whole(given, 2, 2))
SECONDS: Rule = (
    "a tuple of positive numbers, the seconds from frame to frame of one video after the other",
    lambda given: isinstance(given, tuple | list) and all(map(_is_positive, given)),
)
RULES: Mapping[str, Rule] = {
    **dict.fromkeys(("base", "factor", "scale_base", "attention_factor", "mixed_b", "attn_scale"), NUMBER),
    **dict.fromkeys(("original_max_position_embeddings", "max_position_embeddings"), NUMBER),
    **dict.fromkeys(("beta_fast", "beta_slow", "low_freq_factor", "high_freq_factor"), NUMBER),
    **dict.fromkeys(("frequency_ratio", "phase_scale", "tokens_per_second"), NUMBER),
    **dict.fromkeys(("rotary_dim", "spatial_merge_size", "temporal_merge_size"), COUNT),
    "floor_scale": STRETCH,
    "partial_rotary_factor": SHARE,
    "bar_d": PAIRED,
    "second_per_grid_ts": SECONDS,
}
"""Of what is not listed the kind of the parameter alone is known."""


def expected(parameter: str, given: Any) -> str | None:
    """What was expected instead of this value; None where it is one that the parameter may have."""
    said, fits = RULES.get(parameter, ("", lambda _: True))
    return None if fits(given) else said


def refuse_nonsense(parameters: Mapping[str, Any]) -> None:
    """Raise ValueError for a value that a parameter cannot have: what was expected, what came, and what to do."""
    for name, given in parameters.items():
        if given is not None and (said := expected(name, given)):
            raise ValueError(f"{name} is {given!r}; expected {said}: correct it, or leave it out")
