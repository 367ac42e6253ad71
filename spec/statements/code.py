"""What is asked of code that computes an encoding: locality, state, inputs, refusals, composition."""

from spec.proving.structure import definition_is_closed, definition_is_local, treats_heads_alike
from spec.statements import contract, structure
from spec.statements.needs import (
    acts_on_attention,
    acts_on_queries_and_keys,
    has_gradients,
    has_heads,
    has_rows_and_columns,
    is_handed_vectors,
    pairs_coordinates,
)


@structure("locality", definition_is_closed, acts_on_attention)
def unsorted_positions() -> None:
    """Positions may come in any order: reordering them reorders the result."""


@structure("locality", definition_is_closed, acts_on_attention)
def repeated_positions() -> None:
    """Equal positions are treated equally, wherever they stand."""


@structure("locality", definition_is_local, acts_on_attention)
def prefill_equals_decode() -> None:
    """One token at a time, each at its position, gives what the whole sequence gives."""


@structure("locality", definition_is_local, acts_on_attention)
def length_independence() -> None:
    """A prefix of the positions gives a prefix of the result: the length of the sequence does not matter."""


@structure("locality", definition_is_closed, is_handed_vectors)
def batch_locality() -> None:
    """The result of one batch entry does not depend on the others."""


@structure("locality", treats_heads_alike, has_heads)
def head_locality() -> None:
    """All heads are treated alike, each by itself."""


@structure("locality", definition_is_closed, is_handed_vectors)
def sequence_locality() -> None:
    """The result at one token, or for one query and one key, does not depend on the contents of the others."""


@contract("locality", is_handed_vectors)
def batched_positions() -> None:
    """Where every batch row has its own positions, each row is what it would be alone."""


@contract("locality", acts_on_queries_and_keys)
def batched_lengths() -> None:
    """Where batch rows reach differently far, and the encoding follows that, each row is what it would be alone."""


@structure("state", definition_is_closed)
def determinism() -> None:
    """The same call gives the same bits."""


@structure("state", definition_is_closed, acts_on_queries_and_keys)
def many_calls() -> None:
    """The same call gives the same bits however often it is made."""


@structure("state", definition_is_closed)
def call_independence() -> None:
    """A call leaves nothing behind: other positions, lengths, dtypes and parameters in between change nothing."""


@structure("state", definition_is_closed, acts_on_attention)
def dtype_independence() -> None:
    """A long call in one dtype leaves nothing behind that shows in another."""


@structure("state", definition_is_closed)
def storage_independence() -> None:
    """Tensors that are handed in again, with other numbers written into them, are read again."""


@contract("state")
def mode_independence() -> None:
    """Inference mode, no_grad, another thread, another default dtype and deterministic mode change no result."""


@contract("state", acts_on_queries_and_keys)
def training_after_inference() -> None:
    """The gradient is that of the definition after calls in inference mode and without gradients, too."""


@structure("state", definition_is_closed)
def instance_independence() -> None:
    """Two instances with different parameters do not disturb each other."""


@contract("state")
def inputs_not_mutated() -> None:
    """Vectors, positions and segments that are handed in come back as they were."""


@contract("state")
def settings_kept() -> None:
    """A call leaves the settings of its process as they were, and the functions that others rely on."""


@contract("state", acts_on_queries_and_keys)
def values_untouched() -> None:
    """In a packed tensor of queries, keys and values, encoding the first two leaves the values bit for bit."""


@contract("state", acts_on_queries_and_keys)
def surroundings_untouched() -> None:
    """What lies in memory around the vectors, before, between and behind them, is neither read nor written."""


@contract("interface")
def shape_kept() -> None:
    """The result has the shape that the contract states, for every number of leading axes and for a single token."""


@contract("interface", acts_on_attention)
def dtype_kept() -> None:
    """The result has the dtype of the vectors, or the dtype that was asked for."""


@contract("interface", acts_on_attention)
def position_dtypes() -> None:
    """Positions in any integer dtype, or in floating point, name the same places."""


@contract("interface", acts_on_attention)
def far_position_dtypes() -> None:
    """Integer positions far out have the values of the definition, in 32 bits as in 64."""


@contract("interface", acts_on_attention)
def narrow_positions() -> None:
    """Small integers in half precision name the same places as in any other dtype, or are refused."""


@contract("interface", acts_on_attention)
def position_memory() -> None:
    """Positions may be strided, repeated without a copy or part of a longer tensor, or are refused."""


@contract("interface", acts_on_attention, has_rows_and_columns)
def whole_grids() -> None:
    """Every cell of a complete grid, square or not, row by row, has the value of its own row and column."""


@contract("interface", acts_on_queries_and_keys)
def no_tokens() -> None:
    """No tokens at all give an empty result of the same shape, or an error."""


@contract("interface", acts_on_queries_and_keys)
def nan_kept() -> None:
    """A coordinate that is not a number does not become one: the result is none either, or an error is raised."""


@contract("interface", is_handed_vectors)
def non_contiguous_input() -> None:
    """Transposed, strided and expanded tensors give what their contiguous copies give, or are refused."""


@contract("interface", acts_on_attention)
def declared_limits() -> None:
    """What an implementation declares that it cannot do is refused, or done right: never silently wrong."""


@contract("interface", acts_on_queries_and_keys, pairs_coordinates)
def odd_dimension_refused() -> None:
    """A dimension that does not split into pairs, as many as its axes need, is refused with an error that says so."""


@contract("interface", is_handed_vectors)
def wrong_rank_refused() -> None:
    """A tensor without a sequence axis is refused with an error that says so."""


@contract("interface", is_handed_vectors)
def mismatched_lengths_refused() -> None:
    """More or fewer positions than tokens are refused with an error that says so, not broadcast."""


@contract("composition", has_gradients)
def exact_gradients() -> None:
    """The gradients of contents, of weights and of all that is learned are those of the definition."""


@contract("composition", is_handed_vectors)
def vmap_agreement() -> None:
    """Under torch.func.vmap every slice is what it would be alone."""


@contract("composition", is_handed_vectors)
def autocast_agreement() -> None:
    """Under torch.autocast the result stays within the error of the dtype of the vectors."""


@contract("composition", acts_on_queries_and_keys)
def matmul_precision_agreement() -> None:
    """Where products of float32 matrices may be less precise, the angles are not."""


@contract("composition", acts_on_attention)
def compiled_agreement() -> None:
    """Under torch.compile the result stays within the unavoidable error of the definition."""
