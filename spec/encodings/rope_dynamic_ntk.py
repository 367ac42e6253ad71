"""Dynamic NTK scaling: RoPE whose base grows with the sequence, once it is longer than `max_position_embeddings`.

Of a sequence of length n > L the base is b (s n / L - (s - 1))^(d/(d-2)), s the `factor`; up to L it is b. At n = L
both agree, and for long sequences it is the NTK-aware base for the factor s n / L. What was encoded in a shorter
sequence, a cached key for instance, was turned by other angles. Needs two pairs.
"""

from sympy import Abs, Max, log

from spec.definitions import BASE, DIM, INDEX, LENGTH, Bounded, Encoding, Fails, Ladder, parameter, rotary, witness
from spec.definitions.ramps import FACTOR
from spec.encodings.rope import DIRECTED, RISES
from spec.encodings.rope_ntk import EXPONENT

TRAINED = parameter("max_position_embeddings")
STRETCH = FACTOR * Max(LENGTH, TRAINED) / TRAINED - (FACTOR - 1)


def follows(what: str) -> dict[str, Fails]:
    """The verdicts of what a token behind the trained length changes for those before it."""
    told = Fails(
        because=f"a token at 8191 makes {what}: one at 5 is turned otherwise",
        witness=witness(positions=(5, 8191)),
    )
    return {"length-independence": told, "prefill-equals-decode": told}


ENCODING = Encoding(
    name="rope-dynamic-ntk",
    title="Rotary position embedding with a base that grows with the sequence",
    source="emozilla, Dynamically Scaled RoPE (2023); Peng et al., YaRN (2023), section 3.3",
    definition=rotary(
        Ladder(
            (BASE * STRETCH**EXPONENT) ** (-2 * INDEX / DIM),
            # Of x = s n / L - (s - 1), the two steps to s n / L round, s - 1 and x: by 2 (x + s - 1) + |s - 1| + x in
            # all. The exponent scales that; then as for the NTK-aware base, with x in place of s.
            2 * INDEX / DIM * (EXPONENT * (3 + 3 * Abs(FACTOR - 1) / STRETCH + 3 * log(STRETCH)) + 4),
        ),
        least=4,
    ),
    parameters={"base": 10000.0, "factor": 2.0, "max_position_embeddings": 2048},
    verdicts={
        "symmetry": DIRECTED,
        "monotone-decay": RISES,
        "remote-decay": Bounded(
            form="the kernel's means over [2^j, 2^(j+1)) strictly decrease for j = 0..11, all within one sequence of "
            "length 4096 (base 10000, factor 2, trained on 2048, dimensions 64, 80, ..., 512)"
        ),
        **follows("the base larger"),
    },
)
