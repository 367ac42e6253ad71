"""What is known of published libraries, and how it stands in the versions that are installed, as JSON values."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import product
from types import MappingProxyType
from typing import Any

from impls.advisories import ADVISORIES, Advisory
from impls.advisories.replay import Replay, State
from reports.schema import Document

SEEN: Mapping[str, tuple[int, State]] = MappingProxyType(
    {"expected-fail": (0, "still-there"), "unexpected-pass": (1, "fixed")}
)
"""How a library stands whose adapters fail as expected, or do not; the first counts."""


def known_of_libraries(replays: Iterable[Replay]) -> list[dict[str, Any]]:
    """Every advisory, with what its program showed where it was run."""
    shown = {each.id: _shown(each) for each in replays}
    return [_plain(advisory) | shown.get(advisory.id, {}) for advisory in ADVISORIES.values()]


def in_programs() -> list[Advisory]:
    """The advisories that no cell shows: their programs do."""
    return [each for each in ADVISORIES.values() if not each.expected]


def as_seen(document: Document) -> list[dict[str, Any]]:
    """The advisories of a report; those whose program was not run stand as the cells do that are expected to fail."""
    versions = {one["name"]: one["version"] for one in document["implementations"]}
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for result in document["results"]:
        if result["outcome"] in SEEN:
            found.setdefault((result["implementation"], result["property"]), []).append(result)

    def seen(told: dict[str, Any]) -> dict[str, Any]:
        cells = [cell for pair in product(told["implementations"], told["properties"]) for cell in found.get(pair, ())]
        if not cells or "state" in told:
            return {}
        worst = min(cells, key=lambda cell: (SEEN[cell["outcome"]][0], cell["error"] is None))
        stands = {"state": SEEN[worst["outcome"]][1], "version": versions[worst["implementation"]]}
        return stands | {"measured": worst["error"], "allowed": worst["bound"]}

    return [told | seen(told) for told in document["advisories"]]


def _shown(replay: Replay) -> dict[str, Any]:
    """What a program showed; what it measured that is no finite number, in words."""
    if replay.measured is None or math.isfinite(replay.measured):
        return asdict(replay)
    return asdict(replay) | {"measured": None, "message": f"it measured {replay.measured}"}


def _plain(advisory: Advisory) -> dict[str, Any]:
    """A record; of the cells that are expected to fail, which implementations and which properties."""
    told = {name: value for name, value in asdict(advisory).items() if name != "expected"}
    cells = advisory.expected
    return told | {
        "versions": list(advisory.versions),
        "implementations": sorted({each["implementation"] for each in cells}),
        "properties": sorted({prop for each in cells for prop in each["properties"]}),
    }
