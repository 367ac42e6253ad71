"""Made-up implementations of the sample, and what happens to some of them.

Whatever is not told here passes.
"""

from typing import Any

SOURCE = "https://example.org/kernels"

IMPLEMENTATIONS: tuple[dict[str, Any], ...] = (
    {"name": "rope-matrix", "encoding": "rope", "form": "matrix", "layout": "interleaved"},
    {"name": "rope-rotate-half", "encoding": "rope", "form": "rotate-half", "layout": "half"},
    {
        "name": "quick-rope",
        "encoding": "rope",
        "form": "fused",
        "layout": "half",
        "source": SOURCE + "/quick",
        "version": "0.4.1",
        "package": "quick-kernels",
    },
    {
        "name": "legacy-rope-cache",
        "encoding": "rope",
        "form": "complex",
        "layout": "interleaved",
        "source": SOURCE + "/legacy",
        "version": "2.1.0",
        "package": "legacy",
        "max_position": 4096,
        "positions": "non-negative",
        "parameters": {"base": 500000.0},
    },
    {"name": "sinusoidal-table", "encoding": "sinusoidal", "form": "gather", "layout": "interleaved"},
    {
        "name": "sinusoidal-t2t",
        "encoding": "sinusoidal",
        "form": "elementwise",
        "layout": "half",
        "convention": "tensor2tensor",
    },
    {"name": "alibi-bias", "encoding": "alibi", "form": "elementwise", "layout": None},
    {
        "name": "my-plug-in",
        "encoding": "alibi",
        "form": "fused",
        "layout": None,
        "status": "error",
        "message": "my_plug_in.py: expected a bias of shape (3, 5, 5), got (5, 5); return one matrix a head.",
    },
    {
        "name": "gpu-alibi",
        "encoding": "alibi",
        "form": "fused",
        "layout": None,
        "status": "unavailable",
        "source": SOURCE + "/gpu",
        "message": "needs a CUDA device; there is none.",
    },
)

# (implementation, property) -> changes by dtype ("*" for all)
STORIES: dict[tuple[str, str], dict[str, dict[str, Any]]] = {
    ("quick-rope", "agreement-with-exact"): {
        dtype: {
            "outcome": "fail",
            "error": error,
            "bound": bound,
            "witness": {"m": 257, "dim": 8, "pair": 0, "got": -0.83, "expected": -0.8623},
            "message": "coordinate 0 of pair 0 is -0.83, expected -0.8623",
            "diagnosis": ["angles are formed in bfloat16 (angles-bf16)", "base is 9988 instead of 10000"],
        }
        for dtype, error, bound in (
            ("float32", 3.2e-2, 1.5e-5),
            ("bfloat16", 7.4e-1, 3.9e-2),
            ("float16", 0.11, 5e-3),
        )
    },
    ("quick-rope", "relative-position-invariance"): {
        "bfloat16": {
            "outcome": "fail",
            "error": 0.41,
            "bound": 0.062,
            "witness": {"m": 256, "n": 255, "shift": 1, "dim": 8, "seed": 3},
            "message": "the logit moved by 0.41 when both positions moved by 1",
            "diagnosis": ["angles are formed in bfloat16 (angles-bf16)"],
        }
    },
    ("legacy-rope-cache", "instances-undisturbed"): {
        "*": {
            "outcome": "expected-fail",
            "error": 1.72,
            "bound": 0.0,
            "witness": {"bases": [10000.0, 500000.0], "n": 3},
            "reason": "tables are cached by size and dtype only; reported upstream as issue 12",
        }
    },
    ("sinusoidal-t2t", "large-positions"): {
        "float32": {
            "outcome": "unexpected-pass",
            "error": 2.2e-4,
            "bound": 2.4e-4,
            "witness": {"m": 4095},
            "reason": "angles were formed in float32 until 2.0",
            "message": "the recorded failure at m = 4095 no longer fails; delete its entry",
        }
    },
    ("sinusoidal-t2t", "gradients"): {
        "float64": {
            "outcome": "error",
            "cases": 0,
            "error": None,
            "bound": None,
            "message": "ran no case: every draw was refused\nRuntimeError: leaf variable modified in place",
        }
    },
    ("alibi-bias", "compiled"): {"*": {"outcome": "not-run", "cases": 0, "error": None, "bound": None}},
    ("rope-matrix", "compiled"): {"*": {"outcome": "not-run", "cases": 0, "error": None, "bound": None}},
}
