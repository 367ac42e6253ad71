"""Claims of the index page: what relative positions cannot do, what RoPE is, what attention alone does not see."""

from spec.claims.claim import conditional, true, undecidable
from spec.definitions.definition import letters
from spec.definitions.symbols import INDEX, POSITION, THETA
from spec.lemmas.attention import causal_attention_is_not_equivariant, full_attention_is_equivariant
from spec.lemmas.methods import (
    Channels,
    acts_before_softmax,
    channels,
    passes_the_probe,
    shaw_with_values,
    tells_orders_apart,
)
from spec.lemmas.probe import (
    equal_values_come_out_unchanged,
    what_acts_before_the_softmax_fails_the_probe,
)
from spec.truth import ENCODINGS, holds


@true("C060", "index", "a theoretical defect")
def relative_encodings_act_before_the_softmax() -> bool:
    """Nearly all relative encodings operate on the attention matrix before the softmax.

    Two of eleven do not: Shaw's vectors also enter the values, and URPE acts on the weights behind it.
    """
    exceptions = [name for name, of in _relative().items() if not acts_before_softmax(of)]
    return exceptions == ["shaw", "urpe"] and 5 * len(exceptions) < len(_relative())


def _relative() -> dict[str, Channels]:
    """Relative encodings, as they are published."""
    rotary, biases = ("rope", "xpos", "coca", "eulerformer"), ("t5-bias", "alibi", "swin-bias")
    found = {name: channels(name) for name in (*rotary, *biases, "transformer-xl", "deberta")}
    return found | {"shaw": shaw_with_values(), "urpe": channels("urpe")}


@true("C061", "index", "a theoretical defect")
def what_acts_before_the_softmax_is_not_universal() -> bool:
    """Applied in this way, they have a theoretical defect: the Transformer cannot be a universal approximator.

    Equal tokens get equal outputs, whatever the logits and the mask, so that no such model maps them to 1, 2, ..., n.
    """
    return equal_values_come_out_unchanged() and what_acts_before_the_softmax_fails_the_probe()


@conditional("C062", "index", "the probe")
def the_probe_measures_the_sense_of_position() -> tuple[bool, bool]:
    """Whether a model can tell positions shows in whether it can map [0, 0, ..., 0] to [1, 2, ..., n].

    True once a first token differs from the others: of attention without positions (masked or not), T5 and Shaw, those
    pass that see the order of tokens. With equal tokens alone a causal mask and T5's bias fail, though both see it.
    """
    nope, t5 = channels("nope"), channels("t5-bias")
    models = [(nope, False), (nope, True), (t5, False), (shaw_with_values(), False)]
    told = [tells_orders_apart(method, causal=causal) for method, causal in models]

    def passed(marked: bool) -> list[bool]:
        return [passes_the_probe(method, causal=causal, marked=marked) for method, causal in models]

    return passed(marked=True) == told, passed(marked=False) == told


@true("C064", "index", "RoPE")
def rope_is_absolute_in_form_and_relative_in_effect() -> bool:
    """RoPE achieves a relative encoding by the means of an absolute one.

    It acts on every token by its own position alone, and the logits depend on offsets alone.
    """
    return holds("rope", "sequence-locality") and holds("rope", "relative-position-invariance")


LINEAR_ATTENTION = undecidable(
    "C065",
    "index",
    "RoPE",
    says="RoPE is so far the only relative encoding that can be used with linear attention.",
    because="It speaks of the methods known in 2021. Any map of each token by itself with relative logits qualifies; "
    "those that keep lengths are powers of one orthogonal map, which is RoPE up to a change of basis.",
)


@true("C066", "index", "sinusoidal encoding")
def the_sinusoidal_table_wants_to_be_relative() -> bool:
    """The sinusoidal encoding is an absolute one that wants to be relative, and does not quite succeed.

    The products of its rows depend on offsets alone; the logits of the tokens that it is added to do not.
    """
    return holds("sinusoidal", "dot-product-invariance") and not holds("sinusoidal", "relative-position-invariance")


TWO_DIMENSIONS = undecidable(
    "C067",
    "index",
    "RoPE in two dimensions",
    says="RoPE in two dimensions looks like a simple generalisation, but is far more complicated than one expects.",
    because="An opinion about a derivation. The result is block diagonal, with one axis of the grid for each block.",
)


@conditional("C068", "index", "overview")
def pure_attention_cannot_see_order() -> tuple[bool, bool]:
    """Attention alone cannot make out the order of its input: it does not tell tokens at different positions apart.

    True without a mask: permuting the tokens permutes the outputs. A causal mask tells even two tokens apart.
    """
    return full_attention_is_equivariant(), not causal_attention_is_not_equivariant()


@true("C215", "index", "absolute encodings")
def the_added_vector_knows_its_position_only() -> bool:
    """Absolute encodings are usually added to the input, x_k + p_k, and p_k depends on the position k alone.

    A row of the learned and of the sinusoidal table is told by its position and the place in the row, and by no token.
    """
    added = [ENCODINGS[name].definition for name in ("learned", "sinusoidal", "integer")]
    return all(definition.place == "input" and letters(definition) <= {POSITION, THETA, INDEX} for definition in added)
