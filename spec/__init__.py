"""What is true: definitions, statements, proofs, exact values and error bounds. Nothing here knows of torch."""

from spec.encoding import Encoding
from spec.statement import Statement
from spec.truth import ENCODINGS, STATEMENTS, verdict
from spec.verdict import Bounded, Fails, Holds, NotApplicable, Verdict, Witness

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
    "verdict",
]
