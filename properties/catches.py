"""Which faults each property catches, as declared in catches.toml: the table that the kill matrix is held to."""

import tomllib
from pathlib import Path

TABLE = Path(__file__).with_name("catches.toml")
CATCHES = {prop: frozenset(names.split()) for prop, names in tomllib.loads(TABLE.read_text()).items()}
"""The names of faults, by the id of a property; under `plug-in`, those that cannot be checked at all."""
