"""Drawings in SVG: error against position, cost, accuracy against cost, and what an encoding looks like.

Drawn by matplotlib, in stand-in colours that are exchanged for those of the style sheet, so that light and dark, screen
and paper show the same drawing. Series are told apart by shape and dash as well. Each has a description of its own.
"""

import io
import re
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from typing import Any

import matplotlib
import numpy as np
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator

from reports import words
from reports.rows import Cost, Picture, Sample

matplotlib.use("svg")
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "posenc",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#010101",
    "axes.labelcolor": "#020202",
    "xtick.color": "#020202",
    "ytick.color": "#020202",
    "text.color": "#020202",
    "grid.color": "#030303",
    "legend.frameon": False,
    "text.parse_math": False,
}
COLOURS = {
    "#010101": "var(--line)",
    "#020202": "var(--soft)",
    "#030303": "var(--hair)",
    "#040404": "var(--bad)",
    "#050505": "var(--ink)",
    **{f"#0a0a0{number}": f"var(--s{number})" for number in range(5)},
}
"""What stands for which colour of the style sheet."""
SERIES = [(f"#0a0a0{number}", marker) for number, marker in enumerate("osD^X")]
"""Colour and marker, by the rank of a dtype."""
WIDTH, TICKS = 5.6, 6


def accuracy_plot(samples: Sequence[Sample], *, title: str) -> Markup:
    """The worst error and its bound against position, both axes logarithmic; one series a dtype.

    Position 0 and errors of 0 have no place on the axes and are left out. Empty when nothing can be drawn.
    """
    drawn = [s for s in samples if s.position > 0 and s.error is not None and s.bound is not None]
    if not any(sample.error for sample in drawn):
        return Markup("")
    dtypes = sorted({sample.dtype for sample in drawn}, key=words.dtype_rank)
    with _axes(3.2, x="position", y="error, relative to the pair", log="xy") as (figure, axes):
        for dtype in dtypes:
            series = sorted((s for s in drawn if s.dtype == dtype), key=lambda s: s.position)
            colour, marker = SERIES[words.dtype_rank(dtype)[0]]
            across = [s.position for s in series]
            axes.plot(
                across, [s.error or np.nan for s in series], color=colour, marker=marker, ms=4, label=_plain(dtype)
            )
            axes.plot(across, [s.bound or np.nan for s in series], color=colour, ls="--", lw=1)
            over = [(s.position, s.error) for s in series if (s.error or 0) > (s.bound or 0)]
            axes.plot(*zip(*over, strict=True), color="#040404", marker="x", ls="") if over else None
        axes.plot([], [], color="#020202", ls="--", lw=1, label="bound")
        _legend(figure)
    return _svg(figure, f"{title}: worst error against position, measured and bound, for {', '.join(dtypes)}")


def cost_plot(costs: Sequence[Cost], *, title: str) -> Markup:
    """Ratio to the floor, logarithmic, one row an implementation, one mark a dtype and shape.

    In the shaded band lies what the same measurement shows of a thing against itself. Empty for nothing.
    """
    drawn = [cost for cost in costs if cost.over_floor]
    if not drawn:
        return Markup("")
    names = list(dict.fromkeys(cost.implementation for cost in drawn))
    noise = max([1.0, *(max(cost.noise, 1 / cost.noise) for cost in drawn if cost.noise)])
    floors = {words.FLOORS.get(cost.floor, cost.floor) for cost in drawn}
    height, said = 0.8 + 0.2 * len(names), f"time, as a multiple of {' or '.join(sorted(floors))}"
    with _axes(height, left=2.4, x=said, log="x") as (figure, axes):
        axes.axvspan(1 / noise, noise, color="#030303")
        axes.axvline(1, color="#010101")
        for dtype in sorted({cost.dtype for cost in drawn}, key=words.dtype_rank):
            colour, marker = SERIES[words.dtype_rank(dtype)[0]]
            of_dtype = [cost for cost in drawn if cost.dtype == dtype]
            rows = [names.index(cost.implementation) for cost in of_dtype]
            axes.scatter(
                [c.over_floor or 1 for c in of_dtype], rows, color=colour, marker=marker, s=18, label=_plain(dtype)
            )
        axes.set_yticks(range(len(names)), list(map(_plain, names)), fontsize=8)
        axes.set_ylim(len(names) - 0.4, -0.6)
        _legend(figure)
    return _svg(figure, title)


def length_plot(costs: Sequence[Cost], *, title: str) -> Markup:
    """Ratio to the floor against tokens in prefill, both logarithmic, one line an implementation; float32 alone.

    Empty where no two lengths were measured.
    """
    lines: dict[str, list[tuple[int, float]]] = {}
    for cost in costs:
        if cost.kind == "prefill" and cost.dtype == "float32" and cost.tokens and cost.over_floor:
            lines.setdefault(cost.implementation, []).append((cost.tokens, cost.over_floor))
    lines = {name: sorted(line) for name, line in lines.items() if len(line) > 1}
    if not lines:
        return Markup("")
    with _axes(1.6 + 0.16 * len(lines), right=2.2, x="tokens", y="time over its floor", log="xy") as (figure, axes):
        axes.axhline(1, color="#010101")
        last = max(tokens for line in lines.values() for tokens, _ in line)
        for line, (colour, marker) in zip(lines.values(), cycle(SERIES), strict=False):
            axes.plot(*zip(*line, strict=True), color=colour, marker=marker, ms=4, lw=0.8)
        _beside(axes, last, {name: line[-1][1] for name, line in lines.items()})
    return _svg(figure, title)


def _beside(axes: Axes, across: float, ends: dict[str, float]) -> None:
    """Names to the right of lines, in the order of their ends, none above another."""
    ordered = sorted(ends, key=lambda name: ends[name])
    for place, name in enumerate(ordered):
        axes.annotate(
            _plain(name),
            (across, ends[name]),
            xytext=(1.04, (place + 0.5) / len(ordered)),
            textcoords="axes fraction",
            fontsize=8,
            va="center",
            arrowprops={"arrowstyle": "-", "color": "#030303"},
        )


def trade_plot(points: Sequence[tuple[str, float, float]], *, title: str) -> Markup:
    """Accuracy against cost: (name, cost over a copy, error over what no code avoids), both logarithmic."""
    if not points:
        return Markup("")
    across, up = "time, as a multiple of a copy", "error, as a multiple of half a unit"
    with _axes(4.5, x=across, y=up, log="xy") as (figure, axes):
        axes.scatter([x for _, x, _ in points], [y for *_, y in points], color=SERIES[1][0], s=14)
        for name, x, y in _frontier(points):
            axes.annotate(_plain(name), (x, y), fontsize=8, textcoords="offset points", xytext=(5, 3))
    return _svg(figure, title)


def _plain(name: str) -> str:
    """A name as it is written beside an axis."""
    return words.clip(words.line(name), 40)


def _frontier(points: Sequence[tuple[str, float, float]]) -> Iterator[tuple[str, float, float]]:
    """The points to which none is cheaper and more exact."""
    best = np.inf
    for point in sorted(points, key=lambda each: each[1:]):
        if point[2] < best:
            best = point[2]
            yield point


def pictures(picture: Picture) -> list[tuple[str, Markup]]:
    """What an encoding looks like, each with its caption."""
    shown = (
        ("Logits of equal contents between positions", _heat_map(picture.attention)),
        ("Logit of equal contents over distance", _kernel(picture.kernel)),
        ("Wavelength of each pair", _wavelengths(picture.wavelengths)),
        ("Where (1, 0) is turned to, in the first pairs", _turns(picture.turns)),
        ("Where text, an image and text are placed", _places(picture.places)),
    )
    return [(caption, drawing) for caption, drawing in shown if drawing]


def _heat_map(rows: Sequence[Sequence[float]]) -> Markup:
    if not rows:
        return Markup("")
    with _axes(3.0, width=3.6, x="key", y="query") as (figure, axes):
        figure.colorbar(axes.imshow(rows, cmap="viridis"), ax=axes, shrink=0.8)
    return _svg(figure, "Logits of equal contents, queries down and keys across")


def _kernel(points: Sequence[tuple[float, float]]) -> Markup:
    if not points:
        return Markup("")
    with _axes(2.6, x="distance", y="logit") as (figure, axes):
        axes.set_xscale("symlog", linthresh=1)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value)))
        axes.plot(*zip(*points, strict=True), color=SERIES[0][0])
    return _svg(figure, "Logit of equal contents over the distance from query to key")


def _wavelengths(lengths: Sequence[float]) -> Markup:
    if not lengths:
        return Markup("")
    with _axes(2.6, x="pair", y="positions a turn", log="y") as (figure, axes):
        axes.plot(range(len(lengths)), lengths, color=SERIES[1][0], marker=".", ls="")
    return _svg(figure, "Wavelength of each pair of coordinates, in positions")


def _turns(paths: Sequence[Sequence[tuple[float, float]]]) -> Markup:
    if not paths:
        return Markup("")
    with _axes(3.0, width=3.2) as (figure, axes):
        axes.set_aspect("equal")
        for (colour, marker), path in zip(SERIES, paths, strict=False):
            axes.plot(*zip(*path, strict=True), color=colour, marker=marker, ms=4, lw=0.8)
    return _svg(figure, "The vector (1, 0) at positions 0, 1, 2..., in the first pairs")


def _places(places: Sequence[Sequence[float]]) -> Markup:
    if not places:
        return Markup("")
    across = [place[-1] for place in places]
    up = [place[0] for place in places] if len(places[0]) > 1 else range(len(places))
    with _axes(3.0, width=3.6, x="last coordinate", y="first coordinate" if len(places[0]) > 1 else "token") as found:
        figure, axes = found
        axes.plot(across, up, color="#010101", lw=0.8)
        axes.scatter(across, up, color=SERIES[0][0], s=14)
    return _svg(figure, "Positions of the tokens of a mixed sequence, in their order")


def _legend(figure: Figure) -> None:
    """The names of the series in one row above the axes."""
    figure.legend(loc="upper center", ncols=len(SERIES), fontsize=8, handlelength=1.6, columnspacing=1.2)


@contextmanager
def _axes(
    height: float,
    *,
    width: float = WIDTH,
    left: float = 0.85,
    right: float = 0.1,
    x: str = "",
    y: str = "",
    log: str = "",
) -> Iterator[tuple[Figure, Axes]]:
    """Axes in a figure of so many inches, with `left` and `right` of them for labels; `log`: which are logarithmic.

    Margins are fixed: to fit them to the labels takes longer than to draw.
    """
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height))
        edges = {"left": left / width, "right": 1 - right / width, "bottom": 0.5 / height, "top": 1 - 0.3 / height}
        axes = figure.subplots(gridspec_kw=edges)
        for name in log:
            getattr(axes, f"set_{name}scale")("log")
            getattr(axes, f"{name}axis").set_major_locator(LogLocator(numticks=TICKS))
            getattr(axes, f"{name}axis").set_major_formatter(FuncFormatter(lambda value, _: words.number(value)))
        axes.minorticks_off()
        axes.grid(visible=True, lw=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        yield figure, axes


def _svg(figure: Figure, label: str) -> Markup:
    """A figure as an element of a page: its colours are those of the style sheet, and its ids its own."""
    target = io.StringIO()
    with matplotlib.rc_context(STYLE), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure.savefig(target, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Type": None})
    source = target.getvalue()
    body = source[source.index("<svg") :].replace("xlink:href", "href")
    body = re.sub(r"<metadata>.*?</metadata>|<title>.*?</title>|<!--.*?-->", "", body, flags=re.DOTALL)
    for stand_in, colour in COLOURS.items():
        body = body.replace(stand_in, colour)
    prefix, used = f"d{zlib.crc32((label + body).encode()):x}-", set(re.findall(r'(?:url\(#|href="#)([^")]+)', body))
    body = re.sub(r' id="([^"]+)"', lambda found: f' id="{prefix}{found[1]}"' if found[1] in used else "", body)
    body = re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}", body)
    size = re.search(r'viewBox="[^"]*"', body)
    inside = body[body.index(">") + 1 :]
    said = escape(words.line(label))
    return Markup(f'<svg class="plot" {size[0] if size else ""} role="img" aria-label="{said}">{inside}')
