"""lucidrains' linear-attention models: neighbouring coordinates, turned by a sinusoidal table, sines then cosines.

The table is made in float32 and handed over in the dtype of x. performer-pytorch turns queries and keys,
routing-transformer also the values, and reformer-pytorch only as many rows as the table has.
linear-attention-transformer has the body of performer-pytorch. The tables themselves are added to the input by the same
models.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, enough, growing, rows, three_axes

Rope = Callable[[Tensor, Tensor], Tensor]
GITHUB = "https://github.com/lucidrains"


@dataclass(frozen=True)
class Row:
    """A package, its model, how its table is made of a dimension and a length, and how the table turns x."""

    package: str
    path: str
    table: Callable[[Any, int, int], Any]
    turn: Callable[[Any, Tensor, Tensor], Tensor]


def _sized(module: Any, dim: int, length: int) -> Any:
    return module.FixedPositionalEmbedding(dim, length)


ROWS = (
    Row(
        "performer-pytorch",
        "performer_pytorch.performer_pytorch",
        _sized,
        lambda module, x, table: module.apply_rotary_pos_emb(x, x, table)[0],
    ),
    Row(
        "reformer-pytorch",
        "reformer_pytorch.reformer_pytorch",
        lambda module, dim, _: module.FixedPositionalEmbedding(dim),
        lambda module, x, table: module.apply_rotary_pos_emb(x, table),
    ),
    Row(
        "routing-transformer",
        "routing_transformer.routing_transformer",
        _sized,
        lambda module, x, table: module.apply_rotary_pos_emb(x, x, x, table)[0],
    ),
)


def _rope(row: Row) -> Callable[[int], Rope]:
    def factory(dim: int) -> Rope:
        module = leaf(row.path)
        embedding = growing(lambda length: row.table(module, dim, length))

        def rope(x: Tensor, positions: Tensor) -> Tensor:
            indices, vectors = rows(positions), three_axes(x)
            count = int(indices.max()) + 1 if indices.numel() else 0
            table = embedding(indices)(vectors.new_empty(1, count, dim))
            return row.turn(module, vectors, table[:, indices]).reshape(x.shape)

        return rope

    return factory


def _sinusoidal(row: Row) -> Callable[..., Tensor]:
    def sinusoidal(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
        indices = rows(positions)
        count = int(indices.max()) + 1 if indices.numel() else 0
        embedding = row.table(leaf(row.path), dim, enough(indices))
        table: Tensor = embedding(torch.empty(1, count, dim, dtype=dtype))
        return table[0, indices]

    return sinusoidal


for _row in ROWS:
    for _encoding, _layout, _name, _made in (
        ("rope", "interleaved", _row.package, _rope(_row)),
        ("sinusoidal", "half", f"{_row.package}-sinusoidal", _sinusoidal(_row)),
    ):
        implements(
            _encoding,
            form="elementwise",
            layout=_layout,  # type: ignore[arg-type]
            name=_name,
            package=_row.package,
            factory=_encoding == "rope",
            positions="non-negative",
            max_position=LARGEST,
            source=f"{GITHUB}/{_row.package}",
        )(_made)
