"""Adapters load their libraries when they are built, and single modules without the package around them."""

import subprocess
import sys

import pytest

from impls.zoo.bare import leaf
from impls.zoo.tests.adapters import MODULES, available


def test_adapters_import_nothing_of_their_libraries():
    code = f"import sys, impls\nfor name in {MODULES}: __import__(name)\nprint(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in result.stdout.split()}
    assert not loaded & {
        "transformers",
        "onnx",
        "onnxruntime",
        "mlx",
        "ggml",
        "einops",
        "esm",
        "timm",
        "torchtune",
    }


def test_leaf_leaves_the_package_alone():
    available("torchtune")
    module = leaf("torchtune.modules.position_embeddings")
    assert module is leaf("torchtune.modules.position_embeddings")
    assert "torchtune" not in sys.modules
    assert "torchtune.modules" not in sys.modules


def test_leaf_says_what_is_missing():
    with pytest.raises(ImportError, match="expected a package 'no_such_package' to be installed"):
        leaf("no_such_package.module")
    with pytest.raises(ImportError, match="no_such_module"):
        leaf("mpmath.no_such_module")
