"""The kernel of RoPE in Triton's interpreter: it conforms, and the mistakes that kernels have do not."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(find_spec("triton") is None, reason="triton is not installed"),
]
HOUSE = Path(__file__).parents[2]
MISTAKES = {
    "the last tile is left out": ("& (token < tokens))", "& (token < tokens - tokens % TILE))"),
    "the second head is that of the first": ("* HEADS + head +", "* HEADS +"),
    "half a row is stored": ("(column < 2 * pairs)[None, :]", "(column < pairs)[None, :]"),
    "angles are rounded": ("tl.cos(angle)", "tl.cos(angle.to(tl.bfloat16).to(tl.float32))"),
    "it turns the other way": ("sign * tl.sin(angle)", "-sign * tl.sin(angle)"),
}


def checked(house):
    """The exit status of the suite in a house, on the forms in Triton."""
    command = [sys.executable, "-m", "pytest", "-q", "properties", "-n0", "--profile", "brief"]
    command += ["--impl", "impls.forms.fused_triton", "--property", "exact-values", "--property", "layout"]
    environment = os.environ | {"TRITON_INTERPRET": "1"}
    return subprocess.run(command, cwd=house, env=environment, capture_output=True, check=False).returncode


def test_it_conforms():
    assert checked(HOUSE) == 0


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(tmp_path, mistake):
    right, wrong = MISTAKES[mistake]
    for name in ("spec", "properties", "conftest.py", "pyproject.toml"):
        (tmp_path / name).symlink_to(HOUSE / name)
    shutil.copytree(HOUSE / "impls", tmp_path / "impls", ignore=shutil.ignore_patterns("__pycache__"))
    kernel = tmp_path / "impls" / "kernels.py"
    assert right in kernel.read_text()
    kernel.write_text(kernel.read_text().replace(right, wrong))
    assert checked(tmp_path) == 1
