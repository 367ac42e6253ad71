"""Costs as a terminal tells them."""

from properties.measures.told import told

COST = {"implementation": "mine", "setting": "prefill-64-float32-128", "floor": "copy", "ratio": 3.456, "applying": 1.5,
        "noise": 0.98, "passes": None, "memory": 0.0}  # fmt: skip


def test_a_line_a_setting_below_the_name_of_each_implementation():
    other = COST | {"implementation": "theirs", "floor": "writing", "applying": None}
    lines = list(told([COST, COST | {"setting": "decode-1-float32-128"}, other]))
    assert lines[0] == "mine, beside a copy of the same bytes"
    assert lines[1].split() == ["x", "floor", "applying", "once", "noise", "passes", "memory"]
    assert lines[2].split() == ["prefill-64-float32-128", "3.46", "1.5", "1.96", "0.98", "-", "0"]
    assert lines[3].split()[0] == "decode-1-float32-128"
    assert lines[4] == "theirs, beside writing the same bytes"
    assert lines[6].split() == ["prefill-64-float32-128", "3.46", "-", "-", "0.98", "-", "0"]
    assert len(set(map(len, lines[1:4]))) == 1


def test_nothing_of_nothing():
    assert not list(told([]))
