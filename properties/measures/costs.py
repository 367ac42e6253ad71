"""What every implementation costs beside the least that its result takes: in prefill, in training, in decoding."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from math import isqrt, prod
from typing import TYPE_CHECKING

from impls import Implementation
from impls.door.crossing import Cost as Measured
from impls.door.crossing import Floor, Request
from impls.strangers import Overdue, within
from properties.cases.case import Case
from properties.subjects import place_of, subject_of
from properties.subjects.protocols import Code
from properties.subjects.subject import Place

if TYPE_CHECKING:
    from impls.door.measuring import Prepared


@dataclass(frozen=True)
class Setting:
    """What is measured.

    `prefill` encodes so many new tokens of one sequence, `training` takes the gradient of that as well, and `decode`
    encodes one new token of each sequence of a batch, which meets `tokens` keys where pairs are encoded.
    """

    kind: str
    dtype: str
    tokens: int
    batch: int = 1
    dim: int = 128
    most: int = 2**24
    seconds: float = 0.1

    def heads(self, place: Place) -> int:
        """Eight, or as many as `most` numbers are enough for; 0 where that is none."""
        if self.kind == "decode":
            return HEADS
        return min(HEADS, self.most // (self.tokens * (self.tokens if place.pairs else self.dim)))

    def case(self, place: Place) -> Case:
        """The case of which code makes a call; of a mixed sequence a quarter is text."""
        tokens, side = tuple(range(self.tokens)), isqrt(self.tokens // 2)
        segments = (("text", self.tokens // 4), ("image", side, side * 3 // 2))
        positions, others = ((self.tokens,), (*tokens, self.tokens)) if self.kind == "decode" else (tokens, tokens)
        whole = Case(dim=self.dim, positions=positions, others=others, batch=self.batch, segments=segments)
        return replace(whole, heads=self.heads(place))

    def __str__(self) -> str:
        return f"{self.kind}-{self.batch if self.kind == 'decode' else self.tokens}-{self.dtype}-{self.dim}"


IMPLEMENTATION_SECONDS = 60.0
"""All measurements of one end then."""
CALL_SECONDS, CALL_BYTES = 0.25, 2**31
"""What is expected to take more is not measured."""
HEADS, PART = 8, 4
"""Calls have so many heads, and beside them so small a part of these."""
WIDEST = 4
"""Bytes of a number."""
DTYPES = ("float32", "bfloat16")
LENGTHS = (64, 512, 4096, 32768)
REPORTED = (
    *(Setting("prefill", dtype, tokens) for tokens, dtype in product(LENGTHS[:-1], DTYPES)),
    *(Setting("decode", dtype, 1000, batch) for batch, dtype in product((1, 8, 64), DTYPES)),
    *(Setting("training", dtype, 4096) for dtype in DTYPES),
)
"""What a report measures of what is named."""
SETTINGS = (*REPORTED, *(Setting("prefill", dtype, LENGTHS[-1]) for dtype in DTYPES))
"""With the longest ones, which take as long as all others."""
_brief = partial(Setting, most=2**19, seconds=0.01)
SURVEYED = tuple(_brief(*each) for dtype in DTYPES for each in (("prefill", dtype, 512), ("decode", dtype, 1000, 8)))
"""What is measured of everything where everything is."""
SHORT, LONG = (_brief("prefill", "float32", tokens, most=2**20) for tokens in (64, 4096))
OF_OWN = (SHORT, *SURVEYED, LONG)
"""What is measured there of the suite's own forms: how cost grows with length, so that what is too large is known."""


@dataclass(frozen=True, kw_only=True)
class Cost(Measured):
    """One row of the report: what a call of an implementation costs in a setting, beside its `floor`."""

    implementation: str
    encoding: str
    form: str
    dtype: str
    kind: str
    tokens: int
    batch: int
    floor: Floor

    @property
    def ratio_to_copy(self) -> float | None:
        """The ratio, where the floor is a copy."""
        return self.ratio if self.floor == "copy" else None


def settings_of(implementation: Implementation, *, survey: bool) -> tuple[Setting, ...]:
    """What a report measures of an implementation."""
    return REPORTED if not survey else SURVEYED if implementation.package else OF_OWN


def costs(implementation: Implementation, settings: Iterable[Setting] = SETTINGS) -> list[Cost]:
    """The costs in these settings; code that fails or hangs has none, for that is told where it is checked.

    Settings that come to the same call, as any batch does where a table is made, are one.
    """
    known = dict[Setting, Cost]()
    with suppress(Overdue), within(IMPLEMENTATION_SECONDS):
        for setting in settings:
            if measurable(implementation, setting) and not is_large(known, implementation, setting):
                with suppress(Exception):
                    known[setting] = cost(implementation, setting)
    return list({(row.kind, row.dtype, row.shape): row for row in known.values()}.values())


def is_large(known: Mapping[Setting, Measured], implementation: Implementation, setting: Setting) -> bool:
    """Whether a call takes more time or memory than there is, to judge from what is known of another length."""
    place = place_of(implementation)
    fewer = [each for each in known if each.kind == "prefill"]
    if setting.kind == "decode" or not fewer:
        return False
    longest = max(fewer, key=lambda each: each.tokens)
    last, heads = known[longest], setting.heads(place) / longest.heads(place)
    more = (setting.tokens / longest.tokens) ** (1 + place.pairs) * heads
    held = (last.memory or 1) * prod(last.shape) * WIDEST
    return last.seconds * more > CALL_SECONDS or held * more > CALL_BYTES


def measurable(implementation: Implementation, setting: Setting) -> bool:
    """Whether it is there, well declared, and has such a call."""
    one, place = implementation, place_of(implementation)
    sound = one.nowhere is None and one.available and one.problem is None and _dtype(one, setting) is not None
    trained = one.differentiable or setting.kind != "training"
    return sound and trained and setting.kind in place.measured and setting.heads(place) > 0


def _dtype(implementation: Implementation, setting: Setting) -> str | None:
    """That of the setting; of code that has neither of DTYPES, such as places, its own in the place of the first."""
    known = implementation.checked_dtypes
    own = known[0] if known and not {*DTYPES} & {*known} else None
    return setting.dtype if setting.dtype in known else own if setting.dtype == DTYPES[0] else None


def cost(implementation: Implementation, setting: Setting) -> Cost:
    """What one call costs: with all heads, and, in the same rounds, with a quarter of them."""
    code, whole, part, floor = _asked(implementation, setting)
    return Cost(
        implementation=implementation.name,
        encoding=implementation.encoding,
        form=implementation.form,
        dtype=code.setup.dtype,
        kind=setting.kind,
        tokens=setting.tokens if setting.kind == "decode" else len(code.setup.case.positions),
        batch=setting.batch,
        floor=floor,
        **vars(code.door.measured(whole, part, floor, setting.seconds)),
    )


def prepared(implementation: Implementation, setting: Setting) -> "tuple[Prepared, Prepared | None]":
    """The call with nothing in it but the implementation, and the same with a quarter of the heads, in this process."""
    code, whole, part, floor = _asked(implementation, setting)
    return code.door.prepared(whole, floor), code.door.prepared(part, floor) if part else None


def _asked(implementation: Implementation, setting: Setting) -> tuple[Code, Request, Request | None, Floor]:
    """The code, its call with all heads and with a quarter of them, and its floor.

    None where there are no fewer, and for a token, whose call is about as long with any.
    """
    place = place_of(implementation)
    whole = setting.case(place).within(implementation)
    part = replace(whole, heads=max(1, whole.heads // PART)).within(implementation)
    subject = subject_of(implementation, _dtype(implementation, setting) or setting.dtype, whole)
    apart = setting.kind != "decode" and part.heads < whole.heads
    less = subject.varied(case=part).code if apart else None
    gradient = setting.kind == "training"
    return subject.code, _request(subject.code, gradient), less and _request(less, gradient), place.floor


def _request(code: Code, gradient: bool) -> Request:
    request = code.request(*code.inputs())
    return replace(request, under="gradient") if gradient else request
