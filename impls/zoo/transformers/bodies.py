"""The rotary classes of an installed transformers, by what their source says once names of models are taken out.

Read, and not imported: what is compared are syntax trees without comments, docstrings and types.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

ROTARY = re.compile(r"^class (\w*(?:Rotary|RopePosition)\w*)", re.MULTILINE)
TURNING = re.compile(r"^def (\w*(?:rot|rope|freqs)\w*)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Published:
    """A class of a model; its body, and those of the functions beside it that turn vectors, with what they call."""

    folder: str
    name: str
    body: str
    functions: Mapping[str, str]

    @property
    def path(self) -> str:
        """As the table names it."""
        return f"{self.folder}.{self.name}"


@cache
def published() -> tuple[Published, ...]:
    """All of them, in order. Raises ImportError where transformers is not installed."""
    found = find_spec("transformers")
    if found is None or not found.submodule_search_locations:
        raise ImportError("transformers is not installed")
    models = Path(found.submodule_search_locations[0]) / "models"
    return tuple(one for path in sorted(models.rglob("modeling_*.py")) for one in _of(path))


def _of(path: Path) -> Iterator[Published]:
    source = path.read_text(encoding="utf-8")
    if not ROTARY.search(source):
        return
    blocks = re.split(r"^(?=[^\s)])", source, flags=re.MULTILINE)
    functions = {name: _bare(block) for block in blocks for name in TURNING.findall(block)}
    turning = {name: _with_called(name, functions) for name in functions}
    for block in blocks:
        for name in ROTARY.findall(block):
            yield Published(path.parent.name, name, re.sub(rf"\b{name}\b", "Class", _bare(block)), turning)


def _bare(block: str) -> str:
    return ast.unparse(_Bare().visit(ast.parse(block)))


def _with_called(name: str, functions: Mapping[str, str]) -> str:
    """A function, and before it those beside it that it names."""
    text = functions[name]
    called = [each for each in functions if each != name and re.search(rf"\b{each}\b", text)]
    return "\n".join([*(functions[each] for each in called), text])


class _Bare(ast.NodeTransformer):
    """Without types and docstrings."""

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        return ast.copy_location(ast.Assign([node.target], node.value), node) if node.value else None

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        node.body = _said(node.body)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        node.body = _said(node.body)
        return node


def _said(body: list[ast.stmt]) -> list[ast.stmt]:
    """Statements without a docstring; `pass` where nothing is left."""
    doc = body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return (body[1:] if doc else body) or [ast.Pass()]
