"""Mixed sequences of text, images and videos: the cases of code that assigns positions."""

import dataclasses
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from properties.cases import families
from properties.cases.case import Case
from properties.cases.families import Family
from spec import Encoding
from spec.definitions.placing import Segment

SEQUENCES: tuple[tuple[Segment, ...], ...] = (
    (("text", 5),),
    (("text", 1),),
    (("text", 2), ("text", 3)),
    (("text", 2), ("image", 2, 3), ("text", 3)),
    (("text", 3), ("image", 3, 2), ("text", 2)),
    (("image", 2, 3), ("text", 2)),
    (("text", 4), ("image", 4, 3)),
    (("image", 2, 5),),
    (("text", 2), ("image", 1, 1), ("text", 2)),
    (("text", 1), ("image", 1, 4), ("text", 2)),
    (("text", 1), ("image", 5, 1), ("text", 2)),
    (("text", 2), ("image", 3, 3), ("text", 1)),
    (("text", 2), ("image", 2, 3), ("image", 3, 1), ("text", 2)),
    (("image", 1, 2), ("image", 1, 2)),
    (("text", 1), ("image", 2, 2), ("text", 2), ("image", 3, 5), ("text", 3), ("image", 4, 2), ("text", 1)),
    (("text", 2), ("video", 2, 3, 4), ("text", 1)),
    (("video", 5, 1, 2), ("text", 2)),
    (("text", 100), ("image", 16, 11), ("text", 20)),
    (("text", 1), ("video", 6, 2, 1), ("text", 2), ("image", 2, 1), ("video", 7, 1, 2), ("text", 1)),
)
"""Text alone, images first, last, alone and adjacent, of one row, one column and one patch, large ones, and videos."""
LONGEST = max(SEQUENCES, key=len)
DRAWN: Mapping[str, tuple[int, ...]] = {"text": (9,), "image": (7, 7), "video": (4, 7, 7)}
"""The largest sizes of the segments that are drawn."""


def _cover(encoding: Encoding, suite_seed: int) -> list[Case]:
    return [Case(segments=segments) for segments in SEQUENCES]


CONFIGURED: Mapping[str, Sequence[Any]] = {
    "spatial_merge_size": (2, 3, 5),
    "temporal_merge_size": (2,),
    "tokens_per_second": (1, 25),
    "second_per_grid_ts": ((2 / 2.9998, 2 / 23.976, 0.875, 2.0), (2 / 0.45, 2 / 1.7, 0.125, 1.5)),
}
"""Other values of parameters: seconds of two frames each, at rates of films and of slow samplings, of which no frame
stands so near to an integer that float32 could bring it to the other side, in whichever order it multiplies.
"""


TOGETHER = tuple((name, several[-1]) for name, several in CONFIGURED.items())


def _configured(encoding: Encoding, suite_seed: int) -> list[Case]:
    known = [(name, CONFIGURED[name]) for name in CONFIGURED if name in encoding.parameters]
    alone = [((name, each),) for name, several in known for each in several]
    together = [tuple((name, several[-1]) for name, several in known)] if len(known) > 1 else []
    cases = [
        dataclasses.replace(case, parameters=given)
        for given in (*alone, *together)
        for case in _cover(encoding, suite_seed)
    ]
    return [case for case in cases if any(kind != "text" for kind, *_ in case.segments)]


def _drawn(random: Random) -> Case:
    kinds = families.some(random, [*DRAWN], 5)
    return Case(segments=tuple((kind, *(random.randint(1, most) for most in DRAWN[kind])) for kind in kinds))


mixed = Family("mixed", _cover, _drawn)
configured = Family("mixed, configured", _configured)
single = Family("mixed, once", lambda encoding, suite_seed: [Case(segments=LONGEST)])


def standing_for(asked: Family) -> Family:
    """The family of mixed sequences that stands for one of vectors and positions."""
    return configured if asked is families.configured else single if asked.name == "once" else mixed
