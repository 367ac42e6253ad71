"""Which subject fits an implementation: what its encoding acts on decides."""

from collections.abc import Mapping
from types import MappingProxyType

from impls import Implementation
from properties.assigned import Assigned
from properties.biases import Biases
from properties.calls import Instances
from properties.case import Case
from properties.contents import Contents
from properties.factors import Factors
from properties.subject import Subject
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
