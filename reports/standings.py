"""How libraries and encodings stand, in a row each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.cells import View, grouped
from reports.outcomes import Mark
from reports.rows import Implementation, Usable
from spec.numbers.bounds import UNIT

COMMON = 4096
"""The position up to which the errors of all implementations are compared."""
MEASURED = 512
"""The tokens of the calls whose costs are."""


@dataclass(frozen=True)
class Library:
    """A published implementation in one row: how exact, how far, how dear; `errors` in units of what no code avoids."""

    implementation: Implementation
    mark: Mark
    errors: dict[str, float]
    usable: Mapping[str, Usable]
    cost: float | None
    findings: int


@dataclass(frozen=True)
class Standing:
    """An encoding, and of its own forms and of published implementations how many conform: "3 of 4"."""

    name: str
    title: str
    acts_on: str
    own: str
    published: str


def libraries(report: View) -> tuple[Library, ...]:
    """The published implementations, by package."""
    dear = _dear(report)
    known = Counter(name for advisory in report.advisories for name in advisory.implementations)
    published = [one for one in report.implementations if one.package]
    return tuple(
        Library(one, report.verdicts[one.name], _errors(one), one.usable_context, dear.get(one.name), known[one.name])
        for one in sorted(published, key=lambda one: (str(one.package).lower(), one.name))
    )


def trade(report: View) -> list[tuple[str, float, float]]:
    """Of every implementation whose vectors are compared its name, what it costs, and its error in float32."""
    dear, exact = _dear(report), {one.name: _errors(one).get("float32") for one in report.implementations}
    return [(name, cost, error) for name, cost in dear.items() if (error := exact.get(name))]


def _dear(report: View) -> dict[str, float]:
    """What a prefill of MEASURED tokens in float32 costs, by implementation."""
    return {
        each.implementation: each.ratio_to_copy
        for each in report.costs
        if (each.kind, each.dtype) == ("prefill", "float32") and each.tokens in (None, MEASURED) and each.ratio_to_copy
    }


def _errors(one: Implementation) -> dict[str, float]:
    """The worst error in each dtype up to COMMON, over half a unit in the last place of 1."""
    worst = dict[str, float]()
    for sample in one.accuracy:
        if sample.position <= COMMON and sample.error is not None and sample.dtype in UNIT:
            worst[sample.dtype] = max(worst.get(sample.dtype, 0.0), sample.error / UNIT[sample.dtype])
    return worst


def standings(report: View) -> tuple[Standing, ...]:
    """The encodings, in the order of the spec."""
    by_encoding = grouped(report.implementations, "encoding")
    known = {each.name: each for each in report.encodings}
    return tuple(
        Standing(
            name=name,
            title=known[name].title if name in known else "",
            acts_on=known[name].acts_on if name in known else "",
            own=_conform(report, [one for one in by_encoding.get(name, ()) if not one.package]),
            published=_conform(report, [one for one in by_encoding.get(name, ()) if one.package]),
        )
        for name in dict.fromkeys([*known, *by_encoding])
    )


def _conform(report: View, ones: Sequence[Implementation]) -> str:
    present = [name for one in ones if (name := report.verdicts[one.name].name) != "unavailable"]
    return f"{present.count('conforms')} of {len(present)}" if present else ""
