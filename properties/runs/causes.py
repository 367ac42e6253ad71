"""What is told of an implementation with several failures before any of them: how many, and where to begin."""

from collections.abc import Iterable, Iterator, Sequence

from impls.door.far import GIVEN_UP
from properties.runs.messages import told
from properties.runs.result import Result

FAILED = "what does not conform"
"""Under this name tests hand it on."""
Failed = tuple[str, str, Sequence[str], bool]
"""An implementation, a property that it does not have, the mistakes that fit, and whether it was asked at all."""


def failed(results: Iterable[Result]) -> tuple[Failed, ...]:
    """What does not conform."""
    wrong = (each for each in results if not each.conforms)
    return tuple((e.implementation, e.property, e.diagnosis, not e.message.startswith(GIVEN_UP)) for e in wrong)


def causes(found: Iterable[Failed]) -> Iterator[str]:
    """A sentence for every implementation of which several properties fail; begin with what comes first."""
    by_name: dict[str, list[Failed]] = {}
    for each in found:
        by_name.setdefault(each[0], []).append(each)
    for name, own in by_name.items():
        ids = list(dict.fromkeys(prop for _, prop, _, asked in own if asked))
        unasked = len({prop for _, prop, _, asked in own if not asked} - set(ids))
        shared = [mistake for mistake in own[0][2] if all(mistake in diagnosis for _, _, diagnosis, _ in own)]
        left = f" {unasked} more were not asked: it was given up." if unasked else ""
        if len(ids) > 1 or left:
            begin = f" Begin with {ids[0]}: the others may follow." if len(ids) > 1 else ""
            cause = f" One cause fits all: {shared[0]}" if shared else begin
            yield f"{name}: {len(ids)} {'property fails' if len(ids) == 1 else 'properties fail'}.{cause}{left}"


def together(results: Sequence[Result]) -> str:
    """Results of one property: the first in full, and of the other dtypes how far off they are, if they say no more."""
    first, *others = results
    alike = [each for each in others if (each.property, each.outcome) == (first.property, first.outcome)]
    also = ", ".join(each.dtype + _times(each) for each in alike if each.dtype)
    rest = [told(each) for each in others if each not in alike]
    return "\n\n".join([told(first) + (f"\n  also in {also}" if also else ""), *rest])


def _times(result: Result) -> str:
    return f" ({result.error / result.bound:.3g} times the bound)" if result.error and result.bound else ""
