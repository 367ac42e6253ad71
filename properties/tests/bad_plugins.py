"""Plug-ins that cannot be checked, each with one thing wrong, and what must be said of it."""

from properties.tests.plugins import HALF, HEAD, plugin

ROPE = "f(x, positions, *, base, ...)"
MAKE = "make it return a tensor of the shape and dtype of x"
FACTORY = {"declared": f"{HALF}, factory=True", "call": "dim, *, base=10000.0"}
UNIMPORTED = "importing it raised"

# What is wrong: the file, and what is said of it behind its name. {} is the path of the file.
BAD: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "missing-file": (None, ("there is no such file; give the path of a Python file",)),
    "syntax": (f"{HEAD}def f(:\n    pass\n", ("syntax error in line 4 of {}: invalid syntax; correct it",)),
    "null-byte": ("\0", ("syntax error in the file: source code string cannot contain null bytes",)),
    "raises-at-import": (
        f"{HEAD}raise RuntimeError('no driver')\n",
        ("importing it raised RuntimeError: no driver (line 4); it must import without an error",),
    ),
    "exits-at-import": (f"{HEAD}import sys\nsys.exit(0)\n", (f"{UNIMPORTED} SystemExit: 0 (line 5)",)),
    "hangs-at-import": (
        f"{HEAD}import time\ntime.sleep(60)\n",
        ("importing it took longer than 2 s; move work out of the module's body",),
    ),
    "dependency": (
        "import flash_rope_cuda\n",
        ("No module named 'flash_rope_cuda' (line 1); it needs 'flash_rope_cuda': install it",),
    ),
    "sibling": ("import beside_it\n", ("it needs 'beside_it': put its folder on PYTHONPATH: ",)),
    "registers-nothing": (HEAD, ('it registers no function; decorate one with @implements("rope", ',)),
    "misspelt-keyword": (
        plugin("return x", f"{HALF}, convntion='x'"),
        (f"{UNIMPORTED} TypeError: implements: there is no keyword convntion; did you mean convention? (line 4)",),
    ),
    "no-encoding": (
        plugin("return x", 'form="matrix"'),
        ("missing 1 required positional argument: 'encoding' (line 4)",),
    ),
    "dtypes-as-text": (
        plugin("return x", f"{HALF}, dtypes='float32'"),
        ("implements: dtypes is 'float32'; expected a tuple of names (line 4)",),
    ),
    "parameter-as-text": (
        plugin("return x", f"{HALF}, parameters={{'base': 'big'}}"),
        ("implements: base is 'big'; expected a number",),
    ),
    "encoding": (
        plugin("return x", '"roope", form="matrix"', name="encoding"),
        ("unknown encoding 'roope' (did you mean 'rope'?); known: ",),
    ),
    "layout": (
        plugin("return x", '"rope", form="matrix", layout="halves"', name="layout"),
        ("unknown layout 'halves' (did you mean 'half'?); known: half, interleaved",),
    ),
    "dtype-name": (
        plugin("return x", f"{HALF}, dtypes=(torch.float32,)", name="dtype_name"),
        ("unknown dtype 'torch.float32' (did you mean 'float32'?); known: bfloat16, ",),
    ),
    "no-dtypes": (
        plugin("return x", f"{HALF}, dtypes=()", name="no_dtypes"),
        ("dtypes is empty; leave it out, or name at least one of float64, ",),
    ),
    "positions": (
        plugin("return x", f"{HALF}, positions='natural'", name="positions"),
        ("unknown positions 'natural'; known: any, contiguous, integers, non-negative",),
    ),
    "limit": (
        plugin("return x", f"{HALF}, max_position=0", name="limit"),
        ("max_position is 0; expected a positive integer up to 2^62, the largest position accepted",),
    ),
    "parameter": (
        plugin("return x", f"{HALF}, parameters={{'theta': 1e6}}", name="parameter"),
        ("unknown parameter 'theta'; known: axes_dim, axes_halves, base,",),
    ),
    "parameter-value": (
        plugin("return x", f"{HALF}, parameters={{'base': -1}}", name="parameter_value"),
        ("the parameter base is fixed to -1; expected a positive number",),
    ),
    "convention": (
        plugin("return x", f"{HALF}, convention='tensor2tensor'", name="convention"),
        ("unknown convention 'tensor2tensor'; known: none",),
    ),
    "compare": (
        plugin("return x", f"{HALF}, compare='scores'", name="compare"),
        ("unknown compare 'scores' (did you mean 'score'?); known: ",),
    ),
    "My_Name": (
        plugin("return x", f"{HALF}, name='My_Name'"),
        ("the name 'My_Name' is not lower-case words joined by hyphens; pass name='my-name'",),
    ),
    "no-positions": (
        plugin("return x", call="x", name="no_positions"),
        (f"wrong signature (x); rope is called as {ROPE}",),
    ),
    "needs-more": (
        plugin("return x", call="x, positions, scale", name="needs_more"),
        (
            "wrong signature (x, positions, scale): 'scale' has no default and is no parameter of rope; ",
            f"rope is called as {ROPE}",
        ),
    ),
    "unreadable": (
        f"{HEAD}implements({HALF}, name='unreadable')(torch.sin)\n",
        (f"its signature cannot be read; wrap it in a plain function {ROPE}",),
    ),
    "no-function": (
        f"{HEAD}implements({HALF}, name='no-function')(3)\n",
        (f"it is no function but int; decorate a function {ROPE}",),
    ),
    "shape": (
        plugin("return x[..., :4]", name="shape"),
        ("with x (2, 3, 5, 8) float32", "returned the shape (2, 3, 5, 4); expected (2, 3, 5, 8)", MAKE),
    ),
    "nothing": (plugin("pass", name="nothing"), ("returned NoneType; expected a tensor", MAKE)),
    "pair": (plugin("return x, x", name="pair"), ("returned tuple; expected a tensor", MAKE)),
    "dtype": (
        plugin("return x.double() if x.dtype != torch.float64 else x.float()", name="dtype"),
        ("returned the dtype torch.float64 for torch.float32; return the dtype of the input",),
    ),
    "table-dtype": (
        plugin(
            "return torch.zeros(len(positions), dim, dtype=torch.float64)",
            '"sinusoidal", form="gather"',
            call="positions, dim",
            name="table_dtype",
        ),
        ("the dtype torch.float64 for torch.float32; take a keyword dtype, or declare dtypes=(...)",),
    ),
    "nan": (
        plugin("return x * float('nan')", name="nan"),
        ("returned NaN or infinity for finite input; every entry must be finite",),
    ),
    "sparse": (
        plugin("return x.to_sparse()", name="sparse"),
        ("returned a torch.sparse_coo tensor on cpu; return a dense tensor on the device of x",),
    ),
    "meta": (
        plugin("return x.to('meta')", name="meta"),
        ("tensor on meta; return a dense tensor on the device of x",),
    ),
    "raises": (
        plugin("raise ValueError('only head size 128\\nand more')", name="raises"),
        (
            "raised ValueError: only head size 128 (line 6)",
            f"{MAKE}, or declare the dtypes that it supports",
            "or declare head_sizes=(...), the dimensions that it takes",
        ),
    ),
    "one-head-size": (
        plugin("assert x.shape[-1] == 128\n    return x", name="one_head_size"),
        ("or declare head_sizes=(128,), as it seems from calls with 128",),
    ),
    "asserts": (plugin("assert False", name="asserts"), ("raised AssertionError (line 6); ",)),
    "exits": (plugin("raise SystemExit(0)", name="exits"), ("raised SystemExit: 0 (line 6); ",)),
    "skips": (plugin("import pytest; pytest.skip('no')", name="skips"), ("raised Skipped: no (line 6); ",)),
    "hangs": (plugin("while True: pass", name="hangs"), ("did not return within 2 s; ", MAKE)),
    "random": (
        plugin("return x + torch.randn_like(x)", name="random"),
        ("returned different values for the same input; the result must depend on the arguments alone",),
    ),
    "factory-raises": (
        plugin("raise RuntimeError('boom')", name="factory_raises", **FACTORY),
        ("the call f(8) of the factory raised RuntimeError: boom (line 6); make it return a callable, ",),
    ),
    "factory-of-nothing": (
        plugin("pass", name="factory_of_nothing", **FACTORY),
        ("the call f(8) of the factory returned nothing; expected a callable; ",),
    ),
    "factory-of-number": (
        plugin("return 3", name="factory_of_number", **FACTORY),
        ("the call f(8) of the factory returned int; expected a callable; ",),
    ),
    "factory-call": (
        plugin("return x", f"{HALF}, factory=True", call="x, positions", name="factory_call"),
        (
            "wrong signature (x, positions): 'positions' has no default",
            "a factory of rope is called as f(dim, *, base, ...)",
        ),
    ),
}
