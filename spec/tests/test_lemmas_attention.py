"""The lemmas on attention hold, and each of their computations rejects a wrong twin."""

import pytest

from spec.encodings.t5_bias import bucket
from spec.lemmas import attention, methods, probe, softmax
from spec.lemmas.lemma import Lemma
from spec.lemmas.methods import channels, shaw_with_values
from spec.lemmas.softmax import letter, positive

LEMMAS = [item for module in (attention, probe) for item in vars(module).values() if isinstance(item, Lemma)]
content, offset, place = attention._by_content, attention._by_offset, attention._by_position
v = letter("v")

CONTROLS = {
    "a mask ends equivariance": lambda: softmax.equivariant(content, causal=True),
    "so do offsets in the logits": lambda: softmax.equivariant(offset),
    "and positions in the values": lambda: softmax.equivariant(content, lambda b, i, j: letter("v", b, j)),
    "two tokens behind a mask are not a set": lambda: softmax.equivariant(content, causal=True, tokens=2),
    "the order that is there moves nothing": lambda: attention._moves((0, 1, 2)),
    "with offsets, keys are no set": lambda: attention._forgets(offset),
    "with offsets, a prefix is no set": lambda: attention._prefix_is_a_set(offset),
    "two layers forget no order": lambda: attention._layers_forget(2),
    "three layers forget no order": lambda: attention._layers_forget(3),
    "rows and columns are permuted alike": lambda: attention._permuted((1, 2, 0), (0, 1, 2)),
    "a permutation is not its inverse": lambda: attention._permuted((1, 2, 0), (2, 0, 1)),
    "absolute logits move with the sentence": lambda: attention._stays(place, softmax.content),
    "turned values move with the sentence": lambda: attention._stays(offset, attention._turned),
    "a sentence as long dilutes nothing": lambda: attention._diluted(10, 10),
    "a shorter sentence dilutes nothing": lambda: attention._diluted(10, 5),
    "the cross terms are needed": lambda: attention._explained_by(0, 3),
    "so is the term of positions": lambda: attention._explained_by(0, 1, 2),
    "the last term is not linear in the positions": lambda: attention.degrees_in_positions(0, 1, 1, 1),
    "the first term knows no position": lambda: attention.degrees_in_positions(1, 1, 1, 2),
    "different values come out different": lambda: probe._reads([v, v, v, letter("w")]),
    "Shaw's values pass the probe": lambda: (
        not any(probe._passing([channels("nope"), channels("t5-bias"), shaw_with_values()]))
    ),
    "a bias does not": lambda: all(probe._passing(map(channels, ("learned", "t5-bias", "urpe")))),
    "a bias tells no two apart": lambda: probe.no_two_positions_look_alike("t5-bias"),
    "a constant factor counts nothing": lambda: probe._counts(lambda i, j: 1),
    "nor is it the keys before that are counted": lambda: probe._counts(lambda i, j: int(j < i)),
    "without a mask one marked token shows nothing": lambda: softmax.all_different(
        probe._marked((1, 1), (0, 1), causal=False)
    ),
    "without a marked token a mask shows nothing": lambda: softmax.all_different(
        probe._marked((1, 1), (1, 1), causal=True)
    ),
    "values that are not turned show nothing": lambda: probe._apart(probe._turned_outputs(False)),
}


@pytest.mark.parametrize("lemma", LEMMAS, ids=lambda lemma: lemma.id)
def test_the_lemma_holds(lemma):
    assert lemma() is True


@pytest.mark.parametrize("reason", CONTROLS)
def test_the_wrong_twin_is_rejected(reason):
    assert CONTROLS[reason]() is False


METHODS = {
    **{
        name: channels(name)
        for name in (
            "nope", "learned", "sinusoidal", "rope", "t5-bias", "alibi", "transformer-xl", "deberta", "shaw", "urpe",
        )
    },
    "shaw with values": shaw_with_values(),
}  # fmt: skip
RELATIVE = {*METHODS} - {"learned", "sinusoidal"}
MATRICES = {"nope", "t5-bias", "alibi", "urpe"}
BEFORE = {"nope", "rope", "t5-bias", "alibi", "transformer-xl", "deberta", "shaw"}


@pytest.mark.parametrize(
    ("has", "names"),
    [(methods.is_relative, RELATIVE), (methods.adds_a_matrix, MATRICES), (methods.acts_before_softmax, BEFORE)],
)
def test_what_a_method_does(has, names):
    assert {name for name, method in METHODS.items() if has(method)} == names


@pytest.mark.parametrize("offset", [0, 1, 7, 8, 11, 12, 16, 63, 64, 90, 91, 127, 128, 1000])
def test_buckets_are_those_of_the_logarithm(offset):
    """16 a side: exact below 8, then 8 + floor(8 log_16(distance / 8)), never more than 15."""
    near = next(j for j in range(16) if j == 15 or offset < _start(j + 1))
    assert bucket(offset, 1, 32, 128) == near + (16 if offset else 0)
    assert bucket(-offset, 1, 32, 128) == near


def _start(bucket):
    """The first distance of a bucket: 8 * 16^((bucket - 8) / 8) = 2^(3 + (bucket - 8) / 2), rounded up."""
    return bucket if bucket <= 8 else next(n for n in range(8, 200) if n**2 >= 2 ** (6 + bucket - 8))


def test_quotients_are_compared_by_their_value():
    one, other = (positive("e", 0), positive("e", 0) * 2), (letter("w"), 2 * letter("w"))
    assert softmax.same(one, other)
    assert not softmax.same(one, (letter("w"), letter("w")))
