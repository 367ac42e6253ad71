"""Arbitrary small reports that satisfy the schema, and the shards of one."""

import copy
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st

from reports.outcomes import OUTCOMES, TRUTHS

MODEST = settings(deadline=None, max_examples=50, phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink))
# no surrogates: JSON files cannot hold them in UTF-8
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAME = st.one_of(
    st.sampled_from(["rope", "a b", "<b>", "|", "`x`", "é", "a\x00b", "\u202e", "__proto__"]),
    TEXT.filter(bool),
)
NUMBER = st.one_of(st.none(), st.just(0.0), st.floats(min_value=0, allow_infinity=False, allow_nan=False))
COUNT = st.integers(0, 10**6)
MAYBE = st.one_of(st.none(), TEXT)
DTYPE = st.one_of(st.sampled_from(["float64", "float32", "bfloat16", "float16"]), NAME)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=5,
)
MATHML = st.one_of(st.none(), TEXT, st.just("<math><mi>x</mi></math>"), st.just("<math><script>1</script></math>"))


def record(required: dict[str, Any], optional: dict[str, Any] | None = None) -> Any:
    return st.fixed_dictionaries(required, optional=optional or {})


@st.composite
def documents(draw: Any, *, complete: bool | None = None) -> dict[str, Any]:
    """A report over a few names; cells are unique, everything else is arbitrary."""
    names = draw(st.lists(NAME, min_size=1, max_size=3, unique=True))
    encodings = draw(st.lists(NAME, min_size=1, max_size=2, unique=True))
    stated = draw(st.lists(NAME, min_size=1, max_size=3, unique=True))
    name, encoding, identifier = (st.sampled_from(each) for each in (names, encodings, stated))
    implementation = record(
        {
            "encoding": encoding, "form": MAYBE, "layout": MAYBE, "source": MAYBE, "version": MAYBE,
            "dtypes": st.lists(DTYPE, max_size=2), "status": st.sampled_from(["ok", "error", "unavailable"]),
        },
        {
            "message": MAYBE, "parameters": st.dictionaries(TEXT, JSON, max_size=2), "positions": MAYBE,
            "max_position": st.one_of(st.none(), COUNT),
            "fingerprint": st.dictionaries(
                st.sampled_from(["layout", "direction", "base"]), st.one_of(MAYBE, st.floats(0, 1))),
            "usable_context": st.dictionaries(DTYPE, record(
                {"position": COUNT, "limited_by": st.sampled_from(["accuracy", "declared"])}), max_size=2),
            "accuracy": st.lists(
                record({"dtype": DTYPE, "position": COUNT, "error": NUMBER, "bound": NUMBER}), max_size=4),
        },
    )  # fmt: skip
    result = record(
        {
            "implementation": name, "encoding": encoding, "property": identifier,
            "dtype": st.one_of(st.none(), DTYPE),
            "expected": st.sampled_from([None, *TRUTHS]),
            "outcome": st.sampled_from(list(OUTCOMES)), "cases": COUNT,
            "seconds": st.floats(0, 1e6), "error": NUMBER, "bound": NUMBER, "message": TEXT,
            "reproduce": TEXT,
            "witness": st.one_of(st.none(), st.dictionaries(TEXT, JSON, max_size=3)),
            "diagnosis": st.lists(TEXT, max_size=2),
        },
        {"reason": MAYBE},
    )  # fmt: skip
    cost = record(
        {
            "implementation": name, "encoding": encoding, "form": MAYBE, "dtype": DTYPE,
            "shape": st.lists(COUNT, max_size=3), "seconds": NUMBER, "bytes": NUMBER, "flops": NUMBER,
            "ratio_to_copy": NUMBER,
        },
        {
            "kind": st.sampled_from(["prefill", "decode", "training"]), "noise": NUMBER, "tokens": COUNT,
            "batch": COUNT, "floor": st.sampled_from(["copy", "writing", "product"]), "ratio": NUMBER,
            "applying": NUMBER, "passes": NUMBER, "memory": NUMBER, "launches": st.one_of(st.none(), COUNT),
        },
    )  # fmt: skip
    verdict = record(
        {"encoding": encoding, "property": identifier, "verdict": st.sampled_from(list(TRUTHS))},
        {"method": st.sampled_from([None, "theorem"]), "reason": MAYBE, "witness": JSON, "mathml": MATHML},
    )
    made = {
        "schema": 1,
        "suite": {"version": "1", "digest": draw(NAME), "profile": draw(NAME), "seed": draw(st.integers())},
        "environment": {
            "python": "3", "torch": draw(NAME), "hypothesis": "6", "platform": draw(TEXT), "cpu": draw(TEXT),
            "threads": 1,
        },
        "implementations": [{"name": each, **draw(implementation)} for each in names],
        "results": draw(st.lists(
            result, max_size=5, unique_by=lambda r: (r["implementation"], r["property"], r["dtype"]))),
        "costs": draw(st.lists(cost, max_size=2, unique_by=lambda c: (c["implementation"], c["dtype"]))),
    }  # fmt: skip
    if draw(st.booleans()):
        made["encodings"] = [{"name": each, "definition": draw(MATHML), "layouts": draw(JSON)} for each in encodings]
        made["properties"] = [
            {"id": each, "title": draw(TEXT), "statement": draw(TEXT), "section": draw(TEXT)} for each in stated
        ]
        made["verdicts"] = draw(st.lists(verdict, max_size=3, unique_by=lambda v: (v["encoding"], v["property"])))
        made["kill_matrix"] = {
            "faults": [{"name": "f"}],
            "properties": stated,
            "kills": [[True] * len(stated)],
        }
    if draw(st.booleans()) if complete is None else complete:
        made["complete"] = True
    return made


@st.composite
def shards(draw: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A complete report, and its cells dealt out to machines, one of which may have another cpu."""
    whole = draw(documents(complete=True))
    count = draw(st.integers(1, 3))
    parts = [copy.deepcopy({**whole, "results": [], "costs": []}) for _ in range(count)]
    for field in ("results", "costs"):
        for each in whole[field]:
            parts[draw(st.integers(0, count - 1))][field].append(each)
    parts[-1]["environment"]["cpu"] = draw(TEXT)
    return whole, parts
