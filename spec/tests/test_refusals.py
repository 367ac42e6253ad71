"""What is inconsistent is refused when the record is made, with a sentence that says what to do."""

import re
import sys
from dataclasses import replace
from typing import Any

import pytest
import sympy
from sympy import Heaviside, ImmutableMatrix, sin

import spec.encodings
from spec import ENCODINGS, Encoding, WrongSpec
from spec.__main__ import WRONG, main
from spec.definitions import (
    BASE,
    CONTENT,
    DIM,
    HEAD,
    INDEX,
    KEY,
    LENGTH,
    POSITION,
    QUERY,
    SCALE,
    TABLE,
    THETA,
    Bias,
    Blocks,
    Departure,
    Domain,
    Factor,
    Fails,
    Form,
    Grid,
    Ladder,
    Map,
    Table,
    parameter,
    rotary,
    rotation,
    sequence,
    witness,
)  # fmt: skip
from spec.truth import complaint

MISSPELT: Any = ("halves",)
INTEGER: Any = "integer"
TURN = rotation(POSITION * THETA)
COLUMN = ImmutableMatrix([sin(POSITION * THETA), 1])


def encoding(definition, **more):
    return Encoding(name="new", title="New", source="a test (2026)", definition=definition, **more)


REFUSED = {
    "in a bias, learned numbers may be factors, or stand in an exponent or a logarithm; got r2 in Max(0, r2(head))": (
        lambda: Bias(sequence("r1")(HEAD) * sympy.Max(0, sequence("r2")(HEAD)) * QUERY[0])
    ),
    "`rows` are those of rel_pos_h, and the tables are rel_pos_h, rel_pos_w: name each": (
        lambda: Form(
            ImmutableMatrix([[1, sequence("rel_pos_h")(QUERY[0], 0) + sequence("rel_pos_w")(QUERY[1], 0)], [0, 0]]),
            rows={"rel_pos_h": DIM},
        )
    ),
    "expected a square matrix as the block of a map, got 2 x 1; a column that is added to the input is a Table": (
        lambda: Map(COLUMN)
    ),
    "expected a sympy matrix as the block of a map, got Symbol; a column that is added to the input is a Table": (
        lambda: Map(POSITION)
    ),
    "block is 2 wide and key_block 1; queries and keys meet block by block: give both the same width": (
        lambda: Map(TURN, key_block=ImmutableMatrix([[1]]))
    ),
    "a content turns in pairs of coordinates, and the block is 1 wide; leave `turn` out": (
        lambda: Map(ImmutableMatrix([[1]]), turn=CONTENT[0])
    ),
    "the block of a map cannot follow m0: its letters are p, s, theta, and the parameters": (
        lambda: Map(rotation(QUERY[0] * THETA))
    ),
    "expected a column as the block of a table, got 2 x 2; what multiplies a vector is a Map": lambda: Table(TURN),
    "expected one expression as a bias, got ImmutableDenseMatrix; what multiplies query and key is a Form": (
        lambda: Bias(TURN)
    ),
    "a factor cannot follow p: its letters are dim, head, heads, m0, m1, m2, m3, n0, n1, n2, n3, and the parameters": (
        lambda: Factor(POSITION)
    ),
    "expected a form of at least 2 x 2, got 1 x 1; it has a row and a column for the 1 behind each content; "
    "a bias alone is a Bias": lambda: Form(ImmutableMatrix([[1]])),
    "the definition looks up rows of a learned TABLE, and `rows` is missing: say how many it has": (
        lambda: Bias(TABLE(KEY[0] - QUERY[0], HEAD))
    ),
    "`rows` is 4, and no row of a learned TABLE is looked up: leave it out, or use TABLE": (
        lambda: Bias(KEY[0], rows=sympy.Integer(4))
    ),
    "a layout says how pairs lie, and a block is 1 wide; leave `layouts` out": (
        lambda: Map(ImmutableMatrix([[1]]), blocks=Blocks(layouts=("half",)))
    ),
    "dimensions that are multiples of 3 do not divide into blocks of 2": lambda: rotary(multiple=3),
    "unknown layout 'halves'; did you mean half?": lambda: rotary(layouts=MISSPELT),
    "frequency cannot follow p: its letters are dim, i, length, and the parameters": (
        lambda: Blocks(frequency=1 / POSITION)
    ),
    "unknown kind of positions 'integer'; did you mean integers?": lambda: Domain(positions=INTEGER),
    "a grid has 1 to 4 axes, got 5; more would need more letters": lambda: Grid(axes=5),
    "a grid of 2 axes has as many numbers of cells, got 1": lambda: Grid(axes=2, cells=(DIM,)),
    "this convention changes nothing; name a field in which it departs, or leave it out": lambda: Departure(),
    "new: expected a Map, Table, Bias, Form, Factor or Assignment, got ImmutableDenseMatrix; "
    "wrap the expression in one of them": lambda: encoding(TURN),
    "new: nothing gives base a value; name a default in `parameters`, and write it as parameter('base')": (
        lambda: encoding(rotary())
    ),
    "new: nothing computes bucket; add it to `functions`, or to `parameters`": (
        lambda: encoding(Bias(sequence("bucket")(KEY[0])))
    ),
    "new: base has one value, and is used as a `sequence`; give it a tuple": (
        lambda: encoding(Bias(sequence("base")(KEY[0])), parameters={"base": 10000.0})
    ),
    "expected the block of a map of at least one row, got 0 x 0; a column that is added to the input is a Table": (
        lambda: Map(ImmutableMatrix([]))
    ),
    "new: expected a Map, Table, Bias, Form, Factor or Assignment, got type; wrap the expression in one of them": (
        lambda: encoding(Map)
    ),
    "new: the convention 'other' is dict; expected one of Departure": (
        lambda: encoding(Map(TURN), conventions={"other": {}})
    ),
    "new: the verdict on 'causal' is str; expected one of Holds, Fails, Bounded, NotApplicable": (
        lambda: encoding(Map(TURN), verdicts={"causal": "holds"})
    ),
    "unknown convention of new 'others'; did you mean other?": (
        lambda: encoding(
            rotary(), parameters={"base": 1e4}, conventions={"other": Departure(grid=Grid(axes=2))}
        ).under("others")
    ),
    "new: theta of pair 2 is 0 at dimension 8; a frequency is positive: leave coordinates that do not turn out, "
    "with Turned(count)": lambda: encoding(
        rotary(Ladder(BASE ** (-2 * INDEX / DIM) * Heaviside(1 - INDEX, 1))), parameters={"base": 10000.0}
    ),
    "new: theta of pair 0 is inf at dimension 8; a frequency is positive: leave coordinates that do not turn out, "
    "with Turned(count)": lambda: encoding(rotary(Ladder(1 / INDEX))),
}  # fmt: skip


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_is_inconsistent_is_refused_in_a_sentence(sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        REFUSED[sentence]()


def test_a_length_that_a_frequency_follows_is_no_mistake():
    assert encoding(rotary(Ladder(1 / (LENGTH + INDEX)))).blocks.follows_length


def test_what_only_the_scale_follows_is_used():
    of = Map(SCALE * TURN, blocks=Blocks(frequency=1 / (INDEX + 1), scale=parameter("factor")))
    assert not encoding(of, parameters={"factor": 2.0}).unused


def test_a_parameter_that_nothing_uses_and_an_unknown_verdict_are_complained_of():
    rope = ENCODINGS["rope"]
    assert complaint(rope) is None
    more = replace(rope, parameters={**rope.parameters, "factor": 2.0})
    assert complaint(more) == (
        "rope: no expression uses the parameter factor: write parameter('factor'), or leave it out"
    )
    failing = Fails(because="a slip", witness=witness(m=0))
    slip = replace(rope, verdicts={"symetry": failing})
    assert complaint(slip) == ("rope has a verdict on 'symetry', and no statement is called so; did you mean symmetry?")
    departing = replace(rope, conventions={"other": Departure(verdicts={"symetry": failing})})
    assert complaint(departing) == complaint(slip)


FILES = {
    "import sympi": "raises ModuleNotFoundError: No module named 'sympi'",
    "def f(:": "raises SyntaxError: invalid syntax (broken.py, line 1)",
    "ENCODING = 3": "raises AttributeError: 'int' object has no attribute 'name'",
    "raise ValueError('mine')": ": mine",
    "from spec.encodings.rope import ENCODING": ": its encoding is called 'rope'; call it 'broken', as the file",
}


@pytest.mark.parametrize("body", FILES)
def test_a_file_of_an_encoding_that_cannot_be_used_is_named(body, tmp_path, monkeypatch, capsys):
    (tmp_path / "broken.py").write_text(body)
    monkeypatch.setattr(spec.encodings, "__path__", [*spec.encodings.__path__, str(tmp_path)])
    monkeypatch.setitem(vars(ENCODINGS)["files"], "broken", "broken")
    monkeypatch.delitem(sys.modules, "spec.encodings.broken", raising=False)
    said = f"spec/encodings/broken.py{'' if FILES[body][0] == ':' else ' '}{FILES[body]}"
    with pytest.raises(WrongSpec, match=f"^{re.escape(said)}$"):
        ENCODINGS["broken"]
    assert main(["prove", "broken"]) == WRONG
    assert capsys.readouterr().err == f"python -m spec: {said}\n"
