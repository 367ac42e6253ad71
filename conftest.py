"""The options of `pytest properties`, and its processes."""

import sys
from pathlib import Path

import pytest

from impls.door.processes import for_good, prepare

if any(argument.startswith("--impl") for argument in sys.argv):
    prepare()

with for_good():
    from properties.runs.options import OPTIONS, WrongUsage, keywords, parsed


def pytest_addoption(parser: pytest.Parser) -> None:
    """What to check, on which cases, and what is known to fail."""
    group = parser.getgroup("conformance")
    for option in OPTIONS:
        group.addoption(option.flag, **option.arguments)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Whole folders run in as many processes as there are cores, where pytest-xdist is installed; -n0 for one."""
    option = config.option
    alone = config.getoption("--impl") or config.getoption("--case") or option.collectonly or option.usepdb
    measuring = config.getoption("benchmark_only", default=False)
    whole = all(Path(argument).is_dir() for argument in config.args)
    worker = hasattr(config, "workerinput")
    if getattr(option, "numprocesses", 0) is None and whole and not (alone or measuring or worker):
        option.numprocesses, option.dist = "auto", "worksteal"


def pytest_collection_finish(session: pytest.Session) -> None:
    """One thread computes. What has not been imported by now, nothing here computes with: who judges does without.

    No conformance test is one of Hypothesis, whose plug-in would import it all to say that there is nothing to say.
    """
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
    manager = session.config.pluginmanager
    if session.config.getoption("--impl") and (unused := manager.get_plugin("hypothesispytest")):
        manager.unregister(unused)


def pytest_configure(config: pytest.Config) -> None:
    """Options that cannot be understood end the run before it begins, as wrong usage."""
    try:
        parsed(**keywords(config.option))
    except WrongUsage as error:
        raise pytest.UsageError(str(error)) from None
