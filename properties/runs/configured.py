"""Where parameters are fixed, limits declared, or numbers learned, the definition says what a case can show of code."""

from impls import Implementation
from impls.door.misbehaviour import Misbehaved
from properties.cases.case import Case
from properties.cases.witnesses import departs, variations
from properties.checks.property import Inapplicable, Property
from properties.subjects import ideal_of
from properties.subjects.ideal import Undecided
from spec import Fails
from spec.numbers.learned import learned


def witness_for(implementation: Implementation, prop: Property, dtype: str, truth: Fails) -> Case:
    """The case that shows a failure: that of the spec, or one near it as the code is configured and limited.

    Raises Inapplicable where the definition shows none.
    """
    cases = variations(truth.witness)
    if not departs(implementation):
        return cases[0]
    for case in cases:
        if _ideal(implementation, prop, dtype, case.within(implementation)) is not True:
            return case
    raise Inapplicable(f"{truth.because}: not seen with these parameters, within these limits")


def expect_shown(implementation: Implementation, prop: Property, dtype: str, case: Case) -> None:
    """Raises Inapplicable where the definition itself does not show a property that it has in general."""
    decides = departs(implementation) or learned(implementation.claimed)
    if decides and _ideal(implementation, prop, dtype, case) is False:
        raise Inapplicable("the definition itself does not show it with these parameters, within these limits")


def _ideal(implementation: Implementation, prop: Property, dtype: str, case: Case) -> bool | None:
    """Whether the definition itself has a property on a case; None where that cannot be found out."""
    try:
        return prop.check(ideal_of(implementation, dtype, case)).holds
    except (Misbehaved, Inapplicable, Undecided):
        return None
