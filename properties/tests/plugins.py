"""Plug-ins as text, for tests that write them out and check them."""

import io
from collections.abc import Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from properties.runs.options import selection
from properties.runs.result import Result, Run
from properties.runs.run import run

HOUSE = Path(__file__).parents[2]
HEAD = "import torch\nfrom impls import implements\n\n"
CALL = "x, positions, *, base=10000.0"
HALF = '"rope", form="rotate-half", layout="half"'
INTERLEAVED = '"rope", form="elementwise", layout="interleaved"'

TURN_HALF = """
    half = x.shape[-1] // 2
    angles = positions[:, None] * base ** -(torch.arange(half{wide}) / half)
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x[..., :half], x[..., half:]
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)"""

TURN_INTERLEAVED = """
    angles = positions[:, None] * base ** -(torch.arange(0, x.shape[-1], 2{wide}) / x.shape[-1])
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, b * cos + a * sin), -1).flatten(-2)"""


def turn(body: str = TURN_HALF, *, wide: bool = False) -> str:
    """The body of a right RoPE with angles in float32, or with `wide` in float64."""
    return body.format(wide=", dtype=torch.float64" if wide else "")


def plugin(body: str, declared: str = HALF, *, name: str = "mine", call: str = CALL, head: str = HEAD) -> str:
    """A file that registers one function; a body of one line needs no indentation."""
    return f"{head}@implements({declared})\ndef {name}({call}):\n    {body.lstrip()}\n"


RIGHT = plugin(turn(), name="right")


def written(folder: Path, source: str, name: str = "plugin.py") -> Path:
    """The file with this text."""
    path = folder / name
    path.write_text(source)
    return path


def ran(*targets: object, properties: Sequence[str] = (), dtypes: Sequence[str] = (), **more: object) -> Run:
    """The run that `pytest properties` and `python -m reports` make of these targets."""
    selected = selection(impl=list(map(str, targets)), properties=properties, dtypes=dtypes, **more)
    return run(selected.loaded, selected.plan, expectations=selected.expectations)


def outcomes(results: Sequence[Result]) -> dict[str, set[str]]:
    """The cells of each outcome, as `property dtype`."""
    found: dict[str, set[str]] = {}
    for result in results:
        found.setdefault(result.outcome, set()).add(f"{result.property} {result.dtype or ''}".strip())
    return found


def pytested(*arguments: object) -> tuple[int, str]:
    """The exit status and the output of `pytest properties`, in this process."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said), chdir(HOUSE):
        status = pytest.main(["properties", "-q", "-p", "no:cacheprovider", *map(str, arguments)])
    return int(status), said.getvalue()
