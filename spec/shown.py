"""What an encoding is called with, in words: its parameters with their defaults, its conventions, how its pairs lie."""

import importlib
from collections.abc import Iterator
from typing import Any

from spec.definitions.composition import NAMES, ON_A_GRID, is_rotary
from spec.definitions.domain import COORDINATES
from spec.definitions.encoding import Encoding

MEANINGS = {
    "attention_factor": "by this much queries and keys are lengthened",
    "attn_scale": "how much a query is lengthened from one stretch of positions to the next, in a logarithm",
    "bar_d": "the dimension of the sinusoids whose inner products are the bias",
    "base": "frequencies are its powers, base^(-2i/dim) unless something else is said above",
    "beta_fast": "pairs that turn so often or more over the original length keep their frequency",
    "beta_slow": "pairs that turn so often or less over the original length are interpolated",
    "bidirectional": "keys ahead have buckets of their own",
    "factor": "how many times longer the context is than the original one",
    "floor_scale": "the length of the stretches of positions that share a temperature",
    "frequency_ratio": "the frequencies of the key's word, relative to those of the query's word",
    "grid_size": "(rows, columns) of the grid that the table is of",
    "high_freq_factor": "pairs that turn so often or more over the original length keep their frequency",
    "long_factor": "by these frequencies are divided beyond the original length, one a pair",
    "long_mscale": "the attention factor beyond the original length",
    "low_freq_factor": "pairs that turn so often or less over the original length are interpolated",
    "max_distance": "distances from here on share the last bucket",
    "max_position_embeddings": "the positions that there are rows for, or that the model was made for",
    "max_relative_position": "offsets that are larger, either way, are taken for it",
    "max_relative_positions": "up to this offset buckets grow like a logarithm",
    "mixed_b": "the exponent with which the slowing grows from pair to pair",
    "mrope_section": "so many pairs follow the time, the row, the column",
    "mscale": "the numerator of the attention factor is 1 + 0.1 mscale ln(factor)",
    "mscale_all_dim": "the denominator of the attention factor is 1 + 0.1 mscale_all_dim ln(factor)",
    "new_size": "(rows, columns) of the grid on which the table is read",
    "num_buckets": "buckets of offsets: rows of the table",
    "num_prefix_tokens": "rows of the table before those of the cells, which no place looks up",
    "original_max_position_embeddings": "the length of the sequences that the model was trained on first",
    "partial_rotary_factor": "the share of the pairs that turn, the fastest of the whole head",
    "phase_scale": "the phase of the content is multiplied by it",
    "phase_shift": "what is added to the phase of the content, in radians",
    "position_buckets": "buckets of offsets to each side",
    "radix": "positions are written in digits of this radix",
    "rotary_dim": "so many coordinates turn, as a vector of that size would",
    "scale_base": "over so many positions a pair shrinks, or grows, by the full factor of its own",
    "second_per_grid_ts": "the seconds from frame to frame of each video; 1 without a list",
    "short_factor": "by these frequencies are divided up to the original length, one a pair",
    "short_mscale": "the attention factor up to the original length",
    "spatial_merge_size": "so many patches along either side become one token",
    "temperature": "logits are multiplied by it",
    "temporal_merge_size": "so many frames of a video become one token",
    "tokens_per_second": "how far positions of time go on in a second of video",
    "window_size": "(rows, columns) of the window, or (frames, rows, columns)",
}
"""What each parameter means, the same wherever it occurs."""
DIM = 128
"""The dimension at which defaults are told that follow it."""
SMALL = 8
"""The dimension at which it is told how pairs lie."""


def shown(encoding: Encoding) -> str:
    """What is to be known of an encoding by who declares code of it."""
    module: Any = importlib.import_module(f"spec.encodings.{encoding.name.replace('-', '_')}")
    return "\n".join([f"{encoding.name}: {encoding.title}", "", module.__doc__.strip(), *_told(encoding)])


def _told(encoding: Encoding) -> Iterator[str]:
    versions = {None: encoding} | {name: encoding.under(name) for name in encoding.conventions}
    for name, one in versions.items():
        given = {key for key, each in one.parameters.items() if name is None or each != encoding.parameters.get(key)}
        if given:
            yield f"\nparameters{'' if name is None else f' in which the convention {name} differs'}:"
            yield from _rows({key: (_default(one, key), MEANINGS[key]) for key in one.parameters if key in given})
    if is_rotary(encoding) and not encoding.blocks.partial:
        more = [name for name in NAMES if encoding.grid.axes == 1 or name not in ON_A_GRID]
        yield f"\nand as all that turns pairs of queries and keys: {', '.join(more)}"
    if encoding.conventions:
        yield f"\nconventions: {', '.join(encoding.conventions)}"
    if encoding.grid.axes > 1 and encoding.layouts:
        names = ", ".join(f"{each[0]} {each}" for each in COORDINATES[encoding.grid.axes - 1])
        yield f"\nthe pair to which each coordinate belongs, and the axis that it follows ({names}):"
        lying = (
            (name or "no convention", layout, one)
            for name, one in versions.items()
            for layout in ("interleaved", "half")
        )
        yield from _rows({f"{name}, {layout}": (_lying(one, layout),) for name, layout, one in lying})


def _default(encoding: Encoding, name: str) -> str:
    """A default, and whether it is one of several."""
    dim, default = encoding.dimension(DIM), encoding.parameters[name]
    told = encoding.configured(dim, {})[name]
    short = f"({told[0]:.4g}, ...)" if isinstance(told, tuple) and len(told) > 4 else str(told)
    follows = callable(default) or getattr(default, "free_symbols", None)
    return f"{short} at dimension {dim}" if follows else short


def _lying(encoding: Encoding, layout: Any) -> str:
    """Of each coordinate, the axis that its pair follows, and the number of the pair."""
    dim = encoding.dimension(SMALL)
    parameters = encoding.configured(dim, {})
    axes, names = encoding.axes_of(dim, parameters), COORDINATES[encoding.grid.axes - 1]
    belongs = {
        int(coordinate): f"{names[axes[pair]][0]}{pair}"
        for pair, own in enumerate(encoding.coordinates(dim, parameters, layout))
        for coordinate in own
    }
    return " ".join(belongs[coordinate] for coordinate in sorted(belongs))


def _rows(cells: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """A table: columns that are as wide as they have to be."""
    table = [(name, *rest) for name, rest in cells.items()]
    widths = [max(len(row[at]) for row in table) for at in range(len(table[0]))]
    yield from ("  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in table)
