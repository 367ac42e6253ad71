"""What the spec says of mixed sequences, asked of the places that code gives them: one rule for both."""

from functools import partial

from properties.assigned import Assigned
from properties.checks.interface import refusal
from properties.evidence import Evidence, refuted, satisfied, worst
from properties.mixtures import mixed
from properties.record import checks
from properties.subject import Subject
from spec import Statement
from spec.assignments import Segment
from spec.places import flat, kinds
from spec.statements import assignments as says
from spec.statements import patches as says_of_patches

SHOWN = 12
