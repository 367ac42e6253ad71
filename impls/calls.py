"""How code is called: its arguments, one after the other, as the projects that people use have them.

What an argument is follows from its name: see `impls.door.marshalling`, which makes each of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from impls.marker import Declaration, Layout, Positions, Tables

Handed = Literal["tables", "angles"]
"""What stands for the positions: cosines and sines, or the angles themselves."""
VECTORS = "b h n d"
"""The axes in which the suite thinks: batch, heads, tokens, coordinates."""


@dataclass(frozen=True)
class Call:
    """A signature. `handed` stands for the positions; where nothing does, the code makes the angles itself.

    `axes` are those of the vectors where none are declared, `tables` how cosines and sines lie then, `layout` that of
    the pairs; `positions` are those that such a call can have at most. `inplace`: it writes into what it is handed.
    `more` is what such functions take beside, whose defaults are meant.
    """

    arguments: tuple[str, ...]
    handed: Handed | None = None
    axes: str = VECTORS
    tables: Tables | None = None
    layout: Layout | None = None
    positions: Positions = "any"
    inplace: bool = False
    more: tuple[str, ...] = ()

    @property
    def joint(self) -> bool:
        """Whether queries and keys come in one call."""
        return "x" not in self.arguments

    @property
    def placed(self) -> bool:
        """Whether positions are handed in as they are."""
        return "positions" in self.arguments or "position_ids" in self.arguments


MORE = ("position_ids", "unsqueeze_dim")
PLAIN = Call(("x", "positions"))
CALLS: Mapping[str, Call] = MappingProxyType(
    {
        "x-positions": PLAIN,
        "x-tables": Call(("x", "cos", "sin"), "tables", tables="n d/2"),
        "qk-tables": Call(("q", "k", "cos", "sin"), "tables", tables="b n d", layout="half", more=MORE),
        "qk-complex": Call(("q", "k", "freqs_cis"), "tables"),
        "qk-positions": Call(("q", "k", "positions")),
        "qk-cache": Call(
            ("positions", "q", "k", "head_size", "cache", "is_neox"),
            "tables",
            tables="cos|sin",
            positions="non-negative",
            inplace=True,
        ),
        "qkv-packed": Call(("qkv", "cos", "sin"), "tables", axes="b n 3 h d", tables="n d/2"),
        "packed": Call(("q", "k", "indptr", "offsets"), positions="non-negative"),
        "angles": Call(("x", "freqs"), "angles", tables="n d"),
        "module-tables": Call(("q", "k", "position_ids"), tables="b n d", layout="half"),
        "offset": Call(("x", "offset"), positions="contiguous"),
    }
)
"""By the word that declares it."""


def call_of(one: Declaration) -> Call:
    """How it is called. An unknown word, which is a problem of its own, stands for the plain call."""
    return CALLS.get(one.call, PLAIN)


def is_plain(one: Declaration) -> bool:
    """Whether it is called as its place says, with vectors of any rank, and gives back what it makes."""
    return call_of(one) is PLAIN and one.axes is None and not one.inplace


def axes_of(one: Declaration) -> tuple[str, ...]:
    """The axes of the vectors that it takes, in order; those in brackets are one, such as "(h d)"."""
    return tuple(re.findall(r"\([^()]*\)|\S+", one.axes or call_of(one).axes))


def has(one: Declaration, letter: str) -> bool:
    """Whether vectors come with this axis."""
    return is_plain(one) or letter in "".join(axes_of(one))


def tables_of(one: Declaration) -> Tables | None:
    """How cosines and sines lie that it is handed."""
    return one.tables or call_of(one).tables


def writes(one: Declaration) -> bool:
    """Whether it writes its results into what it is handed."""
    return one.inplace or call_of(one).inplace


def table_dtype(one: Declaration, dtype: str) -> str:
    """The dtype of the cosines and sines that come with vectors of a dtype; complex factors are no narrower."""
    return one.table_dtype or ("float32" if one.call == "qk-complex" and dtype != "float64" else dtype)


def takes_rows(one: Declaration) -> bool:
    """Whether every row of a batch can have positions of its own."""
    rows = "(b n)" in axes_of(one) or ((tables_of(one) or "").startswith("b ") and not is_plain(one))
    return one.batched or (rows and has(one, "b"))


def expected_arguments(one: Declaration) -> tuple[str, ...]:
    """What the function itself is called with, by place: a module that makes tables gets something like x."""
    return ("x", "position_ids") if one.call == "module-tables" else call_of(one).arguments
