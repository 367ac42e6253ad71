"""The report in HTML: one page of a few implementations, a site of many. A pure function of the document.

No page loads anything from elsewhere. Everything that comes from the document is escaped, and its equations are
rebuilt from known MathML; nothing depends on colour, nor on the script, which sorts and filters tables.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from properties.runs.ahead import ahead
from reports import cells, cost_plots, mathml, pages, plots, standings, words
from reports.cells import View
from reports.context import Advisory, Encoding
from reports.links import Links, on_many_pages, on_one_page
from reports.outcomes import CLAIMS, OUTCOMES, SEVERITIES, TRUTHS, VERDICTS
from reports.pages import Card, Page
from reports.rows import Cost, Implementation

TEMPLATES = Path(__file__).with_name("templates")
FEW = 12
"""So many implementations are told of on one page, that can be sent to somebody."""
STATIC = ("style.css", "tables.js")
SECTIONS = (
    ("truth.html", "Truth table", "truths"),
    ("claims.html", "Claims", "claims"),
    ("kills.html", "Kill matrix", "kill_matrix"),
    ("costs.html", "Costs", "costs"),
)
"""The pages of a site about everything: path, name, and of what in a report."""


def site(report: View, jobs: int = 1) -> dict[str, str]:
    """The text of every file, by its path below the start, from so many processes."""
    frame = _frame(report)
    if len(report.implementations) <= FEW and not report.claims:
        return {"index.html": _page(frame, on_one_page(report), "index.html", "single", **_single(report))}
    links = on_many_pages(report)
    drawn = {path: partial(_told, frame, links, path, name, more) for path, name, more in _pages(report, links)}
    with ahead(list(drawn.values()), jobs) as done:
        files = {path: done(drawing) for path, drawing in drawn.items()}
    return files | {name: (TEMPLATES / name).read_text(encoding="utf-8") for name in STATIC}


def _told(frame: Mapping[str, Any], links: Links, page: str, template: str, more: Callable[[], dict[str, Any]]) -> str:
    return _page(frame, links, page, template, **more())


def _single(report: View) -> dict[str, Any]:
    return {
        "alone": True,
        "cards": pages.cards(report),
        "pages": [told for told in pages.pages(report) if told.stated.id in report.asked],
        "several": len(report.implementations) > 1 and report.cells,
        "encodings": cells.grouped(report.implementations, "encoding"),
        "cost_plots": cost_plots.drawings(report.costs),
    }


def _pages(report: View, links: Links) -> Iterator[tuple[str, str, Callable[[], dict[str, Any]]]]:
    """Every page of a site: its path, its template, and what finds out what that needs."""
    by_encoding, costs = cells.grouped(report.implementations, "encoding"), cells.grouped(report.costs, "encoding")
    start, cards = _start(report), pages.cards(report)
    yield "index.html", "start", lambda: start
    told = (
        *(("implementation", each.implementation.name, partial(_implementation, report, each)) for each in cards),
        *(("property", each.stated.id, partial(_property, each)) for each in pages.pages(report)),
        *(("encoding", each.name, partial(_encoding, report, each, by_encoding, costs)) for each in report.encodings),
        *(("library", package, partial(_library, start, package)) for package in report.packages),
        *(("advisory", each.id, partial(_advisory, each)) for each in report.advisories),
    )
    for kind, name, more in told:
        place = links.place(kind, name)
        assert place is not None
        yield place.page, kind, more
    for path, title, of in SECTIONS:
        if getattr(report, of):
            yield path, path.removesuffix(".html"), partial(_section, report, of, title)


def _start(report: View) -> dict[str, Any]:
    rank = {name: -mark.severity for name, mark in SEVERITIES.items()}
    return {
        "found": sorted(report.advisories, key=lambda each: (rank[each.severity], each.package, each.id)),
        "libraries": standings.libraries(report),
        "standings": standings.standings(report),
        "common": standings.COMMON,
        "bodies": report.bodies,
        "packages": len({one.package for one in report.implementations if one.package}),
    }


def _library(start: Mapping[str, Any], package: str) -> dict[str, Any]:
    """Of what the start page tells, what is told of a library."""
    rows = [row for row in start["libraries"] if row.implementation.package == package]
    found = [advisory for advisory in start["found"] if advisory.package == package]
    return {**start, "title": package, "libraries": rows, "found": found}


def _property(told: Page) -> dict[str, Any]:
    return {"title": told.stated.heading, "told": told}


def _advisory(advisory: Advisory) -> dict[str, Any]:
    return {"title": advisory.title, "advisory": advisory}


def _encoding(
    report: View, encoding: Encoding, ones: Mapping[str, Sequence[Implementation]], costs: Mapping[str, Sequence[Cost]]
) -> dict[str, Any]:
    name = encoding.name
    return {
        "title": encoding.title or name,
        "encoding": encoding,
        "encodings": {name: ones[name]} if name in ones else {},
        "truths": pages.truths_of(report, name),
        "drawings": plots.pictures(encoding.picture) if encoding.picture else [],
        "cost_plots": cost_plots.drawings(costs.get(name, ())),
    }


def _implementation(report: View, card: Card) -> dict[str, Any]:
    name = card.implementation.name
    own = [problem for problem in report.problems if problem.implementation.name == name]
    own_costs = [cost for cost in report.costs if cost.implementation == name]
    return {
        "title": name,
        "card": card,
        "problems": {name: own} if own else {},
        "found": [each for each in report.advisories if name in each.implementations],
        "costs": own_costs,
        "cost_plots": cost_plots.drawings(own_costs),
    }


def _section(report: View, of: str, title: str) -> dict[str, Any]:
    if of == "truths":
        encodings, truths = pages.truth_table(report)
        counts = pages.counted(report)
        return {"title": title, "truth_encodings": encodings, "truths": truths, "counted_truths": counts}
    if of == "claims":
        return {"title": title, "claims_by_source": cells.grouped(report.claims, "source")}
    trade = cost_plots.trade_plot(standings.trade(report), title="Accuracy against cost")
    return {"title": title, "cost_plots": [], "trade": trade}


def _frame(report: View) -> dict[str, Any]:
    """What every page has."""
    return {
        "report": report,
        "alone": False,
        "title": "Conformance of positional encodings",
        "headline": cells.headline(report),
        "sections_of_site": [(path, name) for path, name, of in SECTIONS if getattr(report, of)],
        "sections": cells.grouped(report.properties, "section"),
        "problems": cells.grouped(report.problems, "implementation.name"),
        "beginnings": pages.beginnings(report),
        "costs": report.costs,
    }


def _page(frame: Mapping[str, Any], links: Links, page: str, template: str, **more: Any) -> str:
    """A page, which knows its own path, and asks for the address of everything else."""
    own = {
        "page": page,
        "root": "../" * page.count("/"),
        "to": partial(links.to, page),
        "goal": partial(links.goal, page),
        "here": partial(links.here, page),
    }
    return _environment().get_template(f"{template}.html.j2").render({**frame, **own, **more})


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    marks: Mapping[str, Any] = {
        "outcomes": OUTCOMES,
        "verdict_marks": VERDICTS,
        "truth_marks": TRUTHS.values(),
        "claim_marks": CLAIMS,
        "severity_marks": SEVERITIES,
        "accuracy_plot": plots.accuracy_plot,
    }
    environment.globals.update(marks)
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
