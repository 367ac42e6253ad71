"""What a computation reads, writes and calculates, counted operator by operator as torch dispatches them.

Bytes are those of the distinct elements that an operator reads and of the elements that it writes; a view moves
none, a gather reads the rows that it picks. Flops are floating-point operations: one for each element of an
elementwise result (complex: 6 for a product, 2 for a sum), 2mnk for a product of matrices; none for what a kernel
calculates in private, as `matrix_exp` does.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry

OVERWRITES = ("copy_", "fill_", "zero_")
GATHERS = ("embedding", "gather", "index", "index_select")
UNCALCULATED = ("clone", "conj_physical", "_conj_physical", "fill", "masked_fill", "where")

# Flops for each element: of a real result, of a complex result, and of the first operand.
REAL: Mapping[str, int] = MappingProxyType({"addcdiv": 2, "addcmul": 2, "lerp": 3})
COMPLEX: Mapping[str, int] = MappingProxyType({"addcmul": 8, "div": 11, "mul": 6, "polar": 4, "reciprocal": 6})
REDUCED: Mapping[str, int] = MappingProxyType(
    {"cumprod": 1, "cumsum": 1, "dot": 2, "mean": 1, "mv": 2, "prod": 1, "sum": 1, "_softmax": 3}
)


@dataclass(frozen=True)
class Work:
    """Bytes read and written, and floating-point operations."""

    bytes: int
    flops: int


def counted(call: Callable[[], Tensor], given: Iterable[Tensor]) -> Work | None:
    """The work of one call on the tensors `given`, which the call closes over, after a first one that builds tables.

    None where the result does not come from them through torch operators: then another library did the work, and
    what torch saw of it says nothing.
    """
    with torch.no_grad():
        call()
        with _Counter(given) as counter:
            result = call()
    return Work(counter.bytes, counter.flops) if counter.has_reached(result) else None


class _Counter(TorchDispatchMode):
    """Adds up the work of every operator, and follows the data from the given tensors to the results."""

    def __init__(self, given: Iterable[Tensor]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.bytes = 0
        self.flops = 0
        self._reached = list(given)
        self._storages = {_storage(tensor) for tensor in self._reached}

    def has_reached(self, tensor: Tensor) -> bool:
        """Whether the tensor was made from the given ones."""
        return _storage(tensor) in self._storages

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        operands, results = _read(func, args, kwargs), _tensors(result)
        if any(map(self.has_reached, operands)):
            self._reached += results
            self._storages.update(map(_storage, results))
        if not _is_view(func, operands, results):
            self.bytes += _bytes(func, operands, results)
            self.flops += _flops(func, args, kwargs, operands, results)
        return result


def _storage(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _tensors(tree: Any) -> list[Tensor]:
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, Tensor)]


def _name(func: Any) -> str:
    return str(func._schema.name).removeprefix("aten::")


def _read(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Tensor]:
    """The tensors whose values matter: not those that are only written to, nor those of which a shape is taken."""
    if _name(func).startswith("new_") or _name(func).endswith("_like"):
        return []
    outputs = {argument.name for argument in func._schema.arguments if argument.is_out}
    return _tensors((args, {name: value for name, value in kwargs.items() if name not in outputs}))


def _is_view(func: Any, operands: list[Tensor], results: list[Tensor]) -> bool:
    """Whether the results are old memory and nothing was written into it."""
    return not func._schema.is_mutable and {*map(_storage, results)} <= {*map(_storage, operands)}


def _bytes(func: Any, operands: list[Tensor], results: list[Tensor]) -> int:
    name = _name(func)
    written = sum(map(_size, results))
    if name.startswith(("empty", "new_empty")):
        return 0
    if name in OVERWRITES:
        return written + sum(map(_size, operands[1:]))
    if name in GATHERS:
        return 2 * written + sum(map(_size, operands[1:]))
    return written + sum(map(_size, operands))


def _size(tensor: Tensor) -> int:
    """Bytes of the distinct elements: what `expand` repeats counts once."""
    distinct = prod(length for length, stride in zip(tensor.shape, tensor.stride(), strict=True) if stride)
    return tensor.element_size() * (distinct if tensor.numel() else 0)


def _flops(
    func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], operands: list[Tensor], results: list[Tensor]
) -> int:
    calculated = [each for each in results if each.is_floating_point() or each.is_complex()]
    if not calculated:
        return 0
    result, name = calculated[0], _name(func).removesuffix("_")
    if func.overloadpacket in flop_registry:
        multiplied = int(flop_registry[func.overloadpacket](*args, **kwargs, out_val=results[0]))
        return multiplied * (4 if result.is_complex() else 1)
    if name in REDUCED:
        return REDUCED[name] * operands[0].numel() * (2 if result.is_complex() else 1)
    if name in UNCALCULATED or not (torch.Tag.pointwise in func.tags or name == "polar"):
        return 0
    return result.numel() * (COMPLEX.get(name, 2) if result.is_complex() else REAL.get(name, 1))
