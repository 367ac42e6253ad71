"""Which encodings the tests have proved: what is not written down here is proved before code is held to it.

python -m spec record > spec/proved.toml      proves everything, and writes it down
"""

import hashlib
import importlib
import pkgutil
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import spec.encodings
from spec.definitions.encoding import Encoding
from spec.proving.suggestions import settled
from spec.truth import ENCODINGS, STATEMENTS, verdict

RECORD = Path(__file__).with_name("proved.toml")


def versions(encoding: Encoding) -> dict[str, Encoding]:
    """An encoding, and it under each of its conventions, by what they are called."""
    under = {f"{encoding.name}, {each}": encoding.under(each) for each in encoding.conventions}
    return {encoding.name: encoding, **under}


def unsettled(encoding: Encoding) -> Iterator[str]:
    """The statements on which the verdict for this encoding is not proved."""
    return (name for name, each in STATEMENTS.items() if not settled(encoding, each, verdict(encoding, each)))


def unproved(name: str, convention: str | None) -> list[str]:
    """The statements on which nothing is known to be proved; those of an encoding as it was recorded all are."""
    if _recorded().get(name) == digests().get(name):
        return []
    return list(unsettled(ENCODINGS[name].under(convention)))


def digests() -> dict[str, str]:
    """A fingerprint of the file of every encoding, and of which statements there are."""
    names = [f"{spec.encodings.__name__}.{each.name}" for each in pkgutil.iter_modules(spec.encodings.__path__)]
    found = [(getattr(importlib.import_module(name), "ENCODING", None), name) for name in names]
    files = {one.name: importlib.import_module(name).__file__ for one, name in found if isinstance(one, Encoding)}
    asked = " ".join(STATEMENTS).encode()
    return {name: hashlib.sha256(asked + Path(str(file)).read_bytes()).hexdigest()[:16] for name, file in files.items()}


@cache
def _recorded() -> dict[str, str]:
    return tomllib.loads(RECORD.read_text()) if RECORD.is_file() else {}


def written() -> str:
    """The record of all encodings of which everything is proved."""
    known = digests()
    proved = [name for name, one in ENCODINGS.items() if not any(any(unsettled(e)) for e in versions(one).values())]
    head = "# The encodings of which every cell is proved, each with a fingerprint of its file: see record.py.\n\n"
    return head + "".join(f'{name} = "{known[name]}"\n' for name in sorted(proved))
