"""What projects publish is checked as it is called there: unchanged, or with one line."""

import ast
import collections
import importlib
import inspect
from pathlib import Path

import pytest

from impls import implements
from impls.registry import registered
from properties.runs.bench import Bench
from properties.runs.plan import Plan
from properties.runs.run import cells
from properties.tests.plugins import ran, written
from properties.tests.published import HEAD, OTHERS, adapter
from properties.tests.turns import in_turn

transformers = pytest.importorskip("transformers")
SIGNATURE = ["q", "k", "cos", "sin", "unsqueeze_dim"]


def modules() -> list[str]:
    """The modules of transformers in which the function of 172 copies is defined."""
    found = []
    for file in sorted(Path(transformers.__path__[0]).glob("models/*/modeling_*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name != "apply_rotary_pos_emb":
                continue
            if [each.arg for each in node.args.args] == SIGNATURE:
                found.append(f"transformers.models.{file.parent.name}.{file.stem}")
    return found


def body(function) -> str:
    """What a function does, and what turns halves for it."""
    module = inspect.getmodule(function)
    turning = getattr(module, "rotate_half", function)
    trees = [ast.parse(inspect.getsource(each)) for each in (function, turning)]
    for tree in trees:
        inside = tree.body[0]
        assert isinstance(inside, ast.FunctionDef)
        inside.body = [each for each in inside.body if not isinstance(each, ast.Expr)]
    return "".join(map(ast.dump, trees))


@pytest.mark.thorough
def test_all_copies_conform_unchanged_or_have_tables_of_their_own():
    """One check a body. What does not conform is told apart: tables in halves of pairs that are neighbours..."""
    assert len(modules()) >= 165
    bodies = collections.defaultdict(list)
    for name in modules():
        function = importlib.import_module(name).apply_rotary_pos_emb
        bodies[body(function)].append(function)
    conforming, other = 0, list[str]()
    for copies in bodies.values():
        neighbours = "::2" in inspect.getsource(getattr(inspect.getmodule(copies[0]), "rotate_half", copies[0]))
        implements("rope", call="qk-tables", layout="interleaved" if neighbours else "half", name="one")(copies[0])
        results = list(cells(Bench(registered(__name__)[-1], Plan(survey=True))))
        if all(result.conforms for result in results):
            conforming += len(copies)
        else:
            other += [copy.__module__.split(".")[2] for copy in copies]
    assert conforming >= 146, other


@pytest.mark.parametrize("name", in_turn(OTHERS, 6))
def test_other_calls_conform_with_a_line_at_most(tmp_path, name):
    assert adapter(OTHERS[name]) <= 2
    found = ran(written(tmp_path, HEAD + OTHERS[name]), dtypes=["float32"], profile="brief")
    assert found.conforms, {one.property: one.message for one in found.results if not one.conforms}
