"""What things cost, drawn: beside one another, against length, and against accuracy."""

from collections.abc import Iterator, Sequence
from itertools import cycle

import numpy as np
from markupsafe import Markup

from properties.measures.told import FLOORS
from reports import words
from reports.cells import grouped
from reports.drawing import SERIES, axes_of, legend, plain, svg
from reports.rows import Cost


def drawings(costs: Sequence[Cost]) -> list[tuple[str, Markup]]:
    """Caption and drawing: of cost against length, and, of several implementations, of each setting."""
    several = len({cost.implementation for cost in costs}) > 1
    caption = "cost of a prefill against its length" + (", float32" if several else "")
    drawn = [(caption, length_plot(costs, title=f"The {caption}"))]
    ordered_by_length = sorted(
        costs if several else (), key=lambda cost: (cost.kind, cost.tokens or 0, cost.batch or 0)
    )
    for setting, measured in grouped(ordered_by_length, "setting").items():
        ordered = sorted(measured, key=lambda cost: (cost.encoding, cost.implementation))
        title = f"Cost of each implementation as a multiple of its floor, {setting or 'all measurements'}"
        drawn.append((setting, cost_plot(ordered, title=title)))
    return [each for each in drawn if each[1]]


def cost_plot(costs: Sequence[Cost], *, title: str) -> Markup:
    """Ratio to the floor, logarithmic, one row an implementation, one mark a dtype and shape.

    In the shaded band lies what the same measurement shows of a thing against itself. Empty for nothing.
    """
    drawn = [cost for cost in costs if cost.over_floor]
    if not drawn:
        return Markup("")
    names = list(dict.fromkeys(cost.implementation for cost in drawn))
    noise = max([1.0, *(max(cost.noise, 1 / cost.noise) for cost in drawn if cost.noise)])
    floors = {FLOORS.get(cost.floor, cost.floor) for cost in drawn}
    height, said = 0.8 + 0.2 * len(names), f"time over that of {floors.pop() if len(floors) == 1 else 'the floor'}"
    with axes_of(height, left=2.4, x=said, log="x") as (figure, axes):
        axes.axvspan(1 / noise, noise, color="#030303")
        axes.axvline(1, color="#010101")
        for dtype in sorted({cost.dtype for cost in drawn}, key=words.dtype_rank):
            colour, marker = SERIES[words.dtype_rank(dtype)[0]]
            of_dtype = [cost for cost in drawn if cost.dtype == dtype]
            rows = [names.index(cost.implementation) for cost in of_dtype]
            axes.scatter(
                [c.over_floor or 1 for c in of_dtype], rows, color=colour, marker=marker, s=18, label=plain(dtype)
            )
        axes.set_yticks(range(len(names)), list(map(plain, names)), fontsize=8)
        axes.set_ylim(len(names) - 0.4, -0.6)
        legend(figure)
    return svg(figure, title)


def length_plot(costs: Sequence[Cost], *, title: str) -> Markup:
    """Ratio to the floor against tokens in prefill, both logarithmic; empty where no two lengths were measured.

    Of several implementations a line each, in float32; of one in all dtypes, with what applying takes of it.
    """
    drawn = [cost for cost in costs if cost.kind == "prefill" and cost.tokens and cost.over_floor]
    lines: dict[str, list[tuple[int, float]]] = {}
    if len({cost.implementation for cost in drawn}) > 1:
        for cost in drawn:
            if cost.dtype == "float32":
                lines.setdefault(cost.implementation, []).append((cost.tokens or 0, cost.over_floor or 1))
    else:
        for cost in drawn:
            for label, ratio in ((cost.dtype, cost.over_floor), (f"{cost.dtype}, applying", cost.applying)):
                if ratio and ratio > 0:
                    lines.setdefault(label, []).append((cost.tokens or 0, ratio))
    lines = {name: sorted(line) for name, line in lines.items() if len(line) > 1}
    if not lines:
        return Markup("")
    height, ends = 2.2 + 0.14 * len(lines), sorted(lines, key=lambda name: lines[name][-1][1])
    with axes_of(height, right=2.2, x="tokens", y="time over its floor", log="xy") as (figure, axes):
        axes.axhline(1, color="#010101")
        for (name, line), (colour, marker) in zip(lines.items(), cycle(SERIES), strict=False):
            axes.plot(*zip(*line, strict=True), color=colour, marker=marker, ms=4, lw=0.8)
            beside = (1.04, (ends.index(name) + 0.5) / len(ends))
            axes.annotate(
                plain(name),
                line[-1],
                xytext=beside,
                textcoords="axes fraction",
                va="center",
                color=colour,
                fontsize=8,
                arrowprops={"arrowstyle": "-", "color": "#030303"},
            )
    return svg(figure, title)


def trade_plot(points: Sequence[tuple[str, float, float]], *, title: str) -> Markup:
    """Accuracy against cost: (name, cost over a copy, error over what no code avoids), both logarithmic."""
    if not points:
        return Markup("")
    across, up = "time, as a multiple of a copy", "error, as a multiple of half a unit"
    with axes_of(4.5, x=across, y=up, log="xy") as (figure, axes):
        axes.scatter([x for _, x, _ in points], [y for *_, y in points], color=SERIES[1][0], s=14)
        for name, x, y in _frontier(points):
            axes.annotate(plain(name), (x, y), fontsize=8, textcoords="offset points", xytext=(5, 3))
    return svg(figure, title)


def _frontier(points: Sequence[tuple[str, float, float]]) -> Iterator[tuple[str, float, float]]:
    """The points to which none is cheaper and more exact."""
    best = np.inf
    for point in sorted(points, key=lambda each: each[1:]):
        if point[2] < best:
            best = point[2]
            yield point
