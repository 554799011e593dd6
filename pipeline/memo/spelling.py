"""One spelling for equal code: what a module says, without how it is laid out."""

from __future__ import annotations

import ast
from typing import Any

_BODIES = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_DOC = frozenset({"__doc__", "getdoc"})
# What the parser notes beside the meaning; it follows from the rest of the tree.
_ASIDES = frozenset({"ctx", "kind", "type_comment", "type_ignores"})


def parsed(source: bytes) -> ast.Module:
    """The code that runs: no comments, no docstrings, nothing under TYPE_CHECKING.

    Raises SyntaxError.
    """
    tree = with_docstrings(source)
    for node in ast.walk(tree):
        if isinstance(node, _BODIES):
            _drop_docstring(node)
    return tree


def with_docstrings(source: bytes) -> ast.Module:
    """As parsed, for code that some other code may ask for its docstrings."""
    tree = ast.parse(source)
    _Running().visit(tree)
    return tree


def asks_for_docstrings(tree: ast.AST) -> bool:
    """Whether the code looks at any docstring, of whichever module."""
    return any(_word(node) in _DOC for node in ast.walk(tree))


def spelled(tree: ast.AST) -> bytes:
    """The tree as text that no line break, position or version of Python changes."""
    parts: list[str] = []
    _spell(tree, parts)
    return "".join(parts).encode()


class _Running(ast.NodeTransformer):
    """Takes away what only type checkers see."""

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        test = node.test
        name = test.attr if isinstance(test, ast.Attribute) else None
        name = test.id if isinstance(test, ast.Name) else name
        return node.orelse if name == "TYPE_CHECKING" else node


def _word(node: ast.AST) -> object:
    match node:
        case ast.Name(id=word) | ast.Attribute(attr=word) | ast.Constant(value=word):
            return word
    return None


def _drop_docstring(
    node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
) -> None:
    first = node.body[0] if node.body else None
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return
    if isinstance(first.value.value, str):
        rest = node.body[1:]
        node.body = rest if rest or isinstance(node, ast.Module) else [ast.Pass()]


def _spell(value: Any, parts: list[str]) -> None:
    if isinstance(value, ast.AST):
        parts.append(f"({type(value).__name__}")
        for name in value._fields:
            inner = getattr(value, name, None)
            # Newer Pythons know more fields; an empty one says nothing.
            if name not in _ASIDES and inner is not None and inner != []:
                parts.append(f" {name}=")
                _spell(inner, parts)
        parts.append(")")
    elif isinstance(value, list):
        parts.append("[")
        for inner in value:
            _spell(inner, parts)
            parts.append(",")
        parts.append("]")
    else:
        parts.append(f"{type(value).__name__}:{value!a}")
