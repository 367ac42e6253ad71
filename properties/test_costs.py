"""`pytest properties --benchmark-only`: every implementation in every setting, next to a copy of the same bytes.

Each group of the table has the copy in it, twice: what the two differ by, others differ by for nothing. The ratios
inside the rounds, which are more exact than those of the table, are in the extra_info of each benchmark.
"""

from collections.abc import Callable
from dataclasses import asdict
from time import process_time
from typing import Any

import pytest
import torch
from torch import Tensor

from impls import Implementation
from impls.door.timing import Rounds, quiet
from impls.door.work import counted
from impls.loading import load_all, load_default
from properties.measures.costs import SETTINGS, Setting, measurable, prepared

pytestmark = pytest.mark.benchmark(timer=process_time)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for every implementation and every setting that it supports."""
    if "implementation" not in metafunc.fixturenames:
        return
    named = metafunc.config.getoption("--impl")
    loaded = load_all(named) if named else load_default()
    if not loaded.implementations:
        raise pytest.UsageError("; ".join(f"{problem.target}: {problem.message}" for problem in loaded.problems))
    rows = [(each, setting) for each in loaded.implementations for setting in SETTINGS if measurable(each, setting)]
    ids = [f"{implementation.name}-{setting}" for implementation, setting in rows]
    metafunc.parametrize(("implementation", "setting"), rows, ids=ids)


def test_cost(implementation: Implementation, setting: Setting, benchmark: Any) -> None:
    """The implementation, and the work that torch sees of it."""
    with quiet():
        call, given, share = prepared(implementation, setting)
        work = counted(call, [given])
        benchmark.extra_info.update(asdict(work) if work else {"bytes": None, "flops": None})
        measure(call, setting, benchmark, share)


@pytest.mark.parametrize("row", ["copy", "copy-again"])
@pytest.mark.parametrize("vectors", [True, False], ids=["vectors", "table"])
@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_copy(setting: Setting, vectors: bool, row: str, benchmark: Any) -> None:
    """The copy itself, as if it were an implementation: its ratio to the copy is the noise floor."""
    case = setting.case
    source = torch.tensor(case.draw("x"), dtype=getattr(torch, setting.dtype))
    source = source if vectors else source[0, 0].clone()
    target = torch.empty_like(source)
    with quiet():
        measure(lambda: target.copy_(source), setting, benchmark)


def measure(call: Callable[[], Tensor], setting: Setting, benchmark: Any, share: float = 1.0) -> None:
    """Time the call alone for the table, each time after a round that goes into extra_info."""
    rounds = Rounds(call, share)
    benchmark.group = f"{setting}, result {tuple(call().shape)}"
    benchmark.pedantic(call, setup=rounds.run, rounds=rounds.count)
    benchmark.extra_info.update(asdict(rounds.timing()))
