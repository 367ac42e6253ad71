"""The truth table: which encodings and statements there are, and one verdict for every pair.

The table is generated. A statement that does not apply says why; an encoding names what fails or is only bounded;
what is not named there is as its kind of definition says; everything else holds, and the tests prove every cell.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain
from types import MappingProxyType, ModuleType
from typing import Any

import spec.encodings
import spec.statements
from spec.definitions.composition import composed
from spec.definitions.encoding import Encoding
from spec.definitions.refusals import near
from spec.definitions.verdict import Fails, Holds, NotApplicable, Verdict
from spec.proving.proofs import prove
from spec.proving.statement import SECTIONS, Statement


def _modules(package: ModuleType) -> list[ModuleType]:
    found = pkgutil.iter_modules(package.__path__, package.__name__ + ".")
    return [_imported(module.name) for module in sorted(found, key=lambda module: module.name)]


def _imported(name: str) -> ModuleType:
    """The module. Raises ValueError, which names its file, where a definition in it is refused."""
    try:
        return importlib.import_module(name)
    except ValueError as error:
        raise ValueError(f"{name.replace('.', '/')}.py: {error}") from None


ENCODINGS: Mapping[str, Encoding] = MappingProxyType(
    {
        module.ENCODING.name: module.ENCODING
        for module in _modules(spec.encodings)
        if isinstance(getattr(module, "ENCODING", None), Encoding)
    }
)


def claimed(name: str, convention: str | None = None, parameters: Mapping[str, Any] = MappingProxyType({})) -> Encoding:
    """The encoding of this name, under a convention, and composed as its parameters say (spec.definitions.composition).

    Raises ValueError where these do not fit it.
    """
    return composed(ENCODINGS[name].under(convention), parameters)


_STATED = [
    item for module in _modules(spec.statements) for item in vars(module).values() if isinstance(item, Statement)
]
STATEMENTS: Mapping[str, Statement] = MappingProxyType(
    {item.id: item for item in sorted(_STATED, key=lambda s: SECTIONS.index(s.section))}
)
"""In the order of their sections."""


def complaint(encoding: Encoding) -> str | None:
    """What is wrong with an encoding beside its definition, in a sentence; None where nothing is."""
    departures = (each.verdicts or {} for each in encoding.conventions.values())
    for name in chain(encoding.verdicts, encoding.definition.verdicts, *departures):
        if name not in STATEMENTS:
            return f"{encoding.name} has a verdict on {name!r}, and no statement is called so; {near(name, STATEMENTS)}"
    if encoding.unused:
        one = min(encoding.unused)
        return f"{encoding.name}: no expression uses the parameter {one}: write parameter({one!r}), or leave it out"
    return None


for _sentence in filter(None, map(complaint, ENCODINGS.values())):
    raise ValueError(_sentence)


@lru_cache(maxsize=2**16)
def verdict(encoding: Encoding, statement: Statement) -> Verdict:
    """What is true of a statement for an encoding."""
    reason = statement.reason_not_applicable(encoding)
    if reason is not None:
        return NotApplicable(reason)
    of_its_kind = encoding.definition.verdicts.get(statement.id, Holds())
    return encoding.verdicts.get(statement.id, of_its_kind)


def evidence(statement: Statement) -> str:
    """What its verdicts rest on: "proof"; "any definition", where none can fail; or "code", which alone is asked."""
    if statement.method == "contract":
        return "code"
    versions = (each.under(how) for each in ENCODINGS.values() for how in (None, *each.conventions))
    told = statement.method != "structure" or any(isinstance(verdict(each, statement), Fails) for each in versions)
    return "proof" if told else "any definition"


def holds(encoding: str, statement: str) -> bool:
    """Whether a statement holds for an encoding: the verdict of the table, proved on the spot, as a truth value.

    Raises AssertionError where the table's verdict is not proved, or where the statement does not apply.
    """
    told = verdict(ENCODINGS[encoding], STATEMENTS[statement])
    assert not isinstance(told, NotApplicable), f"{statement} does not apply to {encoding}"
    assert prove(ENCODINGS[encoding], STATEMENTS[statement], told).settled, f"{statement} of {encoding} is not proved"
    return isinstance(told, Holds)
