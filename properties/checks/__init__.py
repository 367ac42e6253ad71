"""The equations, by subject; a file put here is part of the suite. `s` is code with the truth about it.

Handed on is what somebody needs who writes one.
"""

from properties.cases import families
from properties.checks.comparisons import is_exact, refusal, same, scores_agree
from properties.checks.evidence import Evidence, agreement, difference, refuted, satisfied, worst
from properties.checks.property import (
    Inapplicable,
    checks,
    is_strict,
    takes_a_parameter,
    takes_any_order,
    takes_fractions,
    takes_negative_positions,
    unlimited,
)
from properties.subjects.assignment import OnAssignments
from properties.subjects.map import OnMaps
from properties.subjects.protocols import Code, Truth
from properties.subjects.subject import Attending, Subject
from properties.subjects.table import OnTables
from properties.subjects.vectors import OnVectors

__all__ = [
    "Attending",
    "Code",
    "Evidence",
    "Inapplicable",
    "OnAssignments",
    "OnMaps",
    "OnTables",
    "OnVectors",
    "Subject",
    "Truth",
    "agreement",
    "checks",
    "difference",
    "families",
    "is_exact",
    "is_strict",
    "refusal",
    "refuted",
    "same",
    "satisfied",
    "scores_agree",
    "takes_a_parameter",
    "takes_any_order",
    "takes_fractions",
    "takes_negative_positions",
    "unlimited",
    "worst",
]
