"""The rotary position classes of an installed diffusers, and which of them have the same body.

Read, and not imported: what is compared are syntax trees without names of classes, docstrings, types and bases.
"""

import ast
import re
from importlib.util import find_spec
from pathlib import Path

ROTARY = re.compile(r"^class \w*(?:RoPE|Rope|Rotary|PosEmbed|EmbedND)\w*", re.MULTILINE)
"""What such classes are called; the steps of pipelines that make their places are none."""
FOLDERS = ("models", "pipelines")


def published() -> dict[str, str]:
    """The body of every such class, by `module:name`. Raises ImportError where diffusers is not installed."""
    spec = find_spec("diffusers")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("diffusers is not installed")
    root = Path(spec.submodule_search_locations[0])
    return {
        f"{'.'.join(path.relative_to(root).with_suffix('').parts)}:{node.name}": body(node)
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*.py"))
        if ROTARY.search(text := path.read_text(encoding="utf-8"))
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef) and ROTARY.match(f"class {node.name}")
    }


def body(node: ast.ClassDef) -> str:
    """What a class does, as text that is the same for every class that does it so."""
    return ast.unparse(_Bare().visit(ast.ClassDef("C", [], [], node.body, [])))


class _Bare(ast.NodeTransformer):
    """Docstrings and types are taken out."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = _undocumented(node.body)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.body, node.returns = _undocumented(node.body), None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        return None if node.value is None else ast.Assign([node.target], node.value, lineno=node.lineno)


def _undocumented(statements: list[ast.stmt]) -> list[ast.stmt]:
    first = statements[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return statements[1:] or [ast.Pass()] if documented else statements
