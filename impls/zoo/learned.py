"""What is learned is drawn by the suite: a module gets it in the place of its own."""

from torch import Tensor
from torch.nn import Module


def hand_in(module: Module, **tables: Tensor) -> None:
    """Put these in the place of the module's parameters of the same names; gradients flow to them."""
    for name, table in tables.items():
        delattr(module, name)
        setattr(module, name, table)
