"""Figures in SVG: drawn by matplotlib, in stand-in colours that are exchanged for those of the style sheet.

So light and dark, screen and paper show the same drawing. Series are told apart by shape and dash as well. Each has a
description of its own.
"""

import io
import re
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator

from reports import words

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


def plain(name: str) -> str:
    """A name as it is written beside an axis."""
    return words.clip(words.line(name), 40)


def legend(figure: Figure) -> None:
    """The names of the series in one row above the axes."""
    figure.legend(loc="upper center", ncols=len(SERIES), fontsize=8, handlelength=1.6, columnspacing=1.2)


@contextmanager
def axes_of(
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


def svg(figure: Figure, label: str) -> Markup:
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
