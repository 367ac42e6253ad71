"""The rotary position classes of diffusers as `rows.toml` has them: tables by the class, turned as its model does.

    pytest properties --impl impls.zoo.diffusers

A class that takes places is asked for those that are needed. One that takes the sizes of a latent makes the table of a
whole raster: of each axis, the strip along it is made once, and a place takes from every strip the columns of its axis.
What this file does to a value is to choose it; how a class, and what turns by its table, are called, the row says.
"""

import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from math import prod
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from impls import implements
from impls.marker import Layout, Positions
from impls.zoo.diffusers.calls import ARGUMENTS, Asked, Tables

SOURCE = "https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One body of code in one setting; `rows.toml` says what each key means."""

    classes: Sequence[str]
    dim: int
    calls: Sequence[str]
    turns: str
    takes: Sequence[str] = ("x", "table")
    axes: str = "b n h d"
    encoding: str = "rope"
    convention: str | None = None
    layout: Layout = "interleaved"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    positions: Positions = "any"
    max_position: int | None = None
    make: Mapping[str, Any] = field(default_factory=dict)
    table: Sequence[int | str] = ()
    strips: Sequence[Sequence[int]] = ()
    origin: int = 0
    tokens: Sequence[int] = (0, 0)
    columns: int = -1
    batched: bool = False
    flat: bool = False
    cast: bool = False
    restored: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    result: int | None = None
    back: Sequence[int] = ()
    note: str = ""

    @property
    def reach(self) -> int | None:
        """The largest position on either side, where there is one."""
        ends = [max(sizes) - 1 - self.origin for sizes in self.strips]
        return min(ends) if ends else self.max_position

    @property
    def kind(self) -> Positions:
        """Which positions it takes."""
        if not self.strips:
            return self.positions
        return "integers" if self.origin else "non-negative"

    @property
    def widths(self) -> Sequence[int]:
        """The coordinates of each axis; those before them that do not turn are with the first."""
        given: Sequence[int] = self.parameters.get("axes_dim", (self.dim,))
        before = self.dim - sum(given) if self.parameters.get("rotary_slice") == "trailing" else 0
        return (before + given[0], *given[1:])


def rows() -> dict[str, Row]:
    """The rows of the table, by name; one `of` another has what this has, where it says nothing else."""
    given = tomllib.loads(Path(__file__).with_name("rows.toml").read_text())["body"]

    def of(name: str) -> dict[str, Any]:
        said = dict(given[name])
        other = said.pop("of", None)
        return {**of(other), **said} if other else said

    return {name: Row(**of(name)) for name in given}


def found(path: str) -> Any:
    """What stands at `module:name` of diffusers; of a name in a function the function that it defines."""
    module, _, names = path.partition(":")
    value: Any = import_module(f"diffusers.{module}")
    for name in names.split("."):
        inner = isinstance(value, FunctionType)
        value = _defined_in(value, name) if inner else getattr(value, name)
    return value


def _defined_in(function: FunctionType, name: str) -> FunctionType:
    """A function that another defines when it is called, and which sees nothing of it."""
    codes = [code for code in function.__code__.co_consts if isinstance(code, CodeType) and code.co_name == name]
    if not codes or codes[0].co_freevars:
        raise LookupError(f"{function.__qualname__} defines no {name} of its own: look how this version turns")
    return FunctionType(codes[0], function.__globals__)


@cache
def instance(name: str) -> Any:
    """The first class of a row, made as the row says."""
    row = ROWS[name]
    return found(row.classes[0])(**row.make)


def called(name: str, asked: Asked) -> Tables:
    """What the class makes of these arguments."""
    row = ROWS[name]
    made: Any = instance(name)(*(ARGUMENTS[each](asked) for each in row.calls))
    for key in row.table:
        made = made[key]
    tables = made if isinstance(made, tuple | list) else (made,)
    return tuple(each.flatten(2).transpose(1, 2) if row.flat else each for each in tables)


@cache
def strips(name: str) -> tuple[Tables, ...]:
    """Of each axis, the tables of the raster that reaches along it."""
    row = ROWS[name]
    return tuple(on_raster(name, tuple(sizes)) for sizes in row.strips)


def on_raster(name: str, sizes: tuple[int, ...]) -> Tables:
    """The tables of a raster, its cells along one axis."""
    row = ROWS[name]
    made = called(name, Asked(torch.empty(0), sizes=sizes, dim=row.dim))
    return tuple(each.flatten(*row.tokens) for each in made)


def looked_up(name: str, positions: Tensor) -> Tables:
    """The rows at these places (n,) or (n, axes), put together from the strips. Raises ValueError beyond these."""
    row, places = ROWS[name], positions.reshape(len(positions), -1)
    chosen = []
    for axis, (sizes, made) in enumerate(zip(row.strips, strips(name), strict=True)):
        along = axis + len(sizes) - len(row.strips) if len(sizes) > 1 else 0
        cells = places[:, axis] + row.origin
        if len(cells) and not 0 <= int(cells.min()) <= int(cells.max()) < sizes[along]:
            reach = f"{-row.origin}..{sizes[along] - 1 - row.origin}"
            raise ValueError(f"the table reaches over {reach}, got positions {positions.tolist()}: ask for fewer")
        index = cells * prod(sizes[along + 1 :])
        chosen.append([each.index_select(row.tokens[0], index) for each in made])
    return tuple(_by_column(row, each) for each in zip(*chosen, strict=True))


def _by_column(row: Row, tables: Sequence[Tensor]) -> Tensor:
    """The columns of every axis from the table of its strip."""
    if len(tables) == 1:
        return tables[0]
    pairs = torch.repeat_interleave(torch.arange(len(row.widths)), torch.tensor(row.widths) // 2)
    each = pairs.repeat_interleave(2) if row.layout == "interleaved" else pairs.repeat(2)
    count = tables[0].shape[row.columns]
    axis_of = pairs if count == len(pairs) else each.repeat(count // len(each))
    shape = [1] * tables[0].ndim
    shape[row.columns] = count
    whole = tables[0]
    for axis, table in enumerate(tables):
        whole = torch.where((axis_of == axis).reshape(shape), table, whole)
    return whole


def turned(name: str, x: Tensor, positions: Tensor) -> Tensor:
    """The vectors as the model turns them at these positions."""
    row = ROWS[name]
    made = looked_up(name, positions) if row.strips else called(name, Asked(x, positions, dim=row.dim))
    made = tuple(each[None] for each in made) if row.batched else made
    made = tuple(each.to(x.dtype) for each in made) if row.cast else made
    asked = Asked(x, dim=row.dim, tables=made)
    turn = found(row.turns)
    whole = isinstance(turn, type)
    arguments = [ARGUMENTS[each](asked) for each in row.takes]
    with _giving_back_queries(turn) if whole else nullcontext():
        y = (turn() if whole else turn)(*arguments, **row.options)
    y = y if row.result is None else y[row.result]
    y = y.permute(*row.back) if row.back else y
    result: Tensor = y.type_as(x) if row.restored else y
    return result


def _giving_back_queries(attention: type) -> AbstractContextManager[Any]:
    """The attention of a model does all but attend."""
    return patch.object(sys.modules[attention.__module__], "dispatch_attention_fn", lambda q, *_, **__: q)


def rope_of(name: str) -> Callable[[Tensor, Tensor], Tensor]:
    """The rotation of a row, `f(x, positions)`."""

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        return turned(name, x, positions)

    return rope


if find_spec("diffusers"):
    import_module("diffusers.models.transformers")  # seconds, which are no part of a first call
ROWS = rows()
for _name, _row in ROWS.items():
    implements(
        _row.encoding,
        form="published",
        name=f"diffusers-{_name}",
        package="diffusers",
        source=SOURCE + _row.classes[0].partition(":")[0].replace(".", "/") + ".py",
        convention=_row.convention,
        layout=_row.layout,
        parameters=_row.parameters,
        head_sizes=(_row.dim,),
        axes=_row.axes,
        positions=_row.kind,
        max_position=_row.reach,
    )(rope_of(_name))
