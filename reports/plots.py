"""Two small drawings in SVG: error against position, and cost against a copy.

Both are drawn with classes only (the style sheet gives colours, light and dark), tell their series apart by
shape and dash as well as by colour, and carry their own description.
"""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from reports import words
from reports.rows import Cost, Sample
from reports.scales import LogScale, log_scale

SHAPES = ("circle", "square", "diamond", "triangle", "cross")


def accuracy_plot(samples: Sequence[Sample], *, title: str) -> Markup:
    """Measured error and its bound against position, both axes logarithmic; one series a dtype.

    Position 0 has no place on the axis and is left out; an error of 0 sits on the bottom line, hollow; what
    was not finite is left out. Empty when nothing can be drawn.
    """
    width, height, left, right, top, bottom = 560, 300, 62, 14, 14, 44
    drawn = [sample for sample in samples if sample.position > 0]
    across = log_scale([s.position for s in drawn], left, width - right, decades=False)
    up = log_scale(
        [value for s in drawn for value in (s.error, s.bound) if value is not None],
        height - bottom,
        top,
    )
    if across is None or up is None:
        return Markup("")
    parts = [*_grid_across(across, top, height - bottom, _short_count), *_grid_up(up, left, width - right)]
    dtypes = sorted({sample.dtype for sample in drawn}, key=words.dtype_rank)
    for dtype in dtypes:
        series = sorted((s for s in drawn if s.dtype == dtype), key=lambda s: float(s.position))
        kind = _kind(dtype)
        bounds = [(across(s.position), up(s.bound)) for s in series if s.bound]
        errors = [(across(s.position), up(s.error)) for s in series if s.error is not None]
        parts.append(f'<g class="s{kind}">{_path(bounds, "bound")}{_path(errors, "line")}')
        for sample in series:
            if sample.error is not None:
                over = sample.bound is not None and sample.error > sample.bound
                state = "over" if over else "zero" if sample.error == 0 else "dot"
                parts.append(_marker(kind, across(sample.position), up(sample.error), state))
        parts.append("</g>")
    parts.append(_text(width - right, height - 6, "position", "end axis"))
    label = f"{title}: worst error against position, measured and bound, for {', '.join(dtypes)}"
    return _svg(width, height, parts, label)


def dtype_legend(samples: Sequence[Sample] | Sequence[Cost]) -> Markup:
    """The key of a drawing: one mark a dtype."""
    return Markup(f'<ul class="legend">{_dtype_items(samples)}</ul>')


def accuracy_legend(samples: Sequence[Sample]) -> Markup:
    """The key of an accuracy plot: one mark a dtype, then the two line styles."""
    lines = "".join(
        f'<li>{_key(26)}<path class="{kind}" d="M1 7H25"/></svg>{name}</li>'
        for name, kind in (("worst measured", "line"), ("bound", "bound"))
    )
    return Markup(f'<ul class="legend">{_dtype_items(samples)}{lines}</ul>')


def _dtype_items(samples: Sequence[Sample] | Sequence[Cost]) -> str:
    return "".join(
        f'<li>{_key(14)}<g class="s{_kind(dtype)}">{_marker(_kind(dtype), 7, 7, "dot")}</g></svg>'
        f"{escape(words.line(dtype))}</li>"
        for dtype in sorted({sample.dtype for sample in samples}, key=words.dtype_rank)
    )


def _key(width: int) -> str:
    return f'<svg viewBox="0 0 {width} 14" width="{width}" height="14" class="plot swatch" aria-hidden="true">'


def cost_plot(costs: Sequence[Cost], *, title: str) -> Markup:
    """Ratio to a copy of the same bytes, logarithmic, one row an implementation, one mark a dtype and shape.

    The shaded band is what the same measurement shows of a thing against itself; differences inside it mean
    nothing.
    """
    drawn = [(cost, cost.ratio_to_copy) for cost in costs if cost.ratio_to_copy]
    if not drawn:
        return Markup("")
    names = list(dict.fromkeys(cost.implementation for cost, _ in drawn))
    row, left, right, top, width = 22, 214, 20, 12, 760
    height = top + row * len(names) + 44
    noise = max([1.0, *(max(c.noise, 1 / c.noise) for c, _ in drawn if c.noise)])
    across = log_scale([1.0, noise, 1 / noise, *(ratio for _, ratio in drawn)], left, width - right, decades=False)
    assert across is not None
    base = top + row * len(names)
    parts = [_band(across, noise, top, base)] if noise > 1 else []
    parts += _grid_across(across, top, base, lambda value: f"{words.number(value)}×")
    parts.append(f'<path class="one" d="M{across(1)} {top}V{base}"/>')
    for index, name in enumerate(names):
        middle = top + row * index + row / 2
        if index % 2:
            parts.insert(0, f'<rect class="band" x="0" y="{middle - row / 2}" width="{width}" height="{row}"/>')
        shown = words.line(name)
        parts.append(_text(left - 12, middle + 4, shown if len(shown) <= 30 else shown[:29] + "…", "end name"))
        for cost, ratio in (pair for pair in drawn if pair[0].implementation == name):
            kind = _kind(cost.dtype)
            said = escape(f"{shown}, {words.line(cost.dtype)}: {words.number(ratio)} times a copy")
            marker = _marker(kind, across(ratio), middle, "dot")
            parts.append(f'<g class="s{kind}"><title>{said}</title>{marker}</g>')
    parts.append(_text(width - right, height - 6, "time, as a multiple of a copy of the same bytes", "end axis"))
    return _svg(width, height, parts, title)


def _band(across: LogScale, noise: float, top: float, base: float) -> str:
    start, end = across(1 / noise), across(noise)
    return f'<rect class="noise" x="{start}" y="{top}" width="{end - start:.1f}" height="{base - top}"/>'


def _kind(dtype: str) -> int:
    return words.dtype_rank(dtype)[0]


def _svg(width: int, height: int, parts: Sequence[str], label: str) -> Markup:
    said = escape(words.line(label))
    return Markup(
        f'<svg class="plot" viewBox="0 0 {width} {height}" role="img" aria-label="{said}">{"".join(parts)}</svg>'
    )


def _path(points: Sequence[tuple[float, float]], kind: str) -> str:
    if len(points) < 2:
        return ""
    return f'<path class="{kind}" d="M{"L".join(f"{x} {y}" for x, y in points)}"/>'


def _marker(kind: int, x: float, y: float, state: str) -> str:
    match SHAPES[kind]:
        case "circle":
            return f'<circle class="{state}" cx="{x}" cy="{y}" r="3.4"/>'
        case "square":
            return f'<path class="{state}" d="M{x - 3:.1f} {y - 3:.1f}h6v6h-6z"/>'
        case "diamond":
            return f'<path class="{state}" d="M{x} {y - 4.4:.1f}l4.4 4.4l-4.4 4.4l-4.4-4.4z"/>'
        case "triangle":
            return f'<path class="{state}" d="M{x} {y - 4:.1f}l4 7h-8z"/>'
    return f'<path class="{state}" d="M{x - 4:.1f} {y - 1:.1f}h3v-3h2v3h3v2h-3v3h-2v-3h-3z"/>'


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(text)}</text>'


def _grid_across(scale: LogScale, top: float, base: float, label: Any) -> list[str]:
    parts = []
    for value in scale.ticks():
        x = scale(value)
        parts += [
            f'<path class="grid" d="M{x} {top}V{base}"/>',
            _text(x, base + 17, label(value), "middle tick"),
        ]
    return parts


def _grid_up(scale: LogScale, left: float, right: float) -> list[str]:
    parts = []
    for value in scale.ticks():
        y = scale(value)
        parts += [
            f'<path class="grid" d="M{left} {y}H{right}"/>',
            _text(left - 8, y + 4, _power(value), "end tick"),
        ]
    return parts


def _power(value: float) -> str:
    return words.number(value) if 0.01 <= value < 1000 else f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e")


def _short_count(value: float) -> str:
    for scale, unit in ((1e6, "M"), (1e3, "k")):
        if value >= scale:
            return f"{value / scale:g}{unit}"
    return f"{value:g}"
