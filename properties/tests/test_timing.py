"""Ratios that hold on any machine, however busy it is."""

from functools import partial

import pytest
import torch

import impls.door.timing
from impls.door.measuring import REMEMBERED, Prepared, rotating, sets_beside
from impls.door.timing import MINIMUM_ROUNDS, Pair, Rounds, quiet, seconds_of

X = torch.randn(1, 8, 512, 128)


def timed(*pairs):
    return Rounds(*pairs).measured()


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


@pytest.fixture
def lasting(monkeypatch):
    """Makes calls that last so many seconds, by a clock of their own."""
    now = [0.0]
    monkeypatch.setattr(impls.door.timing, "process_time", lambda: now[0])

    def made(seconds):
        def call():
            now[0] += seconds

        return call

    return made


@pytest.mark.parametrize("tables", [0.0, 3.0])
@pytest.mark.parametrize("applying", [1.0, 1.5])
def test_what_is_done_once_a_call_is_no_part_of_applying(lasting, tables, applying):
    """Eight heads, and two: a copy takes a second a head."""
    whole, part = (Pair(lasting(tables + applying * heads), lasting(heads)) for heads in (8, 2))
    timing = timed(whole, part)
    assert timing.ratio == pytest.approx(tables / 8 + applying)
    assert timing.applying == pytest.approx(applying)
    assert timing.noise == pytest.approx(1)
    assert timing.seconds == pytest.approx(tables + 8 * applying)


def test_the_shares_of_a_call_and_of_less_of_it_are_their_own(lasting):
    """Eight heads of queries and two of keys, then two and two: only the copy of the queries is timed."""
    whole, part = Pair(lasting(10), lasting(8), 8 / 10), Pair(lasting(4), lasting(2), 2 / 4)
    timing = timed(whole, part)
    assert timing.ratio == pytest.approx(1)
    assert timing.applying == pytest.approx(1)


def test_where_rounds_do_not_agree_nothing_is_told_of_applying(monkeypatch, lasting):
    """Every other round, another program takes as long as the call."""
    rounds = Rounds(Pair(lasting(8), lasting(8)), Pair(lasting(2), lasting(2)))
    told = []
    for disturbed in (False, True):
        rounds._rounds = [[8, 8, 8 + 8 * disturbed * (each % 2), 2, 2, 2] for each in range(6)]
        told.append(rounds.timing().applying)
    assert told == [1, None]


@pytest.mark.parametrize(("whole", "less", "applying"), [(8, 9, 0), (8, 0, 1)])
def test_neither_part_of_a_ratio_is_less_than_nothing(lasting, whole, less, applying):
    assert timed(Pair(lasting(whole), lasting(8)), Pair(lasting(less), lasting(2))).applying == applying


def test_a_floor_that_does_not_grow_tells_nothing_of_applying(lasting):
    assert timed(Pair(lasting(3), lasting(1)), Pair(lasting(2), lasting(1))).applying is None


def test_where_there_is_no_smaller_part_nothing_is_told_of_applying():
    assert timed(beside_a_copy(X.clone, X)).applying is None


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


def test_on_a_device_seconds_are_those_between_two_of_its_events(monkeypatch):
    told = []

    class Event:
        def __init__(self, device, *, enable_timing):
            self.name = f"{device} event"
            assert enable_timing

        def record(self):
            told.append("record")

        def synchronize(self):
            told.append("synchronize")

        def elapsed_time(self, end):
            return 8.0

    monkeypatch.setattr(torch, "Event", Event)
    assert seconds_of(lambda: told.append("block"), "cuda:1") == pytest.approx(0.008)
    assert told == ["record", "block", "record", "synchronize"]


def test_on_a_device_a_call_goes_from_one_set_of_tensors_to_the_next():
    several = [Prepared(partial(torch.full, (2,), n), X, X, partial(torch.full, (2,), -n), 0.5, 1) for n in (1, 2, 3)]
    pair = rotating(several)
    assert [int(pair.call()[0]) for _ in range(4)] == [1, 2, 3, 1]
    assert [int(pair.floor()[0]) for _ in range(4)] == [-1, -2, -3, -1]
    assert pair.share == 0.5


@pytest.mark.parametrize(("device", "many"), [("cpu", False), ("cuda:0", True)])
def test_these_are_more_than_its_caches_hold(device, many):
    further = sets_beside(Prepared(X.clone, X, X, X.clone, 1.0, X.nbytes), device)
    assert (further * 2 * X.nbytes > REMEMBERED - 2 * X.nbytes) == many
    assert bool(further) == many


def test_threads_are_given_back():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with quiet():
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(("faulting", "calls", "seconds"), [(0, 1, 1.0), (2, 3, 1.0), (9, 3, 8.0)])
def test_what_has_pages_faulted_in_is_timed_again_a_few_times(monkeypatch, faulting, calls, seconds):
    now, faults, made = [0.0], [0], [0]

    def call():
        faults[0] += 16384 if made[0] < faulting else 1
        now[0] += 8.0 if made[0] < faulting else 1.0
        made[0] += 1

    monkeypatch.setattr(impls.door.timing, "process_time", lambda: now[0])
    monkeypatch.setattr(impls.door.timing, "_page_faults", lambda: faults[0])
    assert (seconds_of(call, "cpu"), made[0]) == (seconds, calls)
