"""Where everything is told: on pages of its own where the report is a site, and at fragments of one page otherwise."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reports.cells import View

Name = str | tuple[str, str]
FOLDERS = {
    "implementation": "implementations",
    "property": "properties",
    "encoding": "encodings",
    "advisory": "advisories",
    "library": "libraries",
}
"""What has a page of its own in a site, and in which folder."""
PREFIXES = {
    "implementation": "i",
    "property": "p",
    "encoding": "e",
    "cell": "c",
    "failure": "f",
    "broken": "b",
    "advisory": "a",
    "library": "l",
}
"""What is told, and with what its fragment begins on the page of everything."""


@dataclass(frozen=True)
class Place:
    """A page, by its path below the start, and a fragment of it, or none."""

    page: str
    fragment: str = ""

    def seen_from(self, page: str) -> str:
        """The address of this place for a link on a page."""
        if page == self.page:
            return f"#{self.fragment or 'top'}"
        return "../" * page.count("/") + self.page + (f"#{self.fragment}" if self.fragment else "")


@dataclass(frozen=True)
class Links:
    """The places of a report, by kind and name; a cell by the names of its implementation and its property."""

    places: Mapping[tuple[str, Name], Place]

    def place(self, kind: str, name: Name) -> Place | None:
        """Where it is told, if it is."""
        return self.places.get((kind, name))

    def to(self, page: str, kind: str, name: Name) -> str:
        """The address of it for a link on a page; empty where it is told nowhere."""
        place = self.place(kind, name)
        return place.seen_from(page) if place else ""

    def here(self, page: str, kind: str, name: Name) -> str:
        """Its fragment on this page; empty where it is told elsewhere, or has none."""
        place = self.place(kind, name)
        return place.fragment if place and place.page == page else ""

    def goal(self, page: str, name: str, identifier: str) -> str:
        """Where a cell leads: to its failure, its row, or to what speaks of it at all."""
        cell = (name, identifier)
        kinds = (("failure", cell), ("cell", cell), ("property", identifier), ("implementation", name))
        return next(filter(None, (self.to(page, *each) for each in kinds)), "")


def on_one_page(report: View) -> Links:
    """Everything at a fragment of `index.html`; of properties those that were asked of anything, no libraries."""
    named = _named(report) | {"property": list(report.asked), "library": []}
    return Links(
        {
            (kind, name): Place("index.html", fragment)
            for kind, names in named.items()
            for name, fragment in anchors(PREFIXES[kind], names).items()
        }
    )


def on_many_pages(report: View) -> Links:
    """Implementations, properties and encodings on pages of their own; cells on those of implementations."""
    named, places = _named(report), dict[tuple[str, Name], Place]()
    for kind, folder in FOLDERS.items():
        for name, stem in anchors("", named.pop(kind)).items():
            places[kind, name] = Place(f"{folder}/{stem}.html")
    for kind, names in named.items():
        owned: dict[str, list[Name]] = {}
        for each in names:
            owner, said = (each, "") if isinstance(each, str) else each
            owned.setdefault(owner, []).append(said)
        for owner, several in owned.items():
            page = places["implementation", owner].page
            for own, fragment in anchors(PREFIXES[kind], several).items():
                places[kind, (owner, str(own)) if own else owner] = Place(page, fragment)
    return Links(places)


def _named(report: View) -> dict[str, Sequence[Name]]:
    """What there is to be told of, by kind."""
    cells = report.cells.items()
    return {
        "implementation": [one.name for one in report.implementations],
        "property": [stated.id for stated in report.properties],
        "encoding": [encoding.name for encoding in report.encodings],
        "advisory": [advisory.id for advisory in report.advisories],
        "library": report.packages,
        "cell": [key for key, cell in cells if not cell.silent],
        "failure": [key for key, cell in cells if cell.mark.breaks],
        "broken": [one.name for one in report.implementations],
    }


def anchors(prefix: str, names: Iterable[Name]) -> dict[Name, str]:
    """A distinct fragment, or file name, for each name or pair, made of it as far as its characters allow."""
    taken: dict[Name, str] = {}
    used: set[str] = set()
    for name in dict.fromkeys(names):
        parts = [name] if isinstance(name, str) else name
        readable = [re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-")[:60] or "x" for part in parts]
        stem = "-".join(filter(None, [prefix, "--".join(readable)]))
        fragment, number = stem, 1
        while fragment in used:
            number += 1
            fragment = f"{stem}.{number}"
        used.add(fragment)
        taken[name] = fragment
    return taken
