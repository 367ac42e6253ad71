"""What the process has imported of which each that holds a plug-in is a copy."""

import importlib

from impls.door.processes import for_good

WITH_A_GRADIENT = "torch.fx.experimental.symbolic_shapes"
"""What torch imports when it is first asked for a gradient, sympy with it."""

with for_good():
    for name in ("impls.door.worker", WITH_A_GRADIENT):
        importlib.import_module(name)
