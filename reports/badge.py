"""A shields.io endpoint: how many implementations conform, out of those that were there to be checked.

It never rounds up. What did not load counts as not conforming; a run that was cut off, or that checked
nothing, is `unknown`.
"""

from typing import Any

from reports.cells import View

LABEL = "positional encodings"


def badge(report: View, *, implementation: str | None = None, label: str | None = None) -> dict[str, Any]:
    """The badge of a run, or of one implementation of it.

    Raises ValueError where the run has no implementation of that name.
    """
    if implementation is not None and implementation not in report.verdicts:
        raise ValueError(f"expected one of {', '.join(report.verdicts)}; got {implementation!r}")
    names = [implementation] if implementation is not None else list(report.verdicts)
    verdicts = [report.verdicts[name].name for name in names]
    absent, excepted = verdicts.count("unavailable"), verdicts.count("conforms-except")
    present, good = len(verdicts) - absent, verdicts.count("conforms") + excepted
    if not report.complete or not present or set(verdicts) <= {"unknown", "unavailable"}:
        message, color = "unknown", "lightgrey"
    elif implementation is not None:
        message = report.verdicts[implementation].word
        color = "red" if not good else "green" if excepted else "brightgreen"
    else:
        message = f"{good - excepted}/{present} conform"
        message += f", {excepted} with known failures" if excepted else ""
        message += f", {absent} unavailable" if absent else ""
        color = "red" if good < present else "green" if excepted else "brightgreen"
    return {"schemaVersion": 1, "label": label or implementation or LABEL, "message": message, "color": color}
