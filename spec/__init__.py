"""What is true: definitions, statements, proofs, exact values and error bounds. Nothing here knows of torch."""

from spec.definitions.encoding import Encoding
from spec.definitions.verdict import Bounded, Fails, Holds, NotApplicable, Verdict, Witness
from spec.proving.statement import Statement
from spec.truth import ENCODINGS, STATEMENTS, WrongSpec, claimed, verdict

__all__ = [
    "ENCODINGS",
    "STATEMENTS",
    "Bounded",
    "Encoding",
    "Fails",
    "Holds",
    "NotApplicable",
    "Statement",
    "Verdict",
    "Witness",
    "WrongSpec",
    "claimed",
    "verdict",
]
