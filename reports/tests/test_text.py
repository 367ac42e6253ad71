"""Markdown and terminal text: as recorded for the sample, harmless and whole for anything else."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import words
from reports.badge import badge
from reports.cells import view
from reports.markdown import code, markdown, prose
from reports.schema import load
from reports.site import site
from reports.terminal import show, text
from reports.tests import golden, sample
from reports.tests.strategies import MODEST, documents
from reports.tests.test_site import EVIL, hostile
from reports.write import write


@pytest.mark.parametrize("name", ["badge.json", "report.md", "report.txt"])
def test_renders_as_recorded(name: str) -> None:
    recorded = (golden.FOLDER / name).read_text(encoding="utf-8")
    assert golden.rendered()[name] == recorded, "python -m reports.tests.golden writes these files anew"


def test_markdown_of_hostile_text_has_no_html_and_whole_tables() -> None:
    made = markdown(view(hostile(sample.document())), failures=100)
    outside = [line for line in made.splitlines() if "`" not in line]
    assert not any("<script" in line or "<img" in line for line in outside)
    table = [line for line in made.splitlines() if line.startswith("| ") and " P |" in line]
    assert len({line.replace("\\|", "").count("|") for line in table if not line.startswith("| 1 ")}) == 1
    assert "\u202e" not in made


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("plain", "`plain`"),
        ("a|b", "`a\\|b`"),
        ("a`b", "``a`b``"),
        ("`a``", "``` `a`` ```"),
        ("two\nlines", "`two lines`"),
        ("", ""),
    ],
)
def test_code_spans_hold_anything(given_text: str, shown: str) -> None:
    assert code(given_text) == shown


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("n - m, (a_b) * c", "n - m, (a\\_b) \\* c"),
        ("<b> & [x](y)", "&lt;b&gt; &amp; \\[x\\](y)"),
        ("see https://example.org/a_b?c=1, then", "see https://example.org/a_b?c=1, then"),
        ("@someone", "@\u200bsomeone"),
        ("# no heading", "#\u200b no heading"),
        ("1. no list", "1\u200b. no list"),
    ],
)
def test_prose_means_nothing_to_markdown(given_text: str, shown: str) -> None:
    assert prose(given_text) == shown


def test_few_implementations_are_named_in_the_matrix_and_many_numbered() -> None:
    document = sample.document()
    assert "| property | 1 | 2 |" in markdown(view(document))
    keep = [each["name"] for each in document["implementations"][:2]]
    document["implementations"] = document["implementations"][:2]
    for field in ("results", "costs"):
        document[field] = [each for each in document[field] if each["implementation"] in keep]
    assert "| property | `rope-matrix` | `rope-rotate-half` |" in markdown(view(document))
    assert "rope-matrix  rope-rotate-half\n" in text(view(document))


def test_a_comment_has_room_for_a_full_run() -> None:
    assert len(markdown(view(sample.large()))) < 60_000


def test_failures_beyond_the_limit_are_counted() -> None:
    assert "4 more in the full report." in markdown(view(sample.document()), failures=1)


@pytest.mark.parametrize("width", [40, 80, 100, 200])
def test_the_matrix_keeps_to_the_width(width: int) -> None:
    shown = text(view(sample.large()), width=width)
    matrix = [line for line in shown.splitlines()[:-1] if not line.startswith("    reproduce") and "✓P" in line]
    assert matrix
    assert max(map(len, matrix)) <= width
    assert shown.count("relative-position-inv") >= 2


def test_the_terminal_tells_a_failure_in_order_and_ends_with_counts() -> None:
    shown = text(view(sample.document()), width=80)
    told = shown[shown.index("fail: quick-rope, agreement-with-exact") :]
    order = [
        "by no more than the rounding bound",
        "smallest case: m = 257",
        "measured 0.032, bound 1.5e-5",
        "reproduce: ",
    ]
    found = [told.index(each) for each in order]
    assert found == sorted(found)
    last = shown.splitlines()[-1]
    assert last.startswith("266 pass (✓P), 4 fail (✗F), 1 error (!E), 1 unexpected pass (↑U), 4 known failures (×X),")
    assert last.endswith("1 deviates as is known (×X), 2 do not conform (✗F), 1 error (!E), 1 unavailable (○A).")


def test_a_run_that_was_cut_off_is_incomplete_everywhere() -> None:
    document = sample.document()
    del document["complete"]
    report = view(document)
    assert "INCOMPLETE, the run was cut off" in text(report).splitlines()[-1]
    assert "conforms" not in text(report)
    assert "**Incomplete.**" in markdown(report)
    assert badge(report)["message"] == "unknown"


def test_colour_only_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in text(view(sample.document()))
    assert "\x1b[" in text(view(sample.document()), colour=True)

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    show(view(sample.document()), file=(coloured := Terminal()))
    assert "\x1b[" in coloured.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    show(view(sample.document()), file=(plain := Terminal()))
    assert "\x1b[" not in plain.getvalue()


def test_an_ascii_stream_gets_letters() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    show(view(sample.document()), file=stream)
    stream.flush()
    assert b" P" in raw.getvalue()
    assert "✓" not in raw.getvalue().decode("ascii")


def test_control_characters_are_spelled_out() -> None:
    assert words.plain("a\x1b[31mb\u202ec\x00") == "a\\x1b[31mb\\u202ec\\x00"
    document = sample.document(rich=False)
    document["results"][-1].update(outcome="fail", message="\x1b[2J gone [bold]x[/bold]")
    assert "\\x1b[2J gone [bold]x[/bold]" in text(view(document))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (0.0, "0"),
        (12, "12"),
        (2.4e-7, "2.4e-7"),
        (0.31, "0.31"),
        (1e20, "1.0e20"),
        (26123.5, "26100"),
    ],
)
def test_numbers_are_short(value: float | None, shown: str) -> None:
    assert words.number(value) == shown


def test_evidence_in_words() -> None:
    assert words.measured(3e-2, 1e-6) == "measured 0.03, bound 1.0e-6: 30000 times the bound"
    assert words.measured(1.5, 0.0) == "measured 1.5, bound 0"
    assert words.measured(None, 1e-6) == ""
    assert words.measured(None, None) == ""
    assert words.case({"m": 257, "bases": [1e4, 5e5]}) == "m = 257, bases = [10000.0, 500000.0]"


def test_long_lists_are_shortened_and_commands_never() -> None:
    document = sample.document()
    numbers = list(range(606))
    failed = next(each for each in document["results"] if each["outcome"] == "fail")
    failed.update(witness={"positions": numbers}, reproduce=f"pytest --case '{numbers}'", message="m" * 9000)
    cell = (failed["implementation"], failed["property"])
    others = [each for each in document["results"] if (each["implementation"], each["property"]) != cell]
    document["results"] = [failed, *others]
    report = view(document)
    for shown in (site(report)["index.html"].replace("&#39;", "'"), markdown(report), text(report)):
        assert "[0, 1, 2, 3, …, 604, 605] (606 entries)" in " ".join(shown.split())
        assert str(numbers) in shown
        assert "(7000 more characters)" in " ".join(shown.split())


def test_the_files(tmp_path: Any) -> None:
    written = write(view(sample.document()), tmp_path / "out")
    first, badges = written[:4], written[4:]
    assert [path.name for path in first] == ["report.json.gz", "index.html", "report.md", "badge.json"]
    assert {path.stem for path in badges} >= {"rope-matrix", "quick-rope"}
    assert {path.parent.name for path in badges} == {"badges"}
    assert load(first[0]) == sample.document()
    assert {json.loads(path.read_text())["schemaVersion"] for path in (*badges, first[3])} == {1}


@MODEST
@given(documents(), st.integers(20, 160), st.booleans())
def test_any_valid_report_renders(document: dict[str, Any], width: int, glyphs: bool) -> None:
    report = view(document)
    shown = text(report, width=width, glyphs=glyphs)
    assert "\x1b" not in shown
    assert shown.rstrip().splitlines()[-1].startswith("INCOMPLETE") == ("complete" not in document)
    assert markdown(report).startswith("## ")
    assert badge(report)["message"] == "unknown" or document["complete"]


def test_the_hostile_text_is_hostile() -> None:
    assert "<script>" in EVIL


def test_markdown_of_many_is_a_comment() -> None:
    told = markdown(view(sample.large(60, 20)), failures=3)
    assert len(told.encode()) < 60_000
    assert "others conform." in told
    assert "<details>" not in told
