"""A document that is written and read is the same, and files that are none say so."""

import gzip
import json

import pytest

from reports.packing import packed, unpacked
from reports.schema import InvalidReport, load
from reports.tests import sample


def test_a_document_comes_back():
    document = sample.document()
    assert unpacked(packed(document)) == document
    assert packed(document) == packed(document)


def test_columns_take_less_than_rows():
    document = sample.large()
    document["results"] = [{"reason": None, **row} for row in document["results"]]
    rows = gzip.compress(json.dumps(document, separators=(",", ":")).encode(), mtime=0)
    assert len(packed(document)) < 0.6 * len(rows)


def test_plain_json_is_read_as_well(tmp_path):
    path = tmp_path / "report.json"
    path.write_text(json.dumps(sample.document()))
    assert load(path) == sample.document()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda file: file[: len(file) // 2], "was it cut off while being written"),
        (lambda file: file[:10] + b"nonsense" + file[18:], "was it cut off while being written"),
        (lambda file: b"not JSON", "was it cut off while being written"),
        (
            lambda file: gzip.compress(b'{"results": {"outcome": ["pass"], "cases": []}}'),
            "results: expected lists of one length, got {'outcome': 1, 'cases': 0}",
        ),
        (lambda file: gzip.compress(b'{"results": {"outcome": "pass"}}'), "results: expected lists of one length"),
    ],
    ids=["half", "garbled", "text", "uneven", "no lists"],
)
def test_a_file_that_is_no_report_says_so(tmp_path, change, message):
    path = tmp_path / "report.json.gz"
    path.write_bytes(change(packed(sample.document())))
    with pytest.raises(InvalidReport, match=message):
        load(path)
