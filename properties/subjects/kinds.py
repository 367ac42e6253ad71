"""Which subject fits an implementation: what its encoding acts on decides."""

from collections.abc import Mapping
from types import MappingProxyType

from impls import Implementation
from properties.cases.case import Case
from properties.subjects.assigned import Assigned
from properties.subjects.biases import Biases
from properties.subjects.calls import Instances
from properties.subjects.contents import Contents
from properties.subjects.factors import Factors
from properties.subjects.subject import Subject
from spec import ENCODINGS

KINDS: Mapping[str, type[Subject]] = MappingProxyType(
    {
        "query-key": Subject,
        "input": Subject,
        "score": Biases,
        "content-score": Contents,
        "weights": Factors,
        "positions": Assigned,
    }
)


def subject_of(implementation: Implementation, dtype: str, case: Case, instances: Instances | None = None) -> Subject:
    """The subject of an implementation at a dtype on a case."""
    kind = KINDS[ENCODINGS[implementation.encoding].acts_on]
    return kind(implementation, dtype, case, {} if instances is None else instances)
