"""Which dimensions suit parameters that are fixed: sections, lists and sizes that belong to one head size alone."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy
from sympy.core.function import AppliedUndef

from spec.definitions.blocks import NO_BLOCKS, Blocks
from spec.definitions.evaluation import value
from spec.definitions.symbols import INDEX

if TYPE_CHECKING:
    from spec.definitions.encoding import Encoding


@lru_cache(maxsize=8192)
def unfit(encoding: "Encoding", dim: int, given: tuple[tuple[str, Any], ...]) -> str | None:
    """Why an encoding has no value at this dimension with these parameters; None where it has one."""
    blocks = encoding.blocks
    if dim % encoding.multiple:
        return f"it is no multiple of {encoding.multiple}"
    several = [name for name, default in encoding.parameters.items() if callable(default)]
    for name, each in given:
        if name in several and not isinstance(each, tuple):
            return f"{name} is {each!r}, and should be several numbers"
    if blocks is NO_BLOCKS or blocks.sums or (not blocks.partial and not given):
        return None
    parameters = encoding.configured(dim, dict(given))
    covered = int(value(blocks.extent, dim, parameters)) if blocks.partial else dim
    if not 0 < covered <= dim or covered % encoding.width:
        return f"{covered} of {dim} coordinates do not split into blocks of {encoding.width}"
    count, per_block = encoding.blocks_at(dim, parameters), _per_block(blocks)
    if not 0 < count <= covered // encoding.width:
        return f"{count} of {covered // encoding.width} pairs turn; at least one has to, and no more than there are"
    for name, each in given:
        if name in per_block and len(each) != count:
            return f"{name} has {len(each)} numbers for {count} pairs"
    try:
        if blocks.axis:
            encoding.axes_of(dim, parameters)
    except ValueError as error:
        return str(error)
    return None


@lru_cache(maxsize=256)
def _per_block(blocks: Blocks) -> frozenset[Any]:
    """The sequences of which every block has its own element."""
    expressions = (blocks.frequency, blocks.frequency_roundings, blocks.scale)
    used = {use for each in expressions for use in sympy.sympify(each).atoms(AppliedUndef)}
    return frozenset(str(use.func) for use in used if use.args == (INDEX,))
