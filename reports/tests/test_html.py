"""The page stands alone, nests, and every link inside it leads somewhere."""

import copy
import re
import time
from typing import Any

import pytest
from hypothesis import given

from reports.cells import view
from reports.html import html
from reports.tests import sample
from reports.tests.pagecheck import Page, read
from reports.tests.strategies import MODEST, documents

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`|&\u202e"


def assert_sound(page: Page, *, outside: bool = True) -> None:
    assert page.problems == []
    assert "script" not in page.tags
    assert not {each for each in page.attributes if each.startswith("on")}
    assert set(page.loads) <= {"data:,"}
    for link in page.links:
        if link.startswith("#"):
            assert link[1:] in page.ids, link
        else:
            assert outside, link
            assert link.startswith(("https://", "http://")), link


def hostile(value: Any) -> Any:
    """The same document with a hostile end to every free text."""
    if isinstance(value, dict):
        kept = ("outcome", "expected", "status", "verdict", "method", "kind", "limited_by")
        return {key: item if key in kept else hostile(item) for key, item in value.items()}
    if isinstance(value, list):
        return [hostile(item) for item in value]
    return value + EVIL if isinstance(value, str) else value


@pytest.mark.parametrize("rich", [True, False])
def test_every_link_resolves_and_nothing_is_loaded(rich: bool) -> None:
    source = html(view(sample.document(rich=rich)))
    page = read(source)
    assert_sound(page)
    assert "url(" not in source
    assert "@import" not in source
    assert "default-src 'none'" in source


def test_every_cell_is_shown_with_glyph_and_letter() -> None:
    report = view(sample.document())
    source = html(report)
    matrix = source[source.index('id="matrix"') : source.index('id="implementations"')]
    assert len(re.findall(r'<td class="[^"]+"><a href="#[^"]+"', matrix)) == len(report.cells) + len(report.verdicts)
    for mark in {cell.mark for cell in report.cells.values()}:
        assert f"{mark.glyph}<b>{mark.letter}</b>" in matrix


def test_a_failure_is_told_in_full() -> None:
    source = html(view(sample.document()))
    page = read(source)
    told = source[source.index('id="f-quick-rope--agreement-with-exact"') :].split("</article>")[0]
    order = [
        "by no more than the rounding bound",
        "257",
        "0.032",
        "1.5e-5",
        "angles are formed",
        "pytest properties",
    ]
    found = [told.index(each) for each in order]
    assert found == sorted(found)
    assert "f-quick-rope--agreement-with-exact" in page.ids
    assert {"i-quick-rope", "p-remote-decay", "e-rope", "b-my-plug-in"} <= set(page.ids)


def test_failures_come_first_and_only_when_there_are_any() -> None:
    source = html(view(sample.document()))
    assert source.index('<section id="failures"') < source.index('<section id="matrix"')
    document = sample.document()
    bad = {"quick-rope", "sinusoidal-t2t", "my-plug-in"}
    document["implementations"] = [each for each in document["implementations"] if each["name"] not in bad]
    for field in ("results", "costs"):
        document[field] = [each for each in document[field] if each["implementation"] not in bad]
    calm = html(view(document))
    assert 'id="failures"' not in calm
    assert "4 of 5 implementations conform, 1 fails where that is known and explained; 1 is not installed here." in calm


def test_no_percentage_and_no_score() -> None:
    assert "%" not in re.sub(r"<style>.*?</style>", "", html(view(sample.document())), flags=re.S)


def test_a_run_that_was_cut_off_says_so() -> None:
    document = sample.document()
    del document["complete"]
    assert "was cut off after 384 results" in " ".join(read(html(view(document))).text.split())
    assert "was cut off" not in html(view(sample.document()))


def test_hostile_text_stays_text() -> None:
    document = hostile(copy.deepcopy(sample.document()))
    source = html(view(document))
    page = read(source)
    assert_sound(page)
    assert "alert(1)" in page.text
    assert "\u202e" not in source
    assert "javascript:" not in " ".join(page.links)


def test_a_source_that_is_no_web_address_is_no_link() -> None:
    document = sample.document()
    document["implementations"][0]["source"] = "javascript:alert(1)"
    page = read(html(view(document)))
    assert "javascript:alert(1)" in page.text
    assert_sound(page)


def test_equal_fragments_are_told_apart() -> None:
    document = sample.document(rich=False)
    for number, name in enumerate(("A b", "a-b", "a b", "é")):
        document["implementations"][number]["name"] = name
    assert_sound(read(html(view(document))))


def test_a_full_run_is_small_and_quick() -> None:
    report = view(sample.large())
    start = time.perf_counter()
    source = html(report)
    assert time.perf_counter() - start < 3
    assert len(source.encode()) < 3_000_000
    assert len(report.results) > 6000
    assert_sound(read(source))


@MODEST
@given(documents())
def test_any_valid_report_renders_to_a_sound_page(document: dict[str, Any]) -> None:
    assert_sound(read(html(view(document))))
