"""One self-contained page: no script, no request, no file beside it.

Only a link that a reader follows leaves the page. All text of the document is escaped, mathematics is let
through by element and attribute, and style allows no source but the page itself.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from reports import cells, mathml, pages, plots, words
from reports.cells import View
from reports.outcomes import CLAIMS, OUTCOMES, TRUTHS, VERDICTS
from reports.rows import Cost

TEMPLATES = Path(__file__).with_name("templates")


def html(report: View) -> str:
    """The page of a report."""
    encodings, truths = pages.truth_table(report)
    cards = pages.cards(report)
    names = [one.name for one in report.implementations]
    identifiers = [stated.id for stated in report.properties]
    card_of, page_of = pages.anchors("i", names), pages.anchors("p", identifiers)
    row_of = pages.anchors("c", [(card.implementation.name, stated.id) for card in cards for stated, _ in card.rows])
    failure_of = pages.anchors("f", [key for key, cell in report.cells.items() if cell.mark.breaks])
    silent = {
        key: page_of[key[1]] if cell.mark.name == "not-applicable" else card_of[key[0]]
        for key, cell in report.cells.items()
    }
    return (
        _environment()
        .get_template("index.html.j2")
        .render(
            report=report,
            headline=cells.headline(report),
            cards=cards,
            pages=pages.pages(report),
            sections=cells.grouped(report.properties, "section"),
            encodings=cells.grouped(report.implementations, "encoding"),
            problems=cells.grouped(report.problems, "implementation.name"),
            truth_encodings=encodings,
            truths=truths,
            truth_marks=TRUTHS.values(),
            claim_marks=CLAIMS,
            claims_by_source=cells.grouped(report.claims, "source"),
            counted_truths=pages.counted(report),
            outcomes=OUTCOMES,
            verdict_marks=VERDICTS,
            cost_plots=_cost_plots(report.costs),
            card_of=card_of,
            page_of=page_of,
            encoding_of=pages.anchors("e", [encoding.name for encoding in report.encodings]),
            row_of=row_of,
            failure_of=failure_of,
            goal_of={**silent, **row_of, **failure_of},
            broken_of=pages.anchors("b", names),
            accuracy_plot=plots.accuracy_plot,
            accuracy_legend=plots.accuracy_legend,
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters.update(
        number=words.number,
        measured=words.measured,
        case=words.case,
        value=words.value,
        duration=words.duration,
        size=words.size,
        grouped=words.grouped,
        listing=words.listing,
        counted=words.counted,
        share=words.share,
        times=words.times,
        mathml=mathml.embed,
        link=_link,
        by_dtype=lambda table: sorted(table.items(), key=lambda item: words.dtype_rank(item[0])),
    )
    return environment


def _finalize(value: Any) -> Any:
    return words.plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _link(address: str | None) -> Markup:
    """A link when the address is one of the web; the text itself otherwise."""
    shown = words.line(address or "")
    if not shown.startswith(("https://", "http://")):
        return escape(shown)
    brief = shown.split("://", 1)[1].rstrip("/")
    return Markup('<a class="out" rel="noreferrer noopener" href="{}">{}</a>').format(
        shown, brief if len(brief) <= 64 else brief[:63] + "…"
    )


def _cost_plots(costs: Sequence[Cost]) -> list[tuple[str, Markup, Markup]]:
    """Kind, drawing and key, one for each kind of cost that was measured."""
    drawn = []
    for kind, measured in cells.grouped(costs, "kind").items():
        ordered = sorted(measured, key=lambda cost: (cost.encoding, cost.implementation))
        title = f"Cost of each implementation as a multiple of a copy, {kind or 'all measurements'}"
        drawn.append((kind, plots.cost_plot(ordered, title=title), plots.dtype_legend(ordered)))
    return [each for each in drawn if each[1]]
