"""(i) How much is written for a feature: counted from the adapters' own source, never by hand.

Counted are the Python statements that a feature's methods reach within their module, and the
lines of query language (SQL, scripts) in the constants that they use. Docstrings are not code.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable
from importlib import import_module
from typing import NamedTuple

FEATURES: dict[str, tuple[str, ...]] = {
    "conversation": ("append", "last", "exchange"),
    "expiry": ("sweep",),
    "search": ("remember", "nearest"),
    "one agent turn": ("gather",),
    "daily means": ("record", "days"),
}
ADAPTERS = {
    "Redis": ("wellness.compare.redis_bare", "BareRedis"),
    "Redis, this kit": ("wellness.compare.redis_kit", "KitRedis"),
    "Postgres": ("wellness.compare.postgres", "PostgresAdapter"),
    "SQLite": ("wellness.compare.sqlite", "SqliteAdapter"),
    "Chroma": ("wellness.compare.chroma", "ChromaAdapter"),
    "Python dict": ("wellness.compare.in_process", "InProcess"),
}
KIT = ("wellness.memory", "wellness.health")
QUERY = re.compile(r"\b(SELECT|INSERT|DELETE|CREATE|DROP|COPY|SET|BEGIN|PRAGMA|ANALYZE|WITH) ")
SHARED = {"wellness.memory.turns", "wellness.memory.messages"}  # every adapter uses them


class Size(NamedTuple):
    """Python statements, and lines of query language."""

    statements: int
    queries: int

    def __str__(self) -> str:
        return f"{self.statements} + {self.queries}" if self.queries else str(self.statements)


def size_of(engine: str, methods: Iterable[str] | None = None) -> Size:
    """What an adapter needs for some of its methods; by default for all, with its set-up.

    Raises:
        KeyError: there is no such engine or method.
    """
    module, name = ADAPTERS[engine]
    return size_of_source(inspect.getsource(import_module(module)), name, methods)


def sizes() -> dict[str, dict[str, Size]]:
    """For each engine, each feature and the whole."""
    return {
        engine: {
            **{feature: size_of(engine, methods) for feature, methods in FEATURES.items()},
            "in all": size_of(engine),
        }
        for engine in ADAPTERS
    }


def size_of_source(source: str, name: str, methods: Iterable[str] | None = None) -> Size:
    """The same of any source that defines a class.

    >>> size_of_source('''
    ... ASK = "SELECT 1"
    ... class A:
    ...     def f(self):
    ...         "Not code."
    ...         x = self._g()
    ...         return x + h()
    ...     def _g(self):
    ...         return ASK
    ...     def other(self):
    ...         return 2
    ... def h():
    ...     return 3
    ... ''', "A", ["f"])
    Size(statements=8, queries=1)
    """
    tree = ast.parse(source)
    top = {key: node for node in tree.body for key in _names(node)}
    whole = top[name]
    assert isinstance(whole, ast.ClassDef)
    inside = {node.name: node for node in whole.body if isinstance(node, ast.FunctionDef)}
    wanted: list[ast.AST] = [inside[method] for method in methods or inside]
    seen: dict[int, ast.AST] = {}
    while wanted:
        node = wanted.pop()
        if id(node) in seen:
            continue
        seen[id(node)] = node
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute) and part.attr in inside and _is_self(part.value):
                wanted.append(inside[part.attr])
            elif isinstance(part, ast.Name) and part.id in top and part.id != name:
                wanted.append(top[part.id])
    return Size(
        sum(_statements(node) for node in seen.values()),
        sum(_query_lines(node) for node in seen.values()),
    )


def kit_statements(engine: str = "Redis, this kit") -> int:
    """Statements of the kit's modules that an adapter leans on, beyond those that all use."""
    tree = ast.parse(inspect.getsource(import_module(ADAPTERS[engine][0])))
    found = {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(KIT)
    }
    modules = [import_module(module) for module in sorted(found - SHARED)]
    return sum(_statements(ast.parse(inspect.getsource(module))) for module in modules)


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def _is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _statements(node: ast.AST) -> int:
    return sum(
        isinstance(part, ast.stmt) and not _is_docstring(part)
        for part in ast.walk(node)
        if not isinstance(part, ast.Import | ast.ImportFrom)
    )


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _query_lines(node: ast.AST) -> int:
    """Lines of string constants outside docstrings that hold a word of SQL in capitals."""
    docs = {id(part.value) for part in ast.walk(node) if isinstance(part, ast.stmt)
            and _is_docstring(part) and isinstance(part, ast.Expr)}  # fmt: skip
    total = 0
    for part in ast.walk(node):
        text = part.value if isinstance(part, ast.Constant) else None
        if isinstance(text, str) and id(part) not in docs and QUERY.search(text):
            total += sum(bool(line.strip()) for line in text.splitlines())
    return total
