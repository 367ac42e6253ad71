"""Every cell of the truth table is settled by its proof, and no other verdict of that cell is."""

import inspect
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import product
from time import perf_counter

import pytest
import sympy
from flint import arb

from spec import ENCODINGS, STATEMENTS, Bounded, Encoding, Fails, Holds, NotApplicable, Statement, Verdict, verdict
from spec.definitions import Table
from spec.definitions.symbols import TABLE
from spec.definitions.verdict import Witness, witness
from spec.numbers.exact import frequencies
from spec.proving.proofs import Proof, at_witness, prove
from spec.proving.symbolic import VECTORS

NUMBERS = ((3, 8, 5), (0.1, 0.2, 2**20), (-7, 7.125, 10**60), (1, 0, 2))
"""Small and large, negative and fractional, sums that float64 rounds, and a position that 128 bits cannot resolve."""
PLACES = (
    witness(kernel=64, k=2, m=0, n=1),
    witness(kernel=128, k=5, m=-4, n=9),
    witness(kernel=96, k=99, m=0, n=10**60),
    witness(kernel=8, k=1, m=0.5, n=2.5),
)


@cache
def proved(encoding: str, statement: str) -> tuple[Proof, float]:
    """The proof of what the table says of a cell, and the seconds that it took; several tests look at it."""
    e, s, start = ENCODINGS[encoding], STATEMENTS[statement], perf_counter()
    return prove(e, s, verdict(e, s)), perf_counter() - start


def test_the_whole_table_is_proved(record_property):
    found = [proved(*cell) for cell in product(ENCODINGS, STATEMENTS)]
    proofs, seconds = [proof for proof, _ in found], sum(took for _, took in found)
    record_property("proofs", len(proofs))
    record_property("seconds", round(seconds, 2))
    print(f"{len(proofs)} proofs in {seconds:.1f} s: {dict(Counter(proof.method for proof in proofs))}")
    assert all(proof.settled for proof in proofs)
    assert {proof.method for proof in proofs} == {
        "identity", "difference", "theorem", "quantity", "structure", "exhaustive", "contract",
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=list(ENCODINGS))
def test_only_the_verdict_of_the_table_is_proved(encoding: Encoding):
    unproved, also = list[str](), list[tuple[str, Verdict]]()
    for name, statement in STATEMENTS.items():
        if not proved(encoding.name, name)[0].settled:
            unproved.append(name)
        rivals = _rivals(encoding, statement, verdict(encoding, statement))
        also += [(name, rival) for rival in rivals if prove(encoding, statement, rival).settled]
    assert unproved == []
    assert also == []


def _rivals(encoding: Encoding, statement: Statement, told: Verdict) -> list[Verdict]:
    others: list[Verdict] = [Holds(), Bounded("in another form"), NotApplicable("for another reason")]
    others += [Fails("of another witness", case) for case in _witnesses(encoding, statement)]
    return [other for other in others if other.word != told.word]


def _witnesses(encoding: Encoding, statement: Statement) -> list[Witness]:
    if statement.residual is None:
        return list(PLACES)
    names = [*inspect.signature(statement.residual).parameters][1:]
    generic = [
        witness(**{name: _value(name, encoding.width, numbers, i) for i, name in enumerate(names)})
        for numbers in NUMBERS
    ]
    return generic + [case for case in (statement.example,) if case is not None]


def _value(name: str, width: int, numbers: tuple[float, ...], i: int):
    turned = numbers[i % 3 :] + numbers[: i % 3]
    return turned[:width] if name in VECTORS else turned[0]


def test_the_table_has_every_kind_of_verdict():
    words = Counter(verdict(e, s).word for e, s in product(ENCODINGS.values(), STATEMENTS.values()))
    assert set(words) == {"holds", "fails", "bounded", "not-applicable"}


@pytest.mark.parametrize("dim", [8, 66])
def test_the_witness_of_one_pair_refutes_the_whole_sum(dim):
    """A table enters every pair, also those without content: the others must not make good for that of the witness."""
    tables = [
        e
        for e in ENCODINGS.values()
        if isinstance(e.definition, Table) and not e.definition.block.has(sympy.floor, TABLE)
    ]
    refuted = [
        (e, s, told)
        for e, s in product(tables, STATEMENTS.values())
        if isinstance(told := verdict(e, s), Fails) and s.method == "identity" and s.section == "relational"
    ]
    assert len(refuted) >= 20
    for encoding, statement, told in refuted:
        nothing = (0,) * encoding.width
        elsewhere = {name: nothing if name in VECTORS else value for name, value in told.witness.values.items()}
        thetas = list(frequencies(encoding, dim, encoding.configured(dim, {}), length=16))
        own = thetas.pop(told.witness.get("pair", 0))
        shares = [at_witness(encoding, statement, told.witness, own)]
        shares += [at_witness(encoding, statement, witness(**elsewhere), theta) for theta in thetas]
        assert not sum((share for (share,) in shares), arb(0)).contains(0), f"{encoding.name} {statement.id}"


def test_what_the_precision_cannot_tell_is_no_refutation():
    rope, injectivity = ENCODINGS["rope"], STATEMENTS["injectivity"]
    assert injectivity.decides is not None
    assert injectivity.decides(rope, witness(m=0, n=10**60)) is None
    assert injectivity.decides(rope, witness(m=5, n=5)) is False
    assert injectivity.decides(rope, witness(m=0, n=710)) is True


def test_a_difference_needs_an_example_that_shows_it():
    rope, statement = ENCODINGS["rope"], STATEMENTS["permutation-non-invariance"]
    equal_keys = witness(q=(1, 0), k=(1, 0), y=(1, 0), m=2, n=2)
    assert not prove(rope, replace(statement, example=None), Holds()).settled
    assert not prove(rope, replace(statement, example=equal_keys), Holds()).settled


def test_a_quantity_fails_only_where_its_range_does():
    """Dimension 8 does not decay, but the statement is about the head sizes of its range, and there it is bounded."""
    rope, statement = ENCODINGS["rope"], STATEMENTS["remote-decay"]
    small = witness(kernel=8, k=1)
    assert statement.decides is not None
    assert statement.decides(rope, small) is False
    assert not prove(rope, statement, Fails("at dimension 8", small)).settled
