"""Ratios that hold on any machine, however busy it is."""

from functools import partial

import pytest
import torch

from impls.door.timing import MINIMUM_ROUNDS, Rounds, quiet, timed

X = torch.randn(1, 8, 512, 128)


@pytest.fixture(autouse=True)
def _quiet():
    with quiet():
        yield


def cosines(times):
    for _ in range(times):
        result = X.cos()
    return result


def test_a_copy_costs_as_much_as_a_copy():
    buffer = torch.empty_like(X)
    measured = [timed(lambda: buffer.copy_(X)) for _ in range(5)]
    assert any(timing.ratio_to_copy == pytest.approx(1, rel=0.3) for timing in measured)
    assert any(timing.noise == pytest.approx(1, rel=0.3) for timing in measured)


def test_a_fresh_result_costs_no_page_faults():
    """Page faults cost several copies every time; a busy machine does not."""
    large = torch.randn(16, 1024, 1024)
    assert any(timed(large.clone).ratio_to_copy < 2 for _ in range(5))


def test_four_times_the_work_costs_four_times_as_much():
    def ratio():
        once, four_times = (timed(partial(cosines, times)).ratio_to_copy for times in (1, 4))
        return four_times / once

    assert any(ratio() == pytest.approx(4, rel=0.3) for _ in range(5))


def test_slow_calls_get_few_rounds_and_fast_ones_more():
    slow, fast = Rounds(partial(cosines, 30)), Rounds(partial(cosines, 1))
    assert slow.count == MINIMUM_ROUNDS < fast.count


def test_threads_are_given_back():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with quiet():
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
