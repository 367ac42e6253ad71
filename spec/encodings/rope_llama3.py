"""The scaling of Llama 3: pairs that turn often keep their frequency, slow ones are interpolated, between them a ramp.

A pair of wavelength w = 2 pi / b^(-2i/d) turns L / w times in the original context of L tokens: `high_freq_factor`
times or more and it stays, `low_freq_factor` times or less and its frequency is divided by `factor`. On the ramp the
share that stays grows linearly with the turns. It is YaRN's interpolation by parts, without the attention factor.
"""

from spec.definitions import Encoding, Fails, Ladder, parameter, rotary, witness
from spec.definitions.ramps import POWER, by_turns
from spec.encodings.rope import DIRECTED, RISES

RAMP = by_turns(parameter("low_freq_factor"), parameter("high_freq_factor"))

ENCODING = Encoding(
    name="rope-llama3",
    title="Rotary position embedding with the frequencies of Llama 3",
    source="Grattafiori et al., The Llama 3 Herd of Models (2024), and apply_scaling of its published code",
    definition=rotary(Ladder(POWER * RAMP.share, RAMP.roundings)),
    parameters={
        "base": 500000.0,
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
    },
    verdicts={
        "symmetry": DIRECTED,
        "monotone-decay": RISES,
        "remote-decay": Fails(
            because="at dimension 64 the kernel's mean over [1024, 2048), 0.485 of all pairs, exceeds that over "
            "[512, 1024), 0.477",
            witness=witness(kernel=64, k=512),
        ),
    },
)
