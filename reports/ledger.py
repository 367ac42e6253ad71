"""What the sources claim and what to believe of it, computed anew for every report that is about everything."""

from typing import Any

from properties.claims.ledger import CLAIMS, LEMMAS
from spec.claims.claim import SOURCES, Claim
from spec.lemmas.lemma import Lemma


def ledger() -> dict[str, Any]:
    """The claims and the lemmas, each with the answer of its computation."""
    return {"claims": list(map(_claim, CLAIMS)), "lemmas": list(map(_lemma, LEMMAS))}


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.id,
        "source": SOURCES[claim.source],
        "place": claim.place,
        "says": claim.says,
        "verdict": claim.verdict,
        "because": claim.because,
        "checked": claim.check is not None,
        "stands": claim.stands(),
    }


def _lemma(lemma: Lemma) -> dict[str, Any]:
    return {
        "id": lemma.id,
        "sentence": lemma.sentence,
        "method": lemma.method,
        "cites": lemma.cites,
        "stands": lemma(),
    }
