"""One command that shows a failure again, and nothing else."""

import json
import shlex

from impls import Implementation
from properties.cases.case import Case


def command(implementation: Implementation, prop: str, dtype: str, case: Case) -> str:
    """`pytest properties` on one case of one property, in one dtype."""
    target = f"{implementation.origin}::{implementation.name}"
    words = ["pytest", "properties", "--impl", target, "--property", prop, "--dtype", dtype]
    return shlex.join([*words, "--case", json.dumps(case.described())])
