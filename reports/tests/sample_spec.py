"""What a made-up spec says: encodings, properties, verdicts and faults of the sample."""

from typing import Any

ROTATION = (
    "<math><mrow><msub><mi>R</mi><mi>m</mi></msub><mo>=</mo><mrow><mo>(</mo><mtable><mtr><mtd><mi>cos</mi><mi>m</mi><mi>θ"
    "</mi></mtd><mtd><mo>-</mo><mi>sin</mi><mi>m</mi><mi>θ</mi></mtd></mtr><mtr><mtd><mi>sin</mi><mi>m</mi><mi>θ</mi>"
    "</mtd><mtd><mi>cos</mi><mi>m</mi><mi>θ</mi></mtd></mtr></mtable><mo>)</mo></mrow></mrow></math>"
)
WAVE = (
    "<math><mrow><msub><mi>P</mi><mrow><mi>m</mi><mo>,</mo><mn>2</mn><mi>i</mi></mrow></msub><mo>=</mo><mi>sin</mi>"
    "<mo>(</mo><mi>m</mi><mo>&InvisibleTimes;</mo><msub><mi>θ</mi><mi>i</mi></msub><mo>)</mo></mrow></math>"
)
SLOPE = (
    "<math><mrow><msub><mi>b</mi><mrow><mi>m</mi><mi>n</mi></mrow></msub><mo>=</mo><mo>-</mo><msub><mi>s</mi><mi>h</mi>"
    "</msub><mfenced open='|' close='|'><mrow><mi>m</mi><mo>-</mo><mi>n</mi></mrow></mfenced></mrow></math>"
)
RESIDUAL = (
    "<math><mrow><msubsup><mi>R</mi><mi>m</mi><mi>T</mi></msubsup><msub><mi>R</mi><mi>n</mi></msub><mo>-</mo>"
    "<msub><mi>R</mi><mrow><mi>n</mi><mo>-</mo><mi>m</mi></mrow></msub><mo>=</mo><mn>0</mn></mrow></math>"
)

ENCODINGS: tuple[dict[str, Any], ...] = (
    {
        "name": "rope",
        "title": "Rotary position embedding",
        "acts_on": "query-key",
        "source": "https://example.org/rope",
        "definition": ROTATION,
        "parameters": {"base": 10000.0},
        "layouts": ["interleaved", "half"],
        "conventions": [],
    },
    {
        "name": "sinusoidal",
        "title": "Sinusoidal table",
        "acts_on": "input",
        "source": "https://example.org/attention",
        "definition": WAVE,
        "parameters": {"base": 10000.0},
        "layouts": ["interleaved", "half"],
        "conventions": ["tensor2tensor"],
    },
    {
        "name": "alibi",
        "title": "Attention with linear biases",
        "acts_on": "score",
        "source": "https://example.org/alibi",
        "definition": SLOPE,
        "parameters": {"causal": False},
        "layouts": [],
        "conventions": ["geometric"],
    },
)

FAULTS = (
    ("sign-flipped", "turns clockwise"),
    ("angles-bf16", "angles in bfloat16"),
    ("off-by-one", "positions from one"),
    ("cache-key", "cache ignores the base"),
    ("wrong-exponent", "exponent i/d instead of 2i/d"),
)


def _property(
    identifier: str,
    section: str,
    statement: str,
    *,
    expected: str = "holds",
    skips: tuple[str, ...] = (),
    measure: str | None = "the largest absolute difference",
    measured: bool = True,
    catches: tuple[str, ...] = (),
) -> dict[str, Any]:
    return {
        "id": identifier,
        "title": identifier.replace("-", " "),
        "statement": statement,
        "section": section,
        "measure": measure,
        "catches": list(catches),
        "_expected": expected,
        "_skips": skips,
        "_measured": measured,
    }


PROPERTIES: tuple[dict[str, Any], ...] = (
    _property(
        "agreement-with-exact",
        "Values",
        "The result differs from the exact one by no more than the rounding bound.",
        catches=("sign-flipped", "angles-bf16", "off-by-one", "wrong-exponent"),
    ),
    _property("norm", "Values", "The norm of a vector is what it was before it was encoded.", skips=("alibi",)),
    _property(
        "large-positions",
        "Values",
        "At positions up to 2^20 the error stays within its bound.",
        catches=("angles-bf16",),
    ),
    _property(
        "boundedness",
        "Values",
        "No coordinate exceeds a bound that does not depend on the position.",
        skips=("rope",),
        expected="bounded",
    ),
    _property(
        "relative-position-invariance",
        "Positions",
        "The logit of (q at m, k at n) depends on m and n through n - m only.",
        skips=("sinusoidal",),
        measure="the difference of two logits, over the norms of q and k",
        catches=("angles-bf16",),
    ),
    _property(
        "identity-at-zero",
        "Positions",
        "Position 0 leaves a vector as it is.",
        skips=("sinusoidal", "alibi"),
        catches=("off-by-one",),
    ),
    _property(
        "group-law",
        "Positions",
        "Turning by m and then by n is turning by m + n.",
        skips=("sinusoidal", "alibi"),
    ),
    _property(
        "remote-decay",
        "Positions",
        "Averages of the kernel over [2^j, 2^(j+1)) decrease.",
        expected="bounded",
    ),
    _property(
        "permutation-non-invariance",
        "Positions",
        "Some permutation of the tokens changes the output.",
        expected="holds",
        measured=False,
        measure=None,
    ),
    _property(
        "instances-undisturbed",
        "Code",
        "Two instances with different parameters do not disturb each other.",
        catches=("cache-key",),
    ),
    _property("gradients", "Code", "Gradients agree with those of the exact expression."),
    _property(
        "compiled",
        "Code",
        "The compiled function returns what the eager one returns.",
        measured=False,
        measure=None,
    ),
)


def verdicts(properties: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    """One a property and encoding; identities carry a residual, what fails a witness."""
    made = []
    for stated in properties:
        for encoding in ENCODINGS:
            skipped = encoding["name"] in stated["_skips"]
            verdict = "not-applicable" if skipped else stated["_expected"]
            if stated["id"] == "remote-decay" and encoding["name"] == "sinusoidal":
                verdict = "fails"
            made.append(
                {
                    "encoding": encoding["name"],
                    "property": stated["id"],
                    "verdict": verdict,
                    "method": {"holds": "identity", "bounded": "quantity"}.get(verdict),
                    "reason": {
                        "not-applicable": f"it acts on {encoding['acts_on']}, where this has no meaning",
                        "holds": "the residual is identically zero",
                        "fails": "a sum of cosines is almost periodic",
                        "bounded": "holds for 0 <= j < 14",
                    }[verdict],
                    "witness": {"k": 71000, "ratio": 0.99999} if verdict == "fails" else None,
                    "mathml": RESIDUAL if verdict == "holds" and stated["section"] == "Positions" else None,
                }
            )
    return made


def kill_matrix(faults: tuple[tuple[str, str], ...], properties: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    """A fault is killed by the properties that declare it."""
    return {
        "faults": [{"name": name, "title": title} for name, title in faults],
        "properties": [stated["id"] for stated in properties],
        "kills": [[name in stated["catches"] for stated in properties] for name, _ in faults],
    }
