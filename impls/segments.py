"""What a mixed sequence must be: segments ("text", n), ("image", h, w) and ("video", t, h, w)."""

from collections.abc import Sequence
from typing import Any

SIZES = {"text": 1, "image": 2, "video": 3}
Segment = tuple[Any, ...]


def expect(segments: Sequence[Segment], *kinds: str) -> None:
    """Raise ValueError for a segment that is of none of these kinds, or has other sizes than it should."""
    for kind, *sizes in segments:
        if kind not in kinds:
            raise ValueError(f"segment {(kind, *sizes)}: expected one of {', '.join(kinds)}")
        if len(sizes) != SIZES[kind] or any(size < 1 for size in sizes):
            raise ValueError(f"segment {(kind, *sizes)}: expected {SIZES[kind]} size(s) of at least 1")
