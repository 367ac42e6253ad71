"""Values of the parameters beside their defaults, with which code is asked whether it honours them.

An encoding with a parameter of its own names values for it in its field `tried`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

TRIED_AT = (8, 16, 64)
"""The dimensions of the three values of every parameter."""
TOKENS = 8197
"""The length of the sequence that is asked for where positions reach to 4097: the last that is no longer than this."""


def _divisors(dim: int, step: float) -> tuple[float, ...]:
    """A number for every pair, rising from 1.5."""
    return tuple(1.5 + step * i for i in range(dim // 2))


TRIED: Mapping[str, Sequence[Any]] = {
    "base": (100.0, 500000.0, 1234.5),
    "rotary_dim": (4, 10, 48),
    "mrope_section": ((2, 1, 1), (3, 3, 2), (14, 10, 8)),
    "scale_base": (64, 512, 1000),
    "max_position_embeddings": (16, 100, 5000),
    "bidirectional": (False, True, False),
    "num_buckets": (8, 64, 20),
    "max_distance": (20, 1000, 129),
    "window_size": ((3, 5), (11, 4), (2, 16)),
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
