"""Every encoding has forms that are independent of one another, and says which classic form it has not and why."""

import ast
import inspect
import sys
from functools import cache
from itertools import combinations
from pathlib import Path
from types import ModuleType

import pytest

import impls.expect
import impls.forms
from impls import Implementation
from impls.loading import load_default
from spec import ENCODINGS, Encoding
from spec.definitions.words import CLASSIC

FORMS = [one for one in load_default().implementations if one.module.startswith("impls.forms.")]
encodings = pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS)


def forms_of(encoding: Encoding) -> list[Implementation]:
    return [one for one in FORMS if one.encoding == encoding.name]


@encodings
def test_every_encoding_has_two_forms(encoding: Encoding):
    assert len({(one.form, one.function) for one in forms_of(encoding)}) >= 2
    assert len({one.form for one in forms_of(encoding)}) >= 2


@encodings
def test_a_classic_form_is_there_or_makes_no_sense(encoding: Encoding):
    there = {one.form for one in forms_of(encoding)}
    unexplained = [form for form in CLASSIC if form not in there and not encoding.reason_without(form)]
    assert not unexplained, f"{encoding.name} has no such form and its spec does not say why: {unexplained}"
    assert not there & set(encoding.without), "the spec says that this form makes no sense, and here it is"


@encodings
def test_no_form_computes_with_what_another_computes_with(encoding: Encoding):
    computing = {one.name: _computing(one) for one in forms_of(encoding)}
    pairs = [(one, other) for one, other in combinations(forms_of(encoding), 2) if one.form != other.form]
    for one, other in pairs:
        shared = computing[one.name] & computing[other.name]
        assert not shared, f"{one.name} and {other.name} both rest on {sorted(shared)}"


def test_what_forms_expect_together_returns_nothing():
    for path in (Path(impls.expect.__file__), *Path(impls.forms.__path__[0]).glob("*.py")):
        functions = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
        returning = [one.name for one in functions if one.name.startswith("expect") and _returns(one)]
        assert not returning, f"{path.name}: {returning}"


def test_a_shared_helper_is_seen():
    module = ModuleType("shared")
    helper, expect = "helper(x):\n    return 2 * x", "expect(x):\n    assert x"
    functions = (helper, expect, "form(x):\n    expect(x)\n    return helper(x)")
    source = "".join(f"def {function}\n\n" for function in functions)
    assert _reached(ast.parse(source), "form", module.__name__) == {"shared.helper", "shared.form"}


def _computing(one: Implementation) -> set[str]:
    """The functions of our own that a form calls, by itself or through others, and that return something.

    What only expects something of the input, and is named so, computes nothing.
    """
    name = getattr(one.function, "__name__", type(one.function).__name__)
    return _reached(_tree(one.module), name, one.module)


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(sys.modules[module]))


def _reached(tree: ast.Module, start: str, module: str) -> set[str]:
    own = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    foreign = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("impls.")
        for alias in node.names
        if not alias.name.startswith("expect")
    }
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in own:
            continue
        seen.add(name)
        waiting += [node.id for node in ast.walk(own[name]) if isinstance(node, ast.Name)]
    called = {node.id for name in seen for node in ast.walk(own[name]) if isinstance(node, ast.Name)}
    returning = {name for name in seen if _returns(own[name])}
    return {f"{module}.{name}" for name in returning} | {foreign[name] for name in called & set(foreign)}


def _returns(function: ast.AST) -> bool:
    return any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(function))
