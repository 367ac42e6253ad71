"""What every implementation costs: prefill and decode, two dtypes, two head sizes."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import product

from torch import Tensor

from impls import Implementation
from impls.door.devices import HOST
from impls.door.timing import Timing
from impls.door.work import Work
from impls.strangers import Overdue, within
from properties.cases.case import Case
from properties.subjects import place_of, subject_of
from properties.subjects.protocols import Code


@dataclass(frozen=True)
class Setting:
    """What is measured: `prefill` encodes 512 new tokens of one sequence, `decode` one new token of eight sequences."""

    kind: str
    dtype: str
    dim: int

    @property
    def case(self) -> Case:
        """Eight heads of `dim` coordinates; a table has as many rows as there are positions."""
        if self.kind == "prefill":
            return Case(dim=self.dim, positions=tuple(range(512)), batch=1, heads=8)
        return Case(dim=self.dim, positions=(1000,), batch=8, heads=8)

    def __str__(self) -> str:
        return f"{self.kind}-{self.dtype}-{self.dim}"


IMPLEMENTATION_SECONDS = 60.0
SETTINGS = tuple(Setting(*each) for each in product(("prefill", "decode"), ("float32", "bfloat16"), (64, 128)))
SURVEYED = tuple(setting for setting in SETTINGS if setting.dim == 128)
"""What is measured where everything is."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One row of the report: seconds of one call, bytes and flops counted in it, and its time over a copy's.

    `shape` is the result's. `bytes` and `flops` are None where another library than torch does the work. `noise` is
    what the same measurement shows of the copy against itself.
    """

    implementation: str
    encoding: str
    form: str
    dtype: str
    kind: str
    shape: tuple[int, ...]
    seconds: float
    bytes: int | None
    flops: int | None
    ratio_to_copy: float
    noise: float


def costs(implementations: Iterable[Implementation], settings: Iterable[Setting] = SETTINGS) -> list[Cost]:
    """The costs in these settings; code that fails or hangs has none, for that is told where it is checked."""
    rows = []
    for implementation in implementations:
        with suppress(Overdue), within(IMPLEMENTATION_SECONDS):
            for setting in settings:
                if measurable(implementation, setting):
                    with suppress(Exception):
                        rows.append(cost(implementation, setting))
    return rows


def measurable(implementation: Implementation, setting: Setting) -> bool:
    """Whether it is installed, well declared, supports the dtype, and has a row for every token.

    A copy is no fair measure for pairs of tokens, or segments.
    """
    here = implementation.device == HOST and implementation.nowhere is None
    sound = here and implementation.available and implementation.problem is None
    return sound and place_of(implementation).row_a_token and setting.dtype in implementation.checked_dtypes


def cost(implementation: Implementation, setting: Setting) -> Cost:
    """Count the work of one call, and time it in rounds with a copy."""
    code = _code(implementation, setting)
    measured = code.door.measured(code.request(*code.inputs()))
    timing = Timing(**measured["timing"])
    work = None if measured["work"] is None else Work(**measured["work"])
    return Cost(
        implementation=implementation.name,
        encoding=implementation.encoding,
        form=implementation.form,
        dtype=setting.dtype,
        kind=setting.kind,
        shape=tuple(measured["shape"]),
        seconds=timing.seconds,
        bytes=work.bytes if work else None,
        flops=work.flops if work else None,
        ratio_to_copy=timing.ratio_to_copy,
        noise=timing.noise,
    )


def prepared(implementation: Implementation, setting: Setting) -> tuple[Callable[[], Tensor], Tensor, float]:
    """The call, with nothing in it but the implementation, the tensor that it starts from, and what part of all that
    it makes its result is.
    """
    code = _code(implementation, setting)
    request = code.request(*code.inputs())
    return *code.door.prepared(request), code.door.share(request)


def _code(implementation: Implementation, setting: Setting) -> Code:
    code: Code = subject_of(implementation, setting.dtype, setting.case.within(implementation)).code
    return code
