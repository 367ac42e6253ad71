"""A run as report.json.gz: everything that is told anywhere is a pure function of this document."""

import hashlib
import math
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import sympy
import torch

from impls import Implementation
from impls.advisories.replay import Replay
from impls.calls import call_of
from impls.faults import all_faults, mistake
from properties.catches import CATCHES
from properties.measures.costs import Cost, costs, settings_of
from properties.measures.fingerprint import portrait_in_time
from properties.runs.catalogue import PROPERTIES
from properties.runs.plan import Plan
from properties.runs.result import Checked, Result, Run
from reports.equations import definition
from reports.ledger import ledger
from reports.libraries import known_of_libraries
from reports.pictures import picture
from reports.schema import Document
from spec import ENCODINGS, STATEMENTS, Encoding, Fails, NotApplicable, verdict
from spec.definitions.words import CLASSIC
from spec.proving.proofs import residual
from spec.proving.statement import Statement

VERSION = "0.1.0"
SCHEMA = 1
HOUSE = Path(__file__).parent.parent
DECIDING = (".py", ".toml")
"""What decides over outcomes: code, known failures, and the faults that each property catches."""
READABLE = 1000
"""An equation of more operations is not written out: sixteen rows of a table times sixteen fill half a megabyte."""


def document(
    run: Run,
    *,
    shard: str | None = None,
    dealt: Sequence[Implementation] = (),
    before: float = 0.0,
    whole: bool = False,
    bare: bool = False,
    replays: Iterable[Replay] = (),
) -> Document:
    """The whole report as JSON values, or, `bare`, without what stands in `context`. `shard` is I/N where it is one
    of N parts, into which all of `dealt` went: what is told of an encoding is the same in each part. `before`: the
    seconds of a run that this one resumes.
    """
    selected = dealt or [checked.implementation for checked in run.checked]
    return {
        "schema": SCHEMA,
        "suite": {
            "version": VERSION,
            "digest": digest(),
            "profile": run.profile,
            "seed": run.seed,
            "seconds": round(before + run.seconds, 3),
            **({"shard": shard} if shard else {}),
        },
        "environment": environment() | {"device": run.device},
        "implementations": [
            *map(_checked, run.checked),
            *map(_problem, run.problems),
        ],
        "results": list(map(_result, run.results)),
        "costs": [cost for each in run.checked for cost in each.beside.get("costs", ())],
        **({} if bare else context(selected, whole=whole, drawn=run.complete, replays=replays)),
        "asked": [one.name for one in selected],
        **({"complete": True} if run.complete else {}),
    }


def context(
    selected: Sequence[Implementation], *, whole: bool, drawn: bool = True, replays: Iterable[Replay] = ()
) -> dict[str, Any]:
    """What is told beside a run: the encodings, `drawn` or not, the properties, what is true, and what is caught.

    `whole`: it is about everything that the suite knows, so with every encoding, the ledger of claims, and all that
    is known of published libraries, of which `replays` say how it stands here.
    """
    shown = ENCODINGS if whole else sorted({one.encoding for one in selected})
    encodings = [ENCODINGS[name] for name in shown if name in ENCODINGS]
    return {
        "encodings": [_encoding(encoding, selected, drawn=drawn) for encoding in encodings],
        "properties": list(map(_property, STATEMENTS.values())),
        "kill_matrix": _kill_matrix(),
        "verdicts": [_verdict(encoding, statement) for encoding in encodings for statement in STATEMENTS.values()],
        **(ledger() | {"advisories": known_of_libraries(replays)} if whole else {}),
    }


def beside(checked: Checked, *, plan: Plan, measured: bool) -> dict[str, Any]:
    """What a report shows of an implementation beside its results: what a black box shows of itself, and its costs."""
    one = checked.implementation
    usable = tuple(dict.fromkeys(str(r.dtype) for r in checked.results if r.dtype and r.property in STATEMENTS))
    return {
        "portrait": portrait_in_time(one, plan.shown(usable)) if checked.status == "ok" else {},
        "costs": list(map(_cost, costs(one, settings_of(one, survey=plan.survey)))) if measured else [],
    }


def _cost(cost: Cost) -> dict[str, Any]:
    return asdict(cost) | {"shape": list(cost.shape), "ratio_to_copy": cost.ratio_to_copy}


def digest(house: Path = HOUSE) -> str:
    """A fingerprint of the suite itself: equal where all that decides (see DECIDING) is the same."""
    files = sorted(path for room in ("spec", "impls", "properties") for path in (house / room).rglob("*"))
    names = ((path, path.relative_to(house)) for path in files if path.suffix in DECIDING)
    contents = ((name.as_posix(), path.read_bytes()) for path, name in names if "tests" not in name.parts)
    return hashlib.sha256(repr(list(contents)).encode()).hexdigest()[:16]


def environment() -> dict[str, Any]:
    """What it ran on."""
    return {
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "hypothesis": hypothesis.__version__,
        "platform": platform.platform(),
        "cpu": _cpu(),
        "threads": torch.get_num_threads(),
        **({"triton": "interpreted"} if os.environ.get("TRITON_INTERPRET") == "1" else {}),
    }


def _cpu() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.processor() or platform.machine()}, {os.cpu_count()} cores"


def _checked(checked: Checked) -> dict[str, Any]:
    portrait: dict[str, Any] = checked.beside.get("portrait", {})
    known = {"status": checked.status, "message": checked.message, "cells": len(checked.results)}
    return declared(checked.implementation) | known | portrait


def declared(one: Implementation) -> dict[str, Any]:
    """What is declared of an implementation, as JSON values, and which file it is."""
    return {
        "name": one.name,
        "encoding": one.encoding,
        "form": one.form,
        "layout": one.layout,
        "source": one.source,
        "version": one.version,
        "dtypes": list(one.checked_dtypes),
        "convention": one.convention,
        "preset": one.preset,
        "parameters": {name: _told(value) for name, value in one.parameters.items()},
        "positions": one.positions,
        "max_position": None if isinstance(one.max_position, bool) else one.max_position,
        "package": one.package,
        "code": _code(one),
        **({"handed": handed} if (handed := call_of(one).handed) else {}),
    }


def _code(one: Implementation) -> str | None:
    """A fingerprint of the file of what runs in a process of its own; None of the suite's own, whose digest says it."""
    if one.module.startswith("impls."):
        return None
    path = Path(getattr(one.function, "file", None) or "")
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else None


def _told(value: Any) -> Any:
    """A value of a parameter as JSON; what is no finite number, of a declaration that is refused, in words."""
    if isinstance(value, list | tuple):
        return [_told(each) for each in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _problem(result: Result) -> dict[str, Any]:
    """A plug-in that could not be loaded still has its row."""
    blank = dict.fromkeys(("form", "layout", "source", "version"))
    named = {"name": result.implementation, "encoding": result.encoding, "dtypes": []}
    return blank | named | {"status": "error", "message": result.message}


def _result(result: Result) -> dict[str, Any]:
    plain = asdict(result) | {"diagnosis": list(result.diagnosis), "seconds": round(result.seconds, 4)}
    return plain | {name: _finite(plain[name]) for name in ("error", "bound")} | {"where": _plain(plain["where"])}


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _plain(where: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in where.items() if not isinstance(value, float) or math.isfinite(value)}


def _encoding(encoding: Encoding, selected: Iterable[Implementation], *, drawn: bool) -> dict[str, Any]:
    own = [one for one in selected if one.module.startswith("impls.forms.")]
    forms = [one.form for one in own if one.encoding == encoding.name]
    return {
        "name": encoding.name,
        "title": encoding.title,
        "acts_on": encoding.acts_on,
        "source": encoding.source,
        "definition": _mathml(definition(encoding)) or None,
        "parameters": {name: _default(default) for name, default in encoding.parameters.items()},
        "layouts": list(encoding.layouts),
        "conventions": list(encoding.conventions),
        "forms": sorted(set(forms)),
        "without": {
            form: reason for form in CLASSIC if form not in forms and (reason := encoding.reason_without(form))
        },
        "picture": picture(encoding, own) if drawn else None,
    }


def _default(default: Any) -> str:
    return "follows the dimension" if callable(default) else str(default)


def _property(statement: Statement) -> dict[str, Any]:
    found = next((prop for prop in PROPERTIES if prop.id == statement.id), None)
    return {
        "id": statement.id,
        "title": statement.title,
        "statement": statement.sentence,
        "section": statement.section,
        "measure": (found.check.__doc__ or "").strip().splitlines()[0] if found else "",
        "catches": sorted(CATCHES.get(statement.id, ())),
    }


@cache
def _kill_matrix() -> dict[str, Any]:
    """Which fault fails which property, as the suite's own tests assert it."""
    faults = all_faults()
    known = [prop.id for prop in PROPERTIES]
    return {
        "faults": [{"name": fault.name, "title": mistake(fault)} for fault in faults],
        "properties": known,
        "kills": [[fault.name in CATCHES.get(prop, ()) for prop in known] for fault in faults],
    }


def _verdict(encoding: Encoding, statement: Statement) -> dict[str, Any]:
    truth = verdict(encoding, statement)
    reason = {
        "fails": getattr(truth, "because", None),
        "bounded": getattr(truth, "form", None),
        "not-applicable": getattr(truth, "reason", None),
    }
    applies = not isinstance(truth, NotApplicable)
    return {
        "encoding": encoding.name,
        "property": statement.id,
        "verdict": truth.word,
        "method": statement.method if applies else None,
        "reason": reason.get(truth.word) or statement.cites,
        "witness": _witness(truth) if isinstance(truth, Fails) else None,
        "mathml": (_mathml(_shown(encoding, statement)) or None) if applies and statement.residual else None,
    }


def _witness(truth: Fails) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in truth.witness.values.items()}


def _shown(encoding: Encoding, statement: Statement) -> Sequence[sympy.Expr]:
    """The residual as an equation: it is zero, or for a difference it is not. None where nobody could read it."""
    relation = sympy.Ne if statement.method == "difference" else sympy.Eq
    found = [each for each in residual(encoding, statement)[:1] if each.count_ops() <= READABLE]
    return [relation(expression, 0, evaluate=False) for expression in found]


def _mathml(expressions: Sequence[Any]) -> str:
    if not expressions:
        return ""
    rows = "".join(f"<mtr><mtd>{sympy.mathml(e, printer='presentation')}</mtd></mtr>" for e in expressions)
    return f"<math><mtable>{rows}</mtable></math>"
