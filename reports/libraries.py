"""What is known of published libraries, and how it stands in the versions that are installed, as JSON values."""

import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from impls.advisories import ADVISORIES, Advisory
from impls.advisories.replay import Replay


def known_of_libraries(replays: Iterable[Replay]) -> list[dict[str, Any]]:
    """Every advisory, with what its program showed where it was run."""
    shown = {each.id: _shown(each) for each in replays}
    return [_plain(advisory) | shown.get(advisory.id, {}) for advisory in ADVISORIES.values()]


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
