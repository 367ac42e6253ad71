"""The truth table: which encodings and statements there are, and one verdict for every pair.

The table is generated. A statement that does not apply says why; an encoding names what fails or is only bounded;
what is not named there is as its kind of definition says; everything else holds, and the tests prove every cell.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
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


def _modules(package: ModuleType) -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__))


class _Encodings(Mapping[str, Encoding]):
    """Every encoding, by its name, which is that of its file; it is defined when it is asked for."""

    def __init__(self) -> None:
        self.files = {file.replace("_", "-"): file for file in _modules(spec.encodings)}

    def __getitem__(self, name: str) -> Encoding:
        return _defined(self.files[name], name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


class WrongSpec(ValueError):
    """A file of an encoding that cannot be used; the message names it, and says what is wrong."""


@cache
def _defined(file: str, name: str) -> Encoding:
    """What a file defines. Raises WrongSpec where that is refused, or the file raises an error."""
    place = f"spec/encodings/{file}.py"
    try:
        encoding: Encoding = importlib.import_module(f"spec.encodings.{file}").ENCODING
        if encoding.name != name:
            raise ValueError(f"its encoding is called {encoding.name!r}; call it {name!r}, as the file")
    except ValueError as error:
        raise WrongSpec(f"{place}: {error}") from None
    except Exception as error:
        raise WrongSpec(f"{place} raises {type(error).__name__}: {error}") from error
    if sentence := complaint(encoding):
        raise WrongSpec(sentence)
    return encoding


ENCODINGS: Mapping[str, Encoding] = _Encodings()


def claimed(name: str, convention: str | None = None, parameters: Mapping[str, Any] = MappingProxyType({})) -> Encoding:
    """The encoding of this name, under a convention, and composed as its parameters say (spec.definitions.composition).

    Raises ValueError where these do not fit it.
    """
    return composed(ENCODINGS[name].under(convention), parameters)


_STATING = [importlib.import_module(f"spec.statements.{file}") for file in _modules(spec.statements)]
_STATED = [item for module in _STATING for item in vars(module).values() if isinstance(item, Statement)]
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
