"""Drawings: error against position, and what an encoding looks like."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from matplotlib.ticker import FuncFormatter

from reports import words
from reports.context import Picture
from reports.drawing import SERIES, axes_of, legend, plain, svg
from reports.rows import Sample


def accuracy_plot(samples: Sequence[Sample], *, title: str) -> Markup:
    """The worst error and its bound against position, both axes logarithmic; one series a dtype.

    Position 0 and errors of 0 have no place on the axes and are left out. Empty when nothing can be drawn.
    """
    drawn = [s for s in samples if s.position > 0 and s.error is not None and s.bound is not None]
    if not any(sample.error for sample in drawn):
        return Markup("")
    dtypes = sorted({sample.dtype for sample in drawn}, key=words.dtype_rank)
    with axes_of(3.2, x="position", y="error, relative to the pair", log="xy") as (figure, axes):
        for dtype in dtypes:
            series = sorted((s for s in drawn if s.dtype == dtype), key=lambda s: s.position)
            colour, marker = SERIES[words.dtype_rank(dtype)[0]]
            across = [s.position for s in series]
            axes.plot(
                across, [s.error or np.nan for s in series], color=colour, marker=marker, ms=4, label=plain(dtype)
            )
            axes.plot(across, [s.bound or np.nan for s in series], color=colour, ls="--", lw=1)
            over = [(s.position, s.error) for s in series if (s.error or 0) > (s.bound or 0)]
            axes.plot(*zip(*over, strict=True), color="#040404", marker="x", ls="") if over else None
        axes.plot([], [], color="#020202", ls="--", lw=1, label="bound")
        legend(figure)
    return svg(figure, f"{title}: worst error against position, measured and bound, for {', '.join(dtypes)}")


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
    with axes_of(3.0, width=3.6, x="key", y="query") as (figure, axes):
        figure.colorbar(axes.imshow(rows, cmap="viridis"), ax=axes, shrink=0.8)
    return svg(figure, "Logits of equal contents, queries down and keys across")


def _kernel(points: Sequence[tuple[float, float]]) -> Markup:
    if not points:
        return Markup("")
    with axes_of(2.6, x="distance", y="logit") as (figure, axes):
        axes.set_xscale("symlog", linthresh=1)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value)))
        axes.plot(*zip(*points, strict=True), color=SERIES[0][0])
    return svg(figure, "Logit of equal contents over the distance from query to key")


def _wavelengths(lengths: Sequence[float]) -> Markup:
    if not lengths:
        return Markup("")
    with axes_of(2.6, x="pair", y="positions a turn", log="y") as (figure, axes):
        axes.plot(range(len(lengths)), lengths, color=SERIES[1][0], marker=".", ls="")
    return svg(figure, "Wavelength of each pair of coordinates, in positions")


def _turns(paths: Sequence[Sequence[tuple[float, float]]]) -> Markup:
    if not paths:
        return Markup("")
    with axes_of(3.0, width=3.2) as (figure, axes):
        axes.set_aspect("equal")
        for (colour, marker), path in zip(SERIES, paths, strict=False):
            axes.plot(*zip(*path, strict=True), color=colour, marker=marker, ms=4, lw=0.8)
    return svg(figure, "The vector (1, 0) at positions 0, 1, 2..., in the first pairs")


def _places(places: Sequence[Sequence[float]]) -> Markup:
    if not places:
        return Markup("")
    across = [place[-1] for place in places]
    up = [place[0] for place in places] if len(places[0]) > 1 else range(len(places))
    with axes_of(3.0, width=3.6, x="last coordinate", y="first coordinate" if len(places[0]) > 1 else "token") as found:
        figure, axes = found
        axes.plot(across, up, color="#010101", lw=0.8)
        axes.scatter(across, up, color=SERIES[0][0], s=14)
    return svg(figure, "Positions of the tokens of a mixed sequence, in their order")
