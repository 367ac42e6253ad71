"""What can be defined, and the letters, verdicts and parts of which definitions are made."""

from spec.definitions.assignment import Assignment
from spec.definitions.bias import Bias
from spec.definitions.blocks import Blocks
from spec.definitions.departure import Departure
from spec.definitions.domain import Domain, Grid, along
from spec.definitions.encoding import Encoding
from spec.definitions.evaluation import Parameters
from spec.definitions.factor import Factor
from spec.definitions.form import Form
from spec.definitions.map import Map
from spec.definitions.rotary import (
    LADDER,
    Amplitude,
    Dealing,
    Ladder,
    Turned,
    equal_sections,
    lengthened,
    pairs,
    rotary,
    sections,
)
from spec.definitions.rotations import rotation
from spec.definitions.symbols import (
    BASE,
    CONTENT,
    DIM,
    HEAD,
    HEADS,
    INDEX,
    KEY,
    LENGTH,
    POSITION,
    QUERY,
    ROTARY_DIM,
    SCALE,
    TABLE,
    THETA,
    parameter,
    positive,
    sequence,
)
from spec.definitions.table import Table
from spec.definitions.verdict import Bounded, Fails, Holds, NotApplicable, Verdict, Witness, witness
from spec.definitions.words import ActsOn, Layout, Positions, Undefined

__all__ = [
    "BASE",
    "CONTENT",
    "DIM",
    "HEAD",
    "HEADS",
    "INDEX",
    "KEY",
    "LADDER",
    "LENGTH",
    "POSITION",
    "QUERY",
    "ROTARY_DIM",
    "SCALE",
    "TABLE",
    "THETA",
    "ActsOn",
    "Amplitude",
    "Assignment",
    "Bias",
    "Blocks",
    "Bounded",
    "Dealing",
    "Departure",
    "Domain",
    "Encoding",
    "Factor",
    "Fails",
    "Form",
    "Grid",
    "Holds",
    "Ladder",
    "Layout",
    "Map",
    "NotApplicable",
    "Parameters",
    "Positions",
    "Table",
    "Turned",
    "Undefined",
    "Verdict",
    "Witness",
    "along",
    "equal_sections",
    "lengthened",
    "pairs",
    "parameter",
    "positive",
    "rotary",
    "rotation",
    "sections",
    "sequence",
    "witness",
]
