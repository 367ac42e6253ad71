"""Settings of published models, by their names: which encoding with which parameters, at which head size."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

RECORDS = Path(__file__).with_name("presets.toml")


@dataclass(frozen=True, kw_only=True)
class Preset:
    """What a published model sets. `head_size` is the width of a vector, `heads` are those of queries and of keys.

    Where positions are assigned there is neither, and the size is 0. `source` says where it is published. Weights may
    lie in either layout: that is a matter of the code.
    """

    name: str
    encoding: str
    source: str
    head_size: int = 0
    convention: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    heads: tuple[int, int] | None = None


def _read(name: str, record: Mapping[str, Any]) -> Preset:
    given = {key: tuple(each) if isinstance(each, list) else each for key, each in record["parameters"].items()}
    heads = {"heads": tuple(record["heads"])} if "heads" in record else {}
    return Preset(name=name, **{**record, **heads, "parameters": MappingProxyType(given)})


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        name: _read(name, {"parameters": {}, **record})
        for name, record in tomllib.loads(RECORDS.read_text(encoding="utf-8")).items()
    }
)
