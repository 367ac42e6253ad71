"""What every definition and statement must bring, and that nothing here needs torch."""

import inspect
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import sympy

import spec
from properties.cases.tried import TRIED, TRIED_AT
from spec import ENCODINGS, STATEMENTS, Encoding, Fails, NotApplicable, Statement, verdict
from spec.definitions import ActsOn, Departure, Map
from spec.definitions.blocks import LAYOUTS
from spec.definitions.symbols import CONTENT, LEARNED, POSITION
from spec.definitions.words import Layout, words
from spec.proving.statement import METHODS, SECTIONS
from spec.proving.structure import definition_is_closed, rest_is_not_covered
from spec.proving.symbolic import VECTORS
from spec.truth import evidence

README = Path(spec.__path__[0]).parent / "README.md"
SETTINGS = {"pair", *LEARNED}
"""What a witness may say beside the letters of the statement: which pair is meant, and what was learned."""
ROOT = Path(spec.__file__).parent.parent
NAMED = (
    "relative-position-invariance",
    "translation-invariance",
    "boundedness",
    "remote-decay",
    "permutation-non-invariance",
    "text-degeneration",
)
encodings = pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS)
statements = pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)


def test_the_spec_does_without_torch():
    code = (
        "import importlib, pkgutil, sys, spec\n"
        "for found in pkgutil.walk_packages(spec.__path__, 'spec.'): importlib.import_module(found.name)\n"
        "assert 'spec.proving.proofs' in sys.modules and 'spec.numbers.bounds' in sys.modules\n"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or "import spec brings in torch"


def test_the_six_that_the_project_is_named_for():
    assert set(NAMED) <= set(STATEMENTS)
    applies = {name for name in NAMED for e in ENCODINGS.values() if not STATEMENTS[name].reason_not_applicable(e)}
    assert applies >= set(NAMED) - {"text-degeneration"}


@statements
def test_statements(statement: Statement):
    assert STATEMENTS[statement.id] is statement
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", statement.id)
    assert statement.sentence[0].isupper()
    assert statement.sentence.endswith(".")
    assert len(statement.sentence.split()) >= 4
    assert statement.title.replace(" ", "-").lower() == statement.id
    assert statement.section in SECTIONS
    assert statement.method in METHODS


@statements
def test_each_method_has_what_it_needs(statement: Statement):
    parts = (statement.residual, statement.decides, statement.example, statement.rule)
    assert (
        tuple(part is not None for part in parts)
        == {
            "identity": (True, False, False, False),
            "difference": (True, False, True, False),
            "theorem": (False, True, False, False),
            "quantity": (False, True, False, False),
            "structure": (False, True, False, False),
            "exhaustive": (False, True, False, True),
            "contract": (False, False, False, False),
        }[statement.method]
    )
    assert bool(statement.cites) == (statement.method == "theorem")


def test_ids_and_sentences_are_unique():
    files = [path for path in (ROOT / "spec" / "statements").glob("*.py") if path.stem not in ("__init__", "needs")]
    stated = sum(len(re.findall(r"^@(?!dataclass|lru_cache)", path.read_text(), re.MULTILINE)) for path in files)
    assert stated == len(STATEMENTS), "a statement with the id of another hides it"
    assert len({statement.sentence for statement in STATEMENTS.values()}) == len(STATEMENTS)
    assert [s.section for s in STATEMENTS.values()] == sorted(
        (s.section for s in STATEMENTS.values()), key=SECTIONS.index
    )


@encodings
def test_encodings(encoding: Encoding):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", encoding.name)
    assert ENCODINGS[encoding.name] is encoding
    assert re.search(r"\(\d{4}\)", encoding.source), "a source has its year"
    assert encoding.title
    assert encoding.acts_on in words(ActsOn)
    known = words(Layout) if encoding.definition.maps else LAYOUTS
    assert set(encoding.layouts) == (set(known) if encoding.width == 2 else set())


@encodings
def test_verdicts_name_statements_that_apply(encoding: Encoding):
    for name, told in encoding.verdicts.items():
        assert name in STATEMENTS, f"{encoding.name} has a verdict on {name}, which no statement is called"
        statement = STATEMENTS[name]
        assert statement.reason_not_applicable(encoding) is None, f"{name} does not apply to {encoding.name}"
        assert verdict(encoding, statement) is told
        assert told.word in ("fails", "bounded"), "what holds need not be told"


@encodings
def test_each_failure_has_a_complete_witness(encoding: Encoding):
    for name, told in encoding.verdicts.items():
        if not isinstance(told, Fails):
            continue
        assert told.because
        statement = STATEMENTS[name]
        if statement.residual is None:
            assert told.witness.values
            continue
        letters = [*inspect.signature(statement.residual).parameters][1:]
        assert set(letters) <= set(told.witness.values) <= {*letters, *SETTINGS}
        for letter in letters:
            assert _shape(told.witness[letter]) == ((encoding.width,) if letter in VECTORS else ())


def _shape(value):
    return (len(value),) if isinstance(value, tuple) else ()


def test_a_definition_with_a_hidden_input_is_refused_or_seen():
    """The length of the sequence, say: normalised positions are not read off as independent of it."""
    rope, length = ENCODINGS["rope"], sympy.Symbol("length", positive=True)
    assert isinstance(rope.definition, Map)
    block, frequency = rope.definition.block, rope.blocks.frequency
    hidden = replace(rope.definition, block=block.subs(POSITION, POSITION / length))
    slower = replace(rope.definition, blocks=replace(rope.blocks, frequency=frequency / length))
    for wrong in (hidden, slower):
        with pytest.raises(ValueError, match="nothing gives length a value"):
            replace(rope, definition=wrong)
        with pytest.raises(ValueError, match="nothing gives length a value"):
            replace(rope, conventions={"stretched": Departure(definition=wrong)}).under("stretched")
    assert definition_is_closed(rope, None)
    turned = replace(rope.definition, turn=POSITION * CONTENT[0])
    assert not definition_is_closed(replace(rope, definition=turned), None)
    assert not definition_is_closed(replace(rope, conventions={"turned": Departure(definition=turned)}), None)


def test_a_definition_without_a_rest_is_seen():
    assert rest_is_not_covered(ENCODINGS["partial-rope"], None)
    assert not rest_is_not_covered(ENCODINGS["rope"], None)
    partial = ENCODINGS["partial-rope"]
    assert isinstance(partial.definition, Map)
    nothing = replace(partial.definition, blocks=replace(partial.blocks, extent=sympy.Integer(0)))
    assert not rest_is_not_covered(replace(partial, definition=nothing), None)


@encodings
def test_every_parameter_has_values_to_try(encoding: Encoding):
    if encoding.acts_on == "positions":
        pytest.skip("its parameters are tried on segments")
    tried = {**TRIED, **encoding.tried}
    assert set(encoding.parameters) <= set(tried), "name values for it in the encoding's field `tried`"
    for name in encoding.parameters:
        assert len(tried[name]) >= len(TRIED_AT)


def test_the_cells_of_the_table_are_counted_by_what_they_rest_on():
    applying = Counter(
        evidence(statement)
        for statement in STATEMENTS.values()
        for encoding in ENCODINGS.values()
        if not isinstance(verdict(encoding, statement), NotApplicable)
    )
    counted = [applying["proof"], applying["any definition"], applying["code"]]
    cells = len(STATEMENTS) * len(ENCODINGS)
    told = re.findall(r"\d+", README.read_text().partition("Nothing is true because we say so.")[2])[:5]
    assert told == [str(each) for each in (cells, *counted, cells - sum(counted))]
