"""Published functions as they are called by their projects, and what is written to plug them in: no line, or one."""

from collections.abc import Mapping

LLAMA = "transformers.models.llama"
OTHERS: Mapping[str, str] = {
    "module and apply": f"""
from {LLAMA}.configuration_llama import LlamaConfig
from {LLAMA}.modeling_llama import LlamaRotaryEmbedding, apply_rotary_pos_emb
config = LlamaConfig(hidden_size=64, num_attention_heads=4)
declared = {{"head_sizes": (16,), "parameters": {{"base": 10000.0}}, "max_position": 2**17, "differentiable": False}}
implements("rope", call="module-tables", apply=apply_rotary_pos_emb, name="theirs", **declared)(
    LlamaRotaryEmbedding(config)
)
""",
    "neighbours in, halves out": """
from transformers.models.deepseek_v3.modeling_deepseek_v3 import apply_rotary_pos_emb_interleave
implements("rope", call="qk-tables", layout="interleaved-to-half", name="theirs")(apply_rotary_pos_emb_interleave)
""",
    "vision, without a batch": """
from transformers.models.qwen2_vl.modeling_qwen2_vl import apply_rotary_pos_emb_vision
implements("rope", call="qk-tables", axes="n h d", tables="n d", name="theirs")(apply_rotary_pos_emb_vision)
""",
    "one side": """
from transformers.models.gemma3n.modeling_gemma3n import apply_rotary_pos_emb
implements("rope", call="x-tables", tables="b n d", layout="half", name="theirs")(apply_rotary_pos_emb)
""",
    "tables of half the width": """
from transformers.models.gpt_oss.modeling_gpt_oss import apply_rotary_pos_emb
implements("rope", call="qk-tables", tables="b n d/2", name="theirs")(apply_rotary_pos_emb)
""",
    "sines first": """
from transformers.models.gptj.modeling_gptj import apply_rotary_pos_emb
turned = lambda x, cos, sin: apply_rotary_pos_emb(x, sin, cos)
implements("rope", call="x-tables", axes="b n h d", tables="b n d/2", layout="interleaved", name="theirs")(turned)
""",
    "complex factors": """
from transformers.models.llama4.modeling_llama4 import apply_rotary_emb
turned = lambda q, k, freqs_cis: apply_rotary_emb(q, k, freqs_cis[None])
implements("rope", call="qk-complex", axes="b n h d", dtypes=("float32", "bfloat16", "float16"), name="theirs")(turned)
""",
    "angles": """
from x_transformers.x_transformers import apply_rotary_pos_emb
implements("rope", call="angles", tables="b n d", name="theirs")(apply_rotary_pos_emb)
""",
    "a pair of tables": """
from diffusers.models.embeddings import apply_rotary_emb
turned = lambda x, cos, sin: apply_rotary_emb(x, (cos, sin))
implements("rope", call="x-tables", tables="n d", name="theirs")(turned)
""",
    "heads in the batch": """
from transformers.models.esm.modeling_esm import apply_rotary_pos_emb
implements("rope", call="qk-tables", name="theirs")(apply_rotary_pos_emb)
""",
    "sines and cosines in one": """
from transformers.models.roformer.modeling_roformer import RoFormerSelfAttention
turned = lambda q, k, cos, sin: RoFormerSelfAttention.apply_rotary_position_embeddings(torch.cat([sin, cos], -1), q, k)
implements("rope", call="qk-tables", tables="n d/2", layout="interleaved", name="theirs")(turned)
""",
}
"""By what is peculiar to them, each in the words that a user would write."""
HEAD = "import torch\nfrom impls import implements\n"


def adapter(source: str) -> int:
    """How many lines of it are neither an import nor a declaration."""
    return sum("lambda" in line for line in source.splitlines())
