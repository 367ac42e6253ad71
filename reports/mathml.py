"""Presentation MathML that is safe to embed: known elements, known attributes, no links, no scripts.

What is not such MathML is shown as the text that it is. `mfenced`, which browsers no longer draw, becomes a
row with its brackets.
"""

import re
from html.entities import html5
from xml.etree import ElementTree

from markupsafe import Markup, escape

from reports.words import plain

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
LONGEST = 60_000
OPERATORS = "\u2061\u2062\u2063\u2064"  # function application, invisible times, separator and plus
_ELEMENTS = """
    math mi mn mo mtext mspace ms mrow mfrac msqrt mroot mstyle merror mpadded mphantom mfenced menclose
    msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd
"""
_ATTRIBUTES = """
    display mathvariant displaystyle scriptlevel fence separator stretchy symmetric largeop
    movablelimits accent accentunder lspace rspace linethickness columnalign rowalign columnspan rowspan
    rowspacing columnspacing columnlines rowlines open close separators notation width height depth form
    dir minsize maxsize
"""
ELEMENTS, ATTRIBUTES = frozenset(_ELEMENTS.split()), frozenset(_ATTRIBUTES.split())


def embed(source: str | None) -> Markup:
    """A `<math>` element; the escaped source in `<code>` when it is not plain MathML; empty for nothing."""
    if not source:
        return Markup("")
    tree = _parse(source)
    if tree is None:
        return Markup("<code>{}</code>").format(plain(source))
    return Markup(_write(tree) if _tag(tree) == "math" else f'<math display="block">{_write(tree)}</math>')


def _parse(source: str) -> ElementTree.Element | None:
    if len(source) > LONGEST or "<!" in source or "<?" in source:
        return None
    try:
        tree = ElementTree.fromstring(re.sub(r"&([A-Za-z][A-Za-z0-9]*);", _entity, source))
    except (ElementTree.ParseError, ValueError, RecursionError):
        return None
    return tree if all(_tag(each) in ELEMENTS for each in tree.iter()) else None


def _tag(element: ElementTree.Element) -> str:
    if not isinstance(element.tag, str):
        return ""
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


def _entity(match: re.Match[str]) -> str:
    known = html5.get(f"{match[1]};")
    return match[0] if known is None or match[1] in ("lt", "gt", "amp", "quot", "apos") else known


def _text(text: str | None) -> str:
    return str(escape("".join(each if each in OPERATORS else plain(each) for each in (text or "").strip())))


def _write(element: ElementTree.Element) -> str:
    tag = _tag(element)
    inner = [_write(child) + _text(child.tail) for child in element]
    text = _text(element.text)
    if tag == "mo" and text == "-":
        text = "\u2212"
    if tag == "mfenced":
        return _fenced(element, inner)
    kept = "".join(f' {name}="{_text(value)}"' for name, value in element.attrib.items() if name in ATTRIBUTES)
    return f"<{tag}{kept}>{text}{''.join(inner)}</{tag}>"


def _fenced(element: ElementTree.Element, inner: list[str]) -> str:
    left, right = element.get("open", "("), element.get("close", ")")
    comma = element.get("separators", ",").strip()[:1]
    between = f"<mo>{escape(comma)}</mo>" if comma else ""
    return f"<mrow><mo>{_text(left)}</mo>{between.join(inner)}<mo>{_text(right)}</mo></mrow>"
