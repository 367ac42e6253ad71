"""Numbers, cases and hostile text as short readable words, the same in every rendering."""

import json
import math
import unicodedata
from typing import Any

KNOWN_DTYPES = ("float64", "float32", "bfloat16", "float16")
LONGEST = 2000
FEW = 12

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def plain(item: object) -> str:
    """Text whose control, direction and surrogate characters are spelled out; line feeds and tabs stay."""
    text = str(item)
    if text.isprintable():
        return text
    return "".join(
        character
        if character in "\n\t" or unicodedata.category(character) not in _INVISIBLE
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def line(text: object) -> str:
    """The same on one line."""
    return " ".join(plain(text).split())


def clip(text: str, longest: int = LONGEST) -> str:
    """At most `longest` characters, saying how many were left out."""
    return text if len(text) <= longest else f"{text[:longest]} … ({len(text) - longest} more characters)"


def number(value: float | int | None) -> str:
    """`2.4e-7`, `0.917`, `2130`; integers below a million in full; a dash for nothing."""
    if value is None:
        return "–"
    if not math.isfinite(value):
        return str(float(value))
    if value == 0 or (float(value).is_integer() and abs(value) < 1e6):
        return str(int(value))
    if 0.01 <= abs(value) < 1000:
        return f"{value:.3g}"
    if 1000 <= abs(value) < 1e6:
        return str(int(float(f"{value:.3g}")))
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


def grouped(value: int) -> str:
    """`131 072`, in groups of three with thin spaces."""
    return f"{value:,}".replace(",", "\u2009")


def counted(count: int, noun: str, plural: str = "") -> str:
    """`1 case`, `3 cases`, `0 properties`."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def ratio(error: float | None, bound: float | None) -> float | None:
    """Error over bound; infinite when a positive error meets a bound of zero; None when either is missing."""
    if error is None or bound is None:
        return None
    if bound == 0:
        return 0.0 if error == 0 else math.inf
    return error / bound


def measured(error: float | None, bound: float | None) -> str:
    """`measured 3.1e-2, bound 1.2e-6: 2.6e4 times the bound`. Empty without a number: a message says why."""
    if error is None:
        return ""
    if bound is None:
        return f"measured {number(error)}, no bound"
    excess = times(error, bound)
    return f"measured {number(error)}, bound {number(bound)}" + (f": {excess}" if excess else "")


def times(error: float | None, bound: float | None) -> str:
    """`2.6e4 times the bound`; empty when that says nothing."""
    share = ratio(error, bound)
    return f"{number(share)} times the bound" if share and math.isfinite(share) else ""


def value(item: Any) -> str:
    """A small JSON value as one short line; of a long list its ends and its length."""
    if isinstance(item, str):
        return clip(line(item), 400)
    if isinstance(item, float):
        return f"{item:.9g}"
    if isinstance(item, list) and len(item) > FEW:
        ends = [value(each) for each in (*item[:4], *item[-2:])]
        return f"[{', '.join(ends[:4])}, …, {', '.join(ends[4:])}] ({len(item)} entries)"
    return clip(line(json.dumps(item, ensure_ascii=False, sort_keys=True)), 400)


def share(error: float | None, bound: float | None) -> str:
    """Error over bound with two decimals, so that a column of them aligns; empty when there is none."""
    found = ratio(error, bound)
    if found is None or not math.isfinite(found):
        return ""
    return f"{found:.2f}" if found < 1000 else number(found)


def case(witness: dict[str, Any] | None) -> str:
    """`m = 257, n = 0, dim = 8`; empty for no witness."""
    return ", ".join(f"{line(key)} = {value(item)}" for key, item in (witness or {}).items())


def listing(item: Any) -> str:
    """Any small JSON value for a reader: `a, b`, `base = 10000`, the text itself; empty for nothing."""
    if item is None or item == [] or item == {}:
        return ""
    if isinstance(item, dict):
        return case(item)
    if isinstance(item, list) and len(item) <= FEW:
        return ", ".join(listing(each) for each in item)
    return value(item)


def duration(seconds: float | None) -> str:
    """`850 µs`, `12 ms`, `3.2 s`, `4 min 10 s`."""
    if seconds is None:
        return "–"
    if seconds >= 60:
        return f"{int(seconds // 60)} min {int(seconds % 60)} s"
    for scale, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns" if seconds else "0 s"


def size(count: float | None) -> str:
    """`512 B`, `1.5 MiB`."""
    if count is None:
        return "–"
    for scale, unit in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if count >= scale:
            return f"{count / scale:.3g} {unit}"
    return f"{count:.0f} B"


def dtype_rank(dtype: str) -> tuple[int, str]:
    """Sort key: float64, float32, bfloat16, float16, then any other by name."""
    return (KNOWN_DTYPES.index(dtype) if dtype in KNOWN_DTYPES else len(KNOWN_DTYPES), dtype)
