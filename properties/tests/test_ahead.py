"""Tasks are done on several cores, each once, and none is lost with the process that does it."""

import os
import signal
import sys
import time
from functools import partial

import pytest

from properties.runs.ahead import FEW, ahead
from properties.runs.options import selection
from properties.tests.plugins import RIGHT, written

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux alone")
COUNT = 2 * FEW


def worked(at: int) -> tuple[int, int]:
    time.sleep(0.002)
    return at, os.getpid()


def failing(at: int) -> None:
    time.sleep(0.002)
    raise KeyError(at, os.getpid())


def ending(parent: int) -> int:
    time.sleep(0.002)
    if os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    return parent


def test_several_processes_do_each_task_once_and_in_order():
    tasks = [partial(worked, at) for at in range(COUNT)]
    with ahead(tasks, 2) as done:
        found = [done(task) for task in tasks]
    assert [at for at, _ in found] == list(range(COUNT))
    processes = [process for _, process in found]
    assert {process == os.getpid() for process in processes} == {True, False}
    assert processes[0] == os.getpid()


def test_a_task_that_is_asked_for_again_is_done_again():
    tasks = [partial(worked, at) for at in range(COUNT)]
    with ahead(tasks, 2) as done:
        assert [done(task)[0] for task in tasks] == [done(task)[0] for task in tasks]


@pytest.mark.parametrize(("jobs", "count"), [(1, COUNT), (2, FEW - 1)])
def test_one_process_or_few_tasks_make_no_copy(jobs, count):
    tasks = [partial(worked, at) for at in range(count)]
    with ahead(tasks, jobs) as done:
        assert {done(task)[1] for task in tasks} == {os.getpid()}


def test_what_a_task_raises_comes_back():
    tasks = [partial(failing, at) for at in range(COUNT)]
    raised = []
    with ahead(tasks, 2) as done:
        for at, task in enumerate(tasks):
            with pytest.raises(KeyError) as caught:
                done(task)
            assert caught.value.args[0] == at
            raised.append(caught.value.args[1])
    assert set(raised) > {os.getpid()}


def test_the_tasks_of_a_process_that_is_killed_are_done_here():
    tasks = [partial(ending, os.getpid()) for _ in range(COUNT)]
    with ahead(tasks, 2) as done:
        assert {done(task) for task in tasks} == {os.getpid()}


def test_only_what_is_apart_is_judged_by_several_processes(tmp_path):
    target = str(written(tmp_path, RIGHT))
    assert selection(impl=[target], jobs=2).jobs == 2
    assert selection(impl=[target, "impls.forms.rope"], jobs=2).jobs == 1
    assert selection(jobs=2).jobs == 1


def test_a_block_that_is_left_early_leaves_no_process():
    tasks = [partial(worked, at) for at in range(COUNT)] + [partial(time.sleep, 60)]
    start = time.monotonic()
    with ahead(tasks, 2) as done:
        done(tasks[0])
    assert time.monotonic() - start < 30
