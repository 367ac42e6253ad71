"""A door behind which the definition itself answers: what code does that is right as far as its dtype can tell.

It decides what a case can show where parameters are fixed, or limits declared, for which nobody proved that it does.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from impls.door.crossing import Answer, Dtype, Instance, Numbers, Packed, Request
from impls.door.dtypes import rounded
from properties.cases.case import Case
from properties.subjects.door import Door
from properties.subjects.setup import Setup


class Undecided(Exception):
    """The definition cannot be asked for this: a gradient, what has no sequence, places that it does not have."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Ideal(Door):
    """The truth of a case, asked as code is. `truth` is what the spec says of a setup."""

    case: Case
    truth: Callable[[Setup], Any]

    def fresh(self) -> "Ideal":
        """The same: it remembers nothing."""
        return self

    def takes(self, wanted: Instance, keyword: str) -> bool:
        """Whatever its kind of definition has a word for."""
        return super().takes(wanted, keyword) if keyword != "role" else True

    def ask(self, request: Request) -> Answer:
        """The true result, rounded to the dtype of the call. Raises Undecided."""
        if any(isinstance(each, Packed) for each in request.given):
            raise Undecided("what is packed")
        given, named = list(map(_plain, request.given)), {name: _plain(each) for name, each in request.named.items()}
        floats = [each.dtype for each in (*request.given, *request.named.values()) if isinstance(each, Numbers)]
        asked = [each.name for each in request.named.values() if isinstance(each, Dtype)]
        dtype = (*asked, *(d for d in floats if d.startswith(("float", "bfloat"))), "float32")[0]
        truth = self.truth(Setup(self.implementation, dtype, self._case(request, given), anchored=False))
        if request.under != "eager" or not hasattr(truth, "ideal"):
            raise Undecided(request.under)
        try:
            values = rounded(truth.ideal(*given, **named), dtype)
        except (ValueError, IndexError) as error:
            raise Undecided(str(error)) from error
        return Answer(values=values, dtype=dtype, afterwards=self.put(request).numbers)

    def _case(self, request: Request, given: list[Any]) -> Case:
        """The case of one call: its positions say how far the sequence reaches."""
        places = [int(each.max()) for each in given if isinstance(each, np.ndarray) and each.ndim == 1 and each.size]
        reached = (max(places, default=0),)
        instance = request.instance
        return dataclasses.replace(self.case, dim=instance.dim, parameters=instance.parameters, positions=reached)


def _plain(argument: Any) -> Any:
    return argument.values if isinstance(argument, Numbers) else argument
