"""How long it took to judge, section by section of the properties."""

from collections import Counter
from collections.abc import Iterable, Mapping

from properties.runs.result import Result
from spec import STATEMENTS

SPENT = "seconds of each section"
"""Under this name tests hand them on."""


def spent(results: Iterable[Result]) -> Mapping[str, float]:
    """The seconds that results took, by section, in what a process of pytest-xdist can hand on."""
    total: dict[str, float] = {}
    for each in results:
        if each.property in STATEMENTS:
            section = STATEMENTS[each.property].section
            total[section] = total.get(section, 0.0) + each.seconds
    return total


def budget(found: Iterable[Mapping[str, float]]) -> str:
    """All of them in a line, of all processes together; empty for nothing."""
    total: Counter[str] = sum((Counter(each) for each in found), Counter())
    parts = [f"{section} {seconds:.1f}" for section, seconds in total.most_common()]
    return f"judged in {sum(total.values()):.1f} s: {', '.join(parts)}" if parts else ""
