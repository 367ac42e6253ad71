"""`pytest properties --benchmark-only`: what implementations cost, next to a copy of the same bytes.

Each group of the table is one setting and one shape, with the copy in it twice: what the two differ by, others differ
by for nothing. The ratios inside the rounds, which are more exact than those of the table, what of them applying takes
alone, and the work that torch sees are in the extra_info of each benchmark. What is named is measured in all settings.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from time import perf_counter, process_time
from typing import Any

import pytest
import torch

from impls import Implementation
from impls.door.devices import HOST, finish, kind_of
from impls.door.measuring import needs
from impls.door.timing import Pair, Rounds, quiet
from impls.door.work import counted
from impls.loading import load_all, load_default
from properties.measures.costs import SETTINGS, Setting, measurable, prepared, settings_of
from properties.subjects import PLACES
from spec.definitions.map import Map


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for every implementation and every setting that it supports, on the device that is named."""
    named, device = (metafunc.config.getoption(option) for option in ("--impl", "--device"))
    timer = pytest.mark.benchmark(timer=process_time if kind_of(device) == HOST else perf_counter)
    metafunc.definition.add_marker(timer)
    if "implementation" not in metafunc.fixturenames:
        return
    loaded = load_all(named) if named else load_default()
    if not loaded.implementations:
        raise pytest.UsageError("; ".join(f"{problem.target}: {problem.message}" for problem in loaded.problems))
    placed = [replace(each, device=device) for each in loaded.implementations]
    rows = [(each, setting) for each in placed for setting in settings_of(each, survey=not named)]
    kept = [(each, setting) for each, setting in rows if measurable(each, setting)]
    metafunc.parametrize(("implementation", "setting"), kept, ids=[f"{each.name}-{setting}" for each, setting in kept])


def test_cost(implementation: Implementation, setting: Setting, benchmark: Any) -> None:
    """The implementation, and the work that torch sees of it."""
    with quiet():
        whole, part = prepared(implementation, setting)
        needed = needs(whole.call, implementation.device)
        work = None if needed.compiled else counted(whole.call, [whole.given])
        benchmark.extra_info.update(asdict(work) if work else {"bytes": None, "flops": None})
        benchmark.extra_info.update(memory=needed.peak / whole.bytes, launches=needed.launches)
        _measure(
            whole.pair,
            part.pair if part else None,
            tuple(whole.result.shape),
            setting,
            benchmark,
            implementation.device,
        )


@pytest.mark.parametrize("row", ["copy", "copy-again"])
@pytest.mark.parametrize("vectors", [True, False], ids=["vectors", "table"])
@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_copy(setting: Setting, vectors: bool, row: str, benchmark: Any, request: pytest.FixtureRequest) -> None:
    """The copy itself, as if it were an implementation: its ratio to the copy is the noise."""
    case, device = setting.case(PLACES[Map]), request.config.getoption("--device")
    source = torch.tensor(case.draw("x"), dtype=getattr(torch, setting.dtype)).to(device)
    source = source if vectors else source[0, 0].clone()
    target = torch.empty_like(source)

    def copy() -> None:
        target.copy_(source)

    with quiet():
        _measure(Pair(copy, copy), None, tuple(source.shape), setting, benchmark, device)


def _measure(
    whole: Pair, part: Pair | None, shape: tuple[int, ...], setting: Setting, benchmark: Any, device: str
) -> None:
    """Time the call alone for the table, each time after a round that goes into extra_info."""
    rounds = Rounds(whole, part, device)
    benchmark.group = f"{setting}, result {shape}"
    benchmark.pedantic(_finished(whole.call, device), setup=rounds.run, rounds=rounds.count)
    benchmark.extra_info.update(asdict(rounds.timing()))


def _finished(call: Callable[[], Any], device: str) -> Callable[[], None]:
    """The call, which ends when the device has done it."""

    def whole() -> None:
        call()
        finish(device)

    return whole
