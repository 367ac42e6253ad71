"""What is asked of code that is handed cosines and sines, and of the memory that it is handed."""

import dataclasses

import numpy as np

from impls import Implementation
from impls.calls import call_of, table_dtype
from impls.door.crossing import FRAME, Beside, Numbers
from impls.door.dtypes import rounded
from properties.cases import families
from properties.cases.case import Case, rows_apart
from properties.cases.families import Family
from properties.checks.comparisons import refused_or, same
from properties.checks.evidence import Evidence, agreement, worst
from properties.checks.property import checks
from properties.subjects.beside import as_table
from properties.subjects.map import OnMaps
from spec import Encoding
from spec.definitions.words import Role
from spec.numbers import bounds
from spec.statements import code, values


def is_handed_tables(implementation: Implementation, encoding: Encoding) -> str | None:
    """Cosines and sines, or angles, come with the call."""
    return None if call_of(implementation).handed else f"its call, {implementation.call}, hands in no tables"


def _apart(encoding: Encoding, suite_seed: int) -> list[Case]:
    """No position comes twice, and no two sizes are equal."""
    sizes = ((10, 2, 4, 5), (64, 3, 2, 7), (16, 1, 6, 1))
    return [
        Case(dim=encoding.dimension(dim), positions=(3, 0, 7, 5, 1, 9, 4)[:n], batch=batch, heads=heads, seed=seed)
        for seed, (dim, batch, heads, n) in enumerate(sizes, suite_seed)
    ]


@checks(values.tables_honoured, cases=Family("sizes apart", _apart), needs=(is_handed_tables,))
def tables_honoured(s: OnMaps) -> Evidence:
    """y = (a c - b s, b c + a s) for any numbers c and s, or for the cosines and sines of any angles"""
    return worst(*(_by_any_numbers(s, side.get("role", "query")) for side in s.code.sides))


def _by_any_numbers(s: OnMaps, role: Role) -> Evidence:
    x = _at_once(s, role)
    request = s.code.request(x, s.case.positions, role)
    assert request.beside is not None
    shape = request.beside.cosines.shape[-2:]
    angles = np.asarray(rounded(np.pi * s.case.numbers("angles", *shape), "float32"))
    tables = [as_table(s.setup, np.clip(s.case.numbers(name, *shape), -2, 2)) for name in ("cosines", "sines")]
    beside = dataclasses.replace(request.beside, cosines=tables[0], sines=tables[1], angles=angles)
    found = s.code.read(s.code.door.ask(dataclasses.replace(request, beside=beside)).values)
    a, b = np.moveaxis(s.setup.pairs(x), -1, 0)
    c, t, off = _as_used(s, beside)
    expected = np.stack([a * c - b * t, b * c + a * t], axis=-1)
    met = np.stack([abs(a * c) + abs(b * t), abs(b * c) + abs(a * t)], axis=-1)
    spread = off * (abs(a) + abs(b))[..., None]
    off_by = _roundings(s) * bounds.UNIT[s.setup.accuracy]
    rounding = off_by / (1 - off_by)
    allowed = rounding * (met + spread) + spread + bounds.underflow(s.setup.accuracy)
    return agreement(found, expected, allowed, axes=s.code.axes, at={"token": s.setup.located(s.case.positions)})


def _at_once(s: OnMaps, role: Role) -> np.ndarray:
    """Vectors of the case, as many as one call can have."""
    x = s.setup.with_heads(s.draw("x"), role)
    return x if rows_apart(s.implementation) else x[:1]


def _roundings(s: OnMaps) -> int:
    """Those of a product and a sum; and one of a table that is wider than the vectors, which may be rounded to them."""
    one, dtype = s.implementation, s.setup.dtype
    return 3 if call_of(one).handed == "tables" and table_dtype(one, dtype) != dtype else 2


def _as_used(s: OnMaps, beside: Beside) -> tuple[np.ndarray, np.ndarray, float]:
    """Cosines and sines that the code uses, and by how much they may be off where it makes them of angles."""
    if call_of(s.implementation).handed == "tables":
        return beside.cosines, beside.sines, 0.0
    unit = bounds.angle_unit(s.setup.accuracy)
    return np.cos(beside.angles), np.sin(beside.angles), bounds.trigonometric(unit, bounds.UNIT[s.setup.accuracy])


@checks(code.surroundings_untouched, cases=families.small)
def surroundings_untouched(s: OnMaps) -> Evidence:
    """f(x, p) for x inside of a larger tensor is that of its copy, and what stands around it stays, or an error"""
    return worst(*(refused_or(_framed, s, side.get("role", "query")) for side in s.code.sides))


def _framed(s: OnMaps, role: Role) -> Evidence:
    s = s.alone()
    x, p = _at_once(s, role), s.case.positions
    plain = s.code.request(x, p, role)
    request = dataclasses.replace(plain, given=(Numbers(x, s.setup.dtype, "framed"), *plain.given[1:]), watched=True)
    answer = s.code.door.ask(request)
    put = s.code.door.put(request).given
    place = next(at for at, each in enumerate(put) if isinstance(each, Numbers) and each.strides == "framed")
    around = answer.afterwards[place].copy()
    around[(slice(1, -1),) * around.ndim] = FRAME
    left = agreement(around, np.full_like(around, FRAME))
    framed, apart = (s.code.accepted(each, x, p, role) for each in (answer, s.code.door.ask(plain)))
    return worst(left, same(s, framed, apart, x, p))
