"""`pytest properties --benchmark-only`: what implementations cost, setting by setting.

What pytest-benchmark tells are times of the clock, which it keeps and compares with those of other runs. What a call
costs beside its floor, timed in the same rounds, stands below, and in the extra_info of each benchmark.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from time import perf_counter, process_time
from typing import Any

import pytest

from impls import Implementation
from impls.door.crossing import Cost
from impls.door.devices import HOST, finish, kind_of
from impls.door.measuring import described, rounds_of
from impls.door.timing import quiet
from impls.loading import load_all, load_default
from impls.strangers import Overdue, told, within
from properties.measures.costs import (
    CALL_BYTES,
    CALL_SECONDS,
    IMPLEMENTATION_SECONDS,
    SETTINGS,
    Setting,
    is_large,
    measurable,
    prepared,
    settings_of,
)
from properties.measures.told import COSTS
from properties.subjects import place_of

KNOWN = dict[str, dict[Setting, Cost]]()
"""What was measured before, of each implementation."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for every implementation and every setting that it supports, on the device that is named."""
    named, device = (metafunc.config.getoption(option) for option in ("--impl", "--device"))
    timer = process_time if kind_of(device) == HOST else perf_counter
    metafunc.definition.add_marker(pytest.mark.benchmark(timer=timer))
    loaded = load_all(named) if named else load_default()
    if not loaded.implementations:
        pytest.exit("; ".join(f"{problem.target}: {problem.message}" for problem in loaded.problems))
    placed = [replace(each, device=device) for each in loaded.implementations]
    rows = [(each, setting) for each in placed for setting in (SETTINGS if named else settings_of(each, survey=True))]
    kept = [(each, setting) for each, setting in rows if measurable(each, setting)]
    unmeasured = {each.name: each.nowhere or each.problem for each in placed if each not in [one for one, _ in kept]}
    skipped = pytest.mark.skip(
        reason="; ".join(f"{name}: {why or 'has no such call'}" for name, why in unmeasured.items())
    )
    tests = [pytest.param(each, setting, id=f"{each.name}-{setting}") for each, setting in kept]
    metafunc.parametrize(
        ("implementation", "setting"), tests or [pytest.param(None, None, marks=skipped, id="nothing")]
    )


def test_cost(
    implementation: Implementation, setting: Setting, benchmark: Any, record_property: Callable[[str, object], None]
) -> None:
    """The call alone for the table, each time after a round beside its floor; and what it needs and does."""
    known, why = KNOWN.setdefault(implementation.name, {}), ""
    if is_large(known, implementation, setting):
        pytest.skip(f"is likely to take more than {CALL_SECONDS:g} s, or {CALL_BYTES / 2**30:g} GiB")
    try:
        with within(IMPLEMENTATION_SECONDS):
            known[setting] = _measured(implementation, setting, benchmark)
    except Overdue:
        why = f"did not come back within {IMPLEMENTATION_SECONDS:g} s"
    except Exception as error:
        why = f"raised {told(error, implementation.target)}"
    if why:
        pytest.fail(f"no cost, for it {why}", pytrace=False)
    cost = asdict(known[setting]) | {"floor": place_of(implementation).floor}
    benchmark.extra_info.update(cost)
    record_property(COSTS, {"implementation": implementation.name, "setting": str(setting)} | cost)


def _measured(implementation: Implementation, setting: Setting, benchmark: Any) -> Cost:
    device = implementation.device
    with quiet():
        whole, part = prepared(implementation, setting)
        rounds = rounds_of([whole], part, device, setting.seconds)
        benchmark.group = f"{setting}, result {tuple(whole.result.shape)}"
        benchmark.pedantic(_finished(whole.call, device), setup=rounds.run, rounds=rounds.count)
        return described(whole, rounds.timing(), device)


def _finished(call: Callable[[], Any], device: str) -> Callable[[], None]:
    """The call, which ends when the device has done it."""

    def whole() -> None:
        call()
        finish(device)

    return whole
