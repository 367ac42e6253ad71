"""An HTML page read for its structure: what it nests, what it names, where it leads, what it would load."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "hr", "img"}
LOADS = {
    "src",
    "srcset",
    "data",
    "poster",
    "background",
    "action",
    "formaction",
    "xlink:href",
    "ping",
    "srcdoc",
}
# elements whose end tag may be left out are closed all the same
KNOWN = set(
    """a article aside b body br circle code dd details div dl dt figcaption figure footer g h1 h2 h3 h4 head
    header html i image input label li link main meta nav ol p path pre rect script section
    small span strong style summary svg clippath defs use tspan table tbody td text th thead title tr ul
    math mi mn mo mtext mspace ms mrow mfrac msqrt mroot mstyle merror mpadded mphantom menclose msub msup
    msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd""".split()  # noqa: SIM905
)


@dataclass
class Page:
    """What a page consists of; `problems` is empty for a page that nests."""

    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.open = Page(), list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            self.page.attributes.add(name)
            if name == "id":
                self.page.ids.append(value or "")
            if name == "href" and tag == "a":
                self.page.links.append(value or "")
            elif name in ("href", *LOADS):
                self.page.loads.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.page.problems.append(f"</{tag}> at {self.getpos()} closes something else")

    def handle_data(self, data: str) -> None:
        self.page.text += data if len(self.page.text) < 10**6 else ""


def read(source: str) -> Page:
    reader = _Reader()
    reader.feed(source)
    reader.close()
    page = reader.page
    page.problems += [f"<{tag}> is not closed" for tag in reader.open]
    page.problems += [f"<{tag}> is not one of ours" for tag in sorted(page.tags - KNOWN)]
    page.problems += [f"id {each!r} occurs twice" for each in {i for i in page.ids if page.ids.count(i) > 1}]
    return page
