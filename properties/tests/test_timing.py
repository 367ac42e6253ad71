"""Ratios that hold on any machine, however busy it is."""

from functools import partial

import pytest
import torch

from impls.door.timing import MINIMUM_ROUNDS, Pair, Rounds, quiet, timed

X, TABLE = torch.randn(1, 8, 512, 128), torch.randn(32, 128)


@pytest.fixture(autouse=True)
def _quiet():
    with quiet():
        yield


def cosines(times):
    for _ in range(times):
        result = X.cos()
    return result


def beside_a_copy(call, source):
    target = torch.empty_like(source)
    return Pair(call, lambda: target.copy_(source))


def with_tables(x, tables):
    """A call that makes tables, whatever the size of its vectors, and then reads and writes these once."""
    for _ in range(tables):
        TABLE.cos()
    return x.clone()


@pytest.mark.parametrize("tables", [0, 20])
def test_what_is_done_once_a_call_is_no_part_of_applying(tables):
    """A clone is applied once, with tables and without: these are the rest of the ratio."""
    narrow = X[:, :2].clone()

    def told():
        whole, part = (beside_a_copy(partial(with_tables, each, tables), each) for each in (X, narrow))
        timing = timed(whole, part)
        assert timing.applying is not None
        return timing.applying == pytest.approx(1, abs=0.5) and (timing.ratio - timing.applying > 2) == bool(tables)

    assert any(told() for _ in range(5))


def test_where_there_is_no_smaller_part_nothing_is_told_of_applying():
    assert timed(beside_a_copy(X.clone, X)).applying is None


def test_a_share_of_a_call_has_its_part_of_the_time():
    def ratio():
        whole = beside_a_copy(partial(cosines, 2), X)
        return timed(whole).ratio / timed(Pair(whole.call, whole.floor, share=1 / 2)).ratio

    assert any(ratio() == pytest.approx(2, rel=0.3) for _ in range(5))


def test_a_copy_costs_as_much_as_a_copy():
    buffer = torch.empty_like(X)
    measured = [timed(beside_a_copy(lambda: buffer.copy_(X), X)) for _ in range(5)]
    assert any(timing.ratio == pytest.approx(1, rel=0.3) for timing in measured)
    assert any(timing.noise == pytest.approx(1, rel=0.3) for timing in measured)


def test_a_fresh_result_costs_no_page_faults():
    """Page faults cost several copies every time; a busy machine does not."""
    large = torch.randn(16, 1024, 1024)
    assert any(timed(beside_a_copy(large.clone, large)).ratio < 2 for _ in range(5))


def test_four_times_the_work_costs_four_times_as_much():
    def ratio():
        once, four_times = (timed(beside_a_copy(partial(cosines, times), X)).ratio for times in (1, 4))
        return four_times / once

    assert any(ratio() == pytest.approx(4, rel=0.3) for _ in range(5))


def test_slow_calls_get_few_rounds_and_fast_ones_more():
    slow, fast = (Rounds(beside_a_copy(partial(cosines, times), X)) for times in (30, 1))
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
