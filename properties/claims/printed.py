"""Lines of code that a source prints, quoted as far as a claim is about them, and run as they stand."""

import math
from typing import Any

import torch
from torch import nn


def executed(lines: str, **names: Any) -> dict[str, Any]:
    """The names after the lines have run, with torch, nn and math and the given names before."""
    found: dict[str, Any] = {"torch": torch, "nn": nn, "math": math, **names}
    exec(lines, found)
    return found
