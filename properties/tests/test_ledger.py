"""Every claim of the sources has its verdict, and every other verdict is wrong."""

from dataclasses import replace
from itertools import chain

import pytest

from properties.claims.ledger import CLAIMS
from spec.claims.claim import SOURCES, VERDICTS, Claim

NUMBERED = {
    "rope-notes": [*range(1, 25), 206],
    "basics": [*range(30, 57), *range(207, 215)],
    "index": [*range(60, 63), *range(64, 69), 215],
    "rope-tie": [*range(70, 103), *range(216, 222), 257],
    "survey": [*range(110, 206), *range(222, 257)],
}
IDS = [f"C{number:03}" for number in sorted(chain.from_iterable(NUMBERED.values()))]
claims = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)


def test_no_claim_is_left_out():
    assert [claim.id for claim in CLAIMS] == IDS


@claims
def test_a_claim_says_what_and_where_and_why(claim: Claim):
    assert claim.source in SOURCES
    assert int(claim.id[1:]) in NUMBERED[claim.source]
    assert claim.verdict in VERDICTS
    assert claim.place
    assert claim.says.endswith((".", "?", "!"))
    assert claim.because.endswith(".")
    assert (claim.check is None) == (claim.verdict == "undecidable")


@claims
def test_the_verdict_is_what_the_computation_says_and_no_other_is(claim: Claim):
    if claim.check is None:
        pytest.skip(claim.because)
    answer = claim.check()
    told = replace(claim, check=lambda: answer)
    assert told.stands()
    rivals = [replace(told, verdict=verdict) for verdict in VERDICTS if verdict != claim.verdict]
    assert not any(rival.stands() for rival in rivals)
