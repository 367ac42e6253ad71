"""Which encodings the tests have proved: what is not written down here is proved before code is held to it.

python -m spec record > spec/proved.toml      proves everything, and writes it down
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from spec.definitions.encoding import Encoding
from spec.proving.suggestions import settled
from spec.truth import ENCODINGS, STATEMENTS, verdict

HERE = Path(__file__).parent
RECORD = HERE / "proved.toml"
ROOMS = ("definitions", "numbers", "proving", "statements")
"""What a proof rests on, beside the encoding."""


def versions(encoding: Encoding) -> dict[str, Encoding]:
    """An encoding, and it under each of its conventions, by what they are called."""
    under = {f"{encoding.name}, {each}": encoding.under(each) for each in encoding.conventions}
    return {encoding.name: encoding, **under}


def unsettled(encoding: Encoding) -> Iterator[str]:
    """The statements on which the verdict for this encoding is not proved."""
    return (name for name, each in STATEMENTS.items() if not settled(encoding, each, verdict(encoding, each)))


def unproved(name: str, convention: str | None) -> list[str]:
    """The statements on which nothing is known to be proved; those of an encoding as it was recorded all are."""
    if _recorded().get(name) == digest(name):
        return []
    return list(unsettled(ENCODINGS[name].under(convention)))


@cache
def digest(name: str) -> str:
    """A fingerprint of an encoding: of its file, those of other encodings that it imports, and of what proves it."""
    path = HERE / "encodings" / f"{name.replace('-', '_')}.py"
    return hashlib.sha256(_proving() + _with_imports(path)).hexdigest()[:16]


@cache
def _proving() -> bytes:
    return b"".join(path.read_bytes() for room in ROOMS for path in sorted((HERE / room).glob("*.py")))


@cache
def _with_imports(path: Path) -> bytes:
    """The file of an encoding, and those of the encodings that it imports from."""
    text = path.read_bytes()
    others = re.findall(rb"^from spec\.encodings\.(\w+) import", text, re.MULTILINE)
    return text + b"".join(_with_imports(path.with_name(f"{name.decode()}.py")) for name in others)


@cache
def _recorded() -> dict[str, str]:
    return tomllib.loads(RECORD.read_text()) if RECORD.is_file() else {}


def written() -> str:
    """The record of all encodings of which everything is proved."""
    proved = [name for name, one in ENCODINGS.items() if not any(any(unsettled(e)) for e in versions(one).values())]
    head = "# The encodings of which every cell is proved, each with a fingerprint of its file: see record.py.\n\n"
    return head + "".join(f'{name} = "{digest(name)}"\n' for name in sorted(proved))
