"""The smallest case that still fails."""

import dataclasses
from collections.abc import Callable, Sequence
from random import Random

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException

from properties.cases.case import Case
from properties.cases.families import DIMS
from spec.definitions.placing import Segment

_SETTINGS = settings(
    max_examples=150,
    phases=[Phase.generate, Phase.shrink],
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def smallest(case: Case, fails: Callable[[Case], bool]) -> Case:
    """The simplest case no larger than the given one for which `fails` is still true; found by Hypothesis."""
    try:
        return find(_no_larger(case), fails, settings=_SETTINGS, random=Random(0))
    except HypothesisException:
        return case


def _no_larger(case: Case) -> st.SearchStrategy[Case]:
    if case.segments:
        return st.builds(dataclasses.replace, st.just(case), segments=_fewer(case.segments))
    dims = [dim for dim in DIMS if dim <= case.dim] if not case.parameters else []
    return st.builds(
        dataclasses.replace,
        st.just(case),
        dim=st.sampled_from(dims or [case.dim]),
        positions=_some(case.positions),
        others=_some(case.others),
        shift=st.sampled_from(sorted({1, 2, case.shift})),
        batch=st.sampled_from(range(1, case.batch + 1)),
        heads=st.sampled_from(range(1, case.heads + 1)),
        kind=st.sampled_from([case.kind, "gaussian"]),
    )


def _fewer(segments: Sequence[Segment]) -> st.SearchStrategy[tuple[Segment, ...]]:
    kept = [st.one_of(st.none(), _smaller(segment)) for segment in segments]
    return st.tuples(*kept).map(lambda some: tuple(each for each in some if each)).filter(lambda some: some or not kept)


def _smaller(segment: Segment) -> st.SearchStrategy[Segment]:
    kind, *sizes = segment
    return st.tuples(st.just(kind), *(st.integers(1, size) for size in sizes))


def _some(positions: Sequence[float]) -> st.SearchStrategy[tuple[float, ...]]:
    if not positions:
        return st.just(())
    nearest = st.sampled_from(sorted(set(positions), key=abs))
    return st.lists(nearest, min_size=1, max_size=min(len(positions), 4)).map(tuple)
