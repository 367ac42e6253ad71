"""How results are compared: by value, or up to what attention cannot see of the scores, or of the softmax behind them.

That depends on where an encoding acts. A bias and the terms of a form are scores themselves; a factor acts behind the
softmax, where every weight counts. Of vectors attention sees their products, and of places how they lie to one another.
"""

from collections.abc import Mapping
from types import MappingProxyType

from impls import Implementation
from impls.marker import Compare
from spec import ENCODINGS

COMES_TO: Mapping[str, Mapping[Compare, Compare]] = MappingProxyType(
    {
        "score": {"score": "value"},
        "content-score": {"score": "value"},
        "weights": {"score": "value", "softmax": "value"},
        "positions": {"score": "softmax"},
    }
)
"""What a declared comparison comes to, by where an encoding acts; itself, where nothing else is said."""


def compared(implementation: Implementation) -> Compare:
    """How the results of an implementation are compared, from what it declares and where its encoding acts."""
    declared = implementation.compare
    return COMES_TO.get(ENCODINGS[implementation.encoding].acts_on, {}).get(declared, declared)
