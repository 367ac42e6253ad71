"""The biases of windows, against the published code of SAM; and DeBERTa's two tables, against that of its attention."""

from types import SimpleNamespace

import pytest
import torch

from impls.forms import deberta, decomposed_2d
from impls.registry import registered

sam = pytest.importorskip("transformers.models.sam.modeling_sam")
published = pytest.importorskip("transformers.models.deberta_v2.modeling_deberta_v2")
HEIGHT, WIDTH, DIM = 4, 7, 6


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(len(shape)), dtype=torch.float64)


@pytest.mark.parametrize("form", registered(decomposed_2d.__name__), ids=lambda form: form.name)
def test_sam_adds_what_the_query_makes_of_two_tables(form):
    q, k = drawn(2, HEIGHT * WIDTH, DIM), drawn(2, HEIGHT * WIDTH, DIM).flip(-1)
    down, right = drawn(2 * HEIGHT - 1, DIM), drawn(2 * WIDTH - 1, DIM)
    get = sam.SamVisionAttention.get_decomposed_rel_pos
    itself = SimpleNamespace(get_rel_pos=lambda *given: sam.SamVisionAttention.get_rel_pos(None, *given))
    theirs = get(itself, q, down, right, (HEIGHT, WIDTH), (HEIGHT, WIDTH)).reshape(2, HEIGHT * WIDTH, -1)
    places = torch.cartesian_prod(torch.arange(HEIGHT), torch.arange(WIDTH))

    def ours(rel_pos_h: torch.Tensor, rel_pos_w: torch.Tensor) -> torch.Tensor:
        tables = {"rel_pos_h": rel_pos_h, "rel_pos_w": rel_pos_w, "window_size": (HEIGHT, WIDTH)}
        logits: torch.Tensor = form.function(q, k, places, places, **tables)
        return logits - q @ k.mT

    torch.testing.assert_close(ours(down, right), theirs)
    assert not torch.allclose(ours(down.flip(0), right), theirs)
    assert not torch.allclose(ours(down, right.flip(0)), theirs)


@pytest.mark.parametrize("form", [one for one in registered(deberta.__name__) if one.convention == "log-buckets"])
def test_deberta_meets_positions_projected_as_keys_and_as_queries(form):
    heads, dim, buckets, tokens = 2, 4, 8, 40
    config = published.DebertaV2Config(
        hidden_size=heads * dim, num_attention_heads=heads, num_hidden_layers=1, relative_attention=True,
        position_buckets=buckets, max_relative_positions=64, pos_att_type=["c2p", "p2c"], hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    torch.manual_seed(0)
    attention = published.DisentangledSelfAttention(config).double().eval()
    q, k, table = drawn(heads, tokens, dim), drawn(heads, tokens, dim).flip(-1), drawn(2 * buckets, heads * dim)
    positions = torch.arange(tokens)
    theirs = attention.disentangled_attention_bias(q, k, None, table, scale_factor=1).reshape(heads, tokens, -1)
    as_keys, as_queries = (
        projection(table).unflatten(-1, (heads, dim)).movedim(-2, 0)
        for projection in (attention.pos_key_proj, attention.pos_query_proj)
    )
    scale = dim**0.5
    for head in range(heads):
        asked = (q[head], k[head], positions, positions)
        sizes = {"position_buckets": buckets, "max_relative_positions": 64}
        met = form.function(*asked, position_queries=as_queries[head], position_keys=as_keys[head], **sizes)
        torch.testing.assert_close((met - q[head] @ k[head].mT) / scale, theirs[head])
        exchanged = form.function(*asked, position_queries=as_keys[head], position_keys=as_queries[head], **sizes)
        assert not torch.allclose((exchanged - q[head] @ k[head].mT) / scale, theirs[head])
