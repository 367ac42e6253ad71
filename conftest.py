"""The options of `pytest properties`."""

import pytest
import torch

from properties.asked import OPTIONS, WrongUsage, understood

torch.set_num_threads(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """What to check, on which cases, and what is known to fail."""
    option = parser.getgroup("conformance").addoption
    several = {"action": "append", "default": []}
    option(
        "--impl",
        **several,
        metavar="TARGET",
        help="check only this: file.py or package.module, with or without ::name",
    )
    option("--property", **several, metavar="ID", help="only this property")
    option("--dtype", **several, metavar="NAME", help="only this dtype")
    option("--expect", **several, metavar="FILE", help="failures that are known, in TOML")
    option("--profile", default="fast", metavar="NAME", help="how many cases are drawn: fast, ci or deep")
    option("--suite-seed", type=int, metavar="N", help="the seed of all cases; random in deep, else 0")
    option("--case", metavar="JSON", help="only this case, as a failure prints it")


def pytest_configure(config: pytest.Config) -> None:
    """Options that cannot be understood end the run before it begins, as wrong usage."""
    try:
        understood(**{name: config.getoption(option) for name, option in OPTIONS.items()})
    except WrongUsage as error:
        raise pytest.UsageError(str(error)) from None
