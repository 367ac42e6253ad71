"""Pages stand alone, nest, and every link leads somewhere: of a few implementations one page, of many a site."""

import copy
import json
import posixpath
import re
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from reports.cells import view
from reports.site import FEW, STATIC, site
from reports.tests import sample
from reports.tests.pagecheck import read
from reports.tests.strategies import MODEST, documents

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`|&\u202e"
ADVISORY = {
    "id": "torch-rope-rounded",
    "package": "torch-rope",
    "versions": ["2.0"],
    "where": "torch_rope:Rotary",
    "severity": "wrong",
    "title": "Angles are rounded",
    "sees": "Long contexts are garbled.",
    "condition": "bfloat16",
    "encoding": "rope",
    "replay": "print(2.0, 1.0)",
    "implementations": ["quick-rope"],
    "state": "still-there",
    "measured": 2.0,
    "allowed": 1.0,
}


def pages(document: dict[str, Any]) -> dict[str, str]:
    """The files of a report, with the one that they all lead to."""
    return {**site(view(document)), "report.json.gz": ""}


def page(document: dict[str, Any]) -> str:
    """The first page of a report."""
    return site(view(document))["index.html"]


QUICK = next(each for each in sample.large()["implementations"] if each["name"] == "quick-rope")["accuracy"]


def many() -> dict[str, Any]:
    """A report that is a site."""
    return sample.large(14, 12) | {"advisories": [ADVISORY]}


@cache
def whole() -> Mapping[str, str]:
    """Its files."""
    return pages(many())


def assert_sound(files: Mapping[str, str]) -> None:
    read_pages = {name: read(source) for name, source in files.items() if name.endswith(".html")}
    for name, found in read_pages.items():
        folder = posixpath.dirname(name)
        assert found.problems == [], name
        assert not {each for each in found.attributes if each.startswith("on")}
        loaded = {posixpath.normpath(posixpath.join(folder, each)) for each in found.loads if each[:5] != "data:"}
        assert {each for each in loaded if "#" not in each} <= set(STATIC), name
        assert {each.partition("#")[2] for each in loaded if "#" in each} <= set(found.ids), name
        for link in found.links:
            if link.startswith(("https://", "http://")):
                continue
            path, _, fragment = link.partition("#")
            target = posixpath.normpath(posixpath.join(folder, path)) if path else name
            assert target in files, (name, link)
            assert not fragment or fragment in read_pages[target].ids, (name, link)


def hostile(value: Any) -> Any:
    """The same document with a hostile end to every free text."""
    if isinstance(value, dict):
        kept = (
            "outcome",
            "expected",
            "status",
            "verdict",
            "method",
            "kind",
            "floor",
            "limited_by",
            "severity",
            "state",
        )
        return {key: item if key in kept else hostile(item) for key, item in value.items()}
    if isinstance(value, list):
        return [hostile(item) for item in value]
    return value + EVIL if isinstance(value, str) else value


@pytest.mark.parametrize("rich", [True, False])
def test_every_link_resolves_and_nothing_is_loaded(rich: bool) -> None:
    files = pages(sample.document(rich=rich))
    assert_sound(files)
    assert set(files) == {"index.html", "report.json.gz"}
    assert "default-src 'none'" in files["index.html"]


def test_a_site_has_a_page_for_everything() -> None:
    document, files = many(), whole()
    assert_sound(files)
    folders = {folder: len([name for name in files if name.startswith(f"{folder}/")]) for folder in FOLDERS}
    assert folders == {
        "implementations": len(document["implementations"]),
        "properties": len(document["properties"]),
        "encodings": len(document["encodings"]),
        "advisories": 1,
        "libraries": len({"torch-rope", *(one.get("package") for one in document["implementations"])} - {None}),
    }
    assert {"index.html", "truth.html", "kills.html", "costs.html", *STATIC} <= set(files)
    assert "claims.html" not in files


FOLDERS = ("implementations", "properties", "encodings", "advisories", "libraries")


def test_pages_are_the_same_from_several_processes() -> None:
    assert {**site(view(many()), jobs=2), "report.json.gz": ""} == whole()


def test_a_site_is_light() -> None:
    files = whole()
    assert len(files["index.html"].encode()) < 300_000
    assert max(len(source.encode()) for source in files.values()) < 5_000_000


def test_anchors_are_those_of_yesterday() -> None:
    """A link from elsewhere goes on leading where it led."""
    files = whole()
    assert 'id="f-agreement-with-exact"' in files["implementations/quick-rope.html"]
    assert 'id="c-agreement-with-exact"' in files["implementations/rope-matrix.html"]
    assert "advisories/torch-rope-rounded.html" in files


def test_a_finding_is_told_with_its_program() -> None:
    files = whole()
    told = files["advisories/torch-rope-rounded.html"]
    assert "print(2.0, 1.0)" in told
    assert "still there" in told
    assert 'href="../implementations/quick-rope.html"' in told
    assert "Angles are rounded" in files["index.html"]
    assert "Angles are rounded" in files["implementations/quick-rope.html"]


def test_libraries_are_in_rows_with_what_they_are_chosen_by() -> None:
    source = whole()["index.html"]
    rows = source[source.index('id="libraries-table"') :].split("</table>")[0].split("<tr>")[1:]
    row = next(each for each in rows if ">quick-rope<" in each)
    numbers = re.findall(r'<td class="num">([^<]*)</td>', row)
    worst = max(each["error"] for each in QUICK if each["dtype"] == "float32" and each["position"] <= 4096) * 2**24
    assert float(numbers[0]) == pytest.approx(worst, rel=0.01)
    assert numbers[2:4] == ["131\u2009072", "512"]
    assert "sortable" in source


def test_a_library_is_told_on_one_page() -> None:
    files = whole()
    told = files["libraries/quick-kernels.html"]
    assert 'href="../implementations/quick-rope.html"' in told
    assert ">rope-matrix<" not in told
    assert 'href="libraries/quick-kernels.html"' in files["index.html"]
    assert 'href="../advisories/torch-rope-rounded.html"' in files["libraries/torch-rope.html"]
    assert 'href="../libraries/torch-rope.html"' in files["advisories/torch-rope-rounded.html"]


def test_the_same_code_in_other_settings_is_told() -> None:
    document = many()
    for one in document["implementations"]:
        if one["name"] in ("quick-rope", "rope-matrix"):
            one["body"] = "0123456789ab"
    files = pages(document)
    told = files["implementations/quick-rope.html"]
    same = told[told.index("Same code as") :].split("</dd>")[0]
    assert 'href="../implementations/rope-matrix.html"' in same
    assert "the 2 whose functions Python sees run 1 different body of code" in files["index.html"]


def test_every_cell_is_shown_with_glyph_and_letter() -> None:
    report = view(sample.document())
    source = site(report)["index.html"]
    matrix = source[source.index('id="matrix"') : source.index('id="implementations"')]
    assert len(re.findall(r'<td class="[^"]+"><a href="#[^"]+"', matrix)) == len(report.cells) + len(report.verdicts)
    for mark in {cell.mark for cell in report.cells.values()}:
        assert f"{mark.glyph}<b>{mark.letter}</b>" in matrix


def test_a_failure_is_told_in_full() -> None:
    source = page(sample.document())
    told = source[source.index('id="f-quick-rope--agreement-with-exact"') :].split("</article>")[0]
    order = ["by no more than the rounding bound", "angles are formed", "257", "0.032", "1.5e-5", "pytest properties"]
    found = [told.index(each) for each in order]
    assert found == sorted(found)
    assert {"i-quick-rope", "p-remote-decay", "e-rope", "b-my-plug-in"} <= set(read(source).ids)


def test_failures_come_first_and_only_when_there_are_any() -> None:
    source = page(sample.document())
    assert source.index('<section id="failures"') < source.index('<section id="matrix"')
    document = sample.document()
    bad = {"quick-rope", "sinusoidal-t2t", "my-plug-in"}
    document["implementations"] = [each for each in document["implementations"] if each["name"] not in bad]
    for field in ("results", "costs"):
        document[field] = [each for each in document[field] if each["implementation"] not in bad]
    calm = page(document)
    assert 'id="failures"' not in calm
    assert "4 of 5 implementations conform, 1 fails where that is known and explained; 1 is not installed here." in calm


def test_the_first_failure_stands_before_the_others() -> None:
    source = page(sample.document())
    culprit = source[source.index('id="f-quick-rope--agreement-with-exact"') :].split("</section>")[0]
    assert culprit.count("<article") == culprit.split("<details>")[1].count("<article")
    assert "Begin with" in source


def test_no_percentage_and_no_score() -> None:
    for source in (page(sample.document()), whole()["index.html"]):
        shown = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", source, flags=re.DOTALL)
        assert "%" not in shown


def test_a_run_that_was_cut_off_says_so() -> None:
    document = sample.document()
    del document["complete"]
    assert "was cut off after 384 results" in " ".join(read(page(document)).text.split())
    assert "was cut off" not in page(sample.document())


@pytest.mark.parametrize("made", [sample.document, many])
def test_hostile_text_stays_text(made: Any) -> None:
    files = pages(hostile(copy.deepcopy(made())))
    assert_sound(files)
    assert "alert(1)" in read(files["index.html"]).text
    for name, source in files.items():
        assert "\u202e" not in source, name
        assert "<script>" not in source, name
        assert "javascript:" not in source, name


def test_a_source_that_is_no_web_address_is_no_link() -> None:
    document = sample.document()
    document["implementations"][0]["source"] = "javascript:alert(1)"
    files = pages(document)
    assert "javascript:alert(1)" in read(files["index.html"]).text
    assert_sound(files)


@pytest.mark.parametrize("made", [lambda: sample.document(rich=False), many])
def test_equal_fragments_are_told_apart(made: Any) -> None:
    document = made()
    for number, name in enumerate(("A b", "a-b", "a b", "é")):
        document["implementations"][number]["name"] = name
    assert_sound(pages(document))


def test_a_full_run_is_quick() -> None:
    report = view(sample.large())
    start = time.process_time()
    site(report)
    assert time.process_time() - start < 20
    assert len(report.implementations) > FEW
    assert len(report.results) > 6000


def test_what_an_encoding_looks_like_is_drawn() -> None:
    document = many()
    document["encodings"][0]["picture"] = json.loads(Path(__file__).with_name("picture.json").read_text())
    files = pages(document)
    assert_sound(files)
    drawn = files[f"encodings/{document['encodings'][0]['name']}.html"]
    assert drawn.count('<svg class="plot"') >= 5
    assert "#0a0a0" not in drawn
    assert "var(--s0)" in drawn


@MODEST
@given(documents())
def test_any_valid_report_renders_to_sound_pages(document: dict[str, Any]) -> None:
    assert_sound(pages(document))
