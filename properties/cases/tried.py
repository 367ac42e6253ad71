"""Values of the parameters beside their defaults, with which code is asked whether it honours them.

An encoding with a parameter of its own names three values for it, or more, in its field `tried`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from properties.cases.covering import pairwise

TRIED_AT = (8, 16, 64)
"""The dimensions of the values of every parameter, in turn."""
TOKENS = 8197
"""The length of the sequence that is asked for where positions reach to 4097: the last that is no longer than this."""


def _divisors(dim: int, step: float) -> tuple[float, ...]:
    """A number for every pair, rising from 1.5."""
    return tuple(1.5 + step * i for i in range(dim // 2))


TRIED: Mapping[str, Sequence[Any]] = {
    "base": (100.0, 500000.0, 1234.5),
    "rotary_dim": (4, 10, 56),
    "mrope_section": ((2, 1, 1), (3, 3, 2), (14, 10, 8)),
    "scale_base": (64, 300, 1000),
    "max_position_embeddings": (16, 100, 5000),
    "bidirectional": (False, True, False),
    "num_buckets": (8, 64, 20),
    "max_distance": (20, 1000, 129),
    "window_size": ((3, 5), (11, 4), (2, 16), (24, 24), (64, 64)),
    "max_relative_position": (1, 5, 300),
    "position_buckets": (4, 10, 400),
    "temperature": (0.5, 1.4, 3.25),
    "factor": (2.5, 16.0, 40.0),
    "original_max_position_embeddings": (1024, TOKENS, TOKENS - 1),
    "beta_fast": (16, 24.5, 64),
    "beta_slow": (2, 0.5, 4),
    "mscale": (0.707, 0.5, 2.0),
    "mscale_all_dim": (0.707, 1.0, 0.25),
    "attention_factor": (1.5, 1.0, 0.75),
    "low_freq_factor": (2.0, 0.5, 3.0),
    "high_freq_factor": (8.0, 2.0, 40.0),
    "short_factor": tuple(_divisors(dim, 0.5) for dim in TRIED_AT),
    "long_factor": tuple(_divisors(dim, 3.0) for dim in TRIED_AT),
}
"""By the names that model configurations give them."""

BESIDE: Mapping[str, Sequence[tuple[str, Any]]] = {
    "short_factor": (("original_max_position_embeddings", TOKENS),),
}
"""What must be set as well for a parameter to show."""

AT_ONCE = 64
"""The dimension in which several parameters leave their defaults at once."""
MODELS: Mapping[str, Sequence[Any]] = {
    "base": (500000.0, 1000000.0, 150000.0, 10000000.0),
    "rotary_dim": (16, 32, 64),
    "mrope_section": ((12, 10, 10), (16, 8, 8)),
    "factor": (1.0, 2.0, 3.5, 8.0, 32.0, 40.0),
    "original_max_position_embeddings": (2048, 32768, 65536, 262144),
    "max_position_embeddings": (1024, 32768, 131072),
    "beta_fast": (32, 64),
    "beta_slow": (1, 2),
    "mscale": (0.707, 1.0),
    "mscale_all_dim": (0.707, 1.0),
    "attention_factor": (1.0, 1.1931471805599454),
    "low_freq_factor": (1.0, 2.0),
    "high_freq_factor": (4.0, 8.0),
    "short_factor": (_divisors(AT_ONCE, 0.0), _divisors(AT_ONCE, 0.25)),
    "long_factor": (_divisors(AT_ONCE, 1.0), _divisors(AT_ONCE, 2.0)),
    "bidirectional": (True, False),
    "num_buckets": (64, 320),
    "max_distance": (800, 1024),
    "window_size": ((7, 7), (8, 8), (12, 12)),
    "grid_size": ((14, 14), (37, 37)),
    "new_size": ((14, 14), (24, 24), (37, 37)),
    "max_relative_position": (64, 128),
    "max_relative_positions": (256, 2048),
    "position_buckets": (64, 320),
}
"""Values of published models."""
RISING: Sequence[tuple[str, str]] = (
    ("low_freq_factor", "high_freq_factor"),
    ("beta_slow", "beta_fast"),
    ("num_buckets", "max_distance"),
    ("original_max_position_embeddings", "max_position_embeddings"),
)
"""Parameters of which the first has to be the smaller one."""


def at_once(defaults: Mapping[str, Any], tried: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Parameters away from their defaults, most of them at once: every two values of two of them at least once.

    What no model sets stands beside the others with the second of the values with which it is `tried` alone.
    """
    known = {name: MODELS.get(name, tried.get(name, ())[1:2] if len(defaults) > 1 else ()) for name in defaults}
    values = {name: (None, *(v for v in known[name] if _as_many(v, defaults[name]))) for name in defaults}
    for row in pairwise(tuple(values.values()), lambda row: _rises(defaults, dict(zip(values, row, strict=True)))):
        given = {name: value for name, value in zip(values, row, strict=True) if value is not None}
        if given:
            yield given


def _as_many(value: Any, default: Any) -> bool:
    """Whether a list is as long as the default: windows of two and of three axes have one name."""
    return not isinstance(value, tuple) or not isinstance(default, tuple) or len(value) == len(default)


def _rises(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    known = {name: defaults[name] if value is None else value for name, value in given.items()}
    return all(known[one] < known[other] for one, other in RISING if one in known and other in known)
