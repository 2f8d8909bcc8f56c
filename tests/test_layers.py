"""The house rules that a reader cannot see at a glance, checked on the source of every module.

Data flows one way: `health` and `memory` know Redis through `client` and `keys`; `agent` knows
both; `compare` and `lesson` are leaves; the command line knows everything but the leaves.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).parent.parent / "wellness"
LONGEST = 250

# Which packages a package may import from, besides itself; "" is the ground floor, `wellness/*.py`.
FLOORS: dict[str, set[str]] = {
    "": set(),
    "health": {""},
    "memory": {"", "health"},
    "agent": {"", "health", "memory"},
    "ops": {""},
    "compare": {"", "health", "memory", "lesson"},
    "lesson": {"", "health", "memory", "agent", "ops", "compare"},
    "cli": {"", "health", "memory", "agent", "ops"},
}
# All that the rooms above may know of the ground floor; the rest of it is plumbing behind `client`.
GROUND = {"client", "keys", "errors", "settings", "zones", "local_ollama", "hosts", "replies"}
# Folders of the ground floor.
CELLARS = {"keys", "backup", "embedded", "link", "models", "local_ollama", "topologies"}
ROOMS = {"health", "memory", "agent"}

# Entry points read the clock and the environment for the rest.
ENTRY = ("cli/", "lesson/", "settings.py", "bootstrap.py", "__main__.py")
ENVIRONMENT_ALSO = {"downloads.py": "gives pip, a child process, this environment and a folder"}


class Import(NamedTuple):
    """One imported name: `module` holds it, `name` is empty for `import module`."""

    module: str
    name: str
    at_load: bool  # executed when the importing module is
    line: int


@dataclass(frozen=True)
class Source:
    """A module of the package."""

    path: Path

    @property
    def file(self) -> str:
        """Its path inside the package."""
        return self.path.relative_to(PACKAGE).as_posix()

    @property
    def name(self) -> str:
        """What it is imported as."""
        dotted = ".".join(("wellness", *self.path.relative_to(PACKAGE).with_suffix("").parts))
        return dotted.removesuffix(".__init__")

    @property
    def floor(self) -> str:
        """The package it lies in; "" for the ground floor."""
        return floor_of(self.name)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text("utf-8"))

    @cached_property
    def imports(self) -> list[Import]:
        """All imports, those in functions and for type checkers included."""
        return list(_imports(self.tree, at_load=True))

    @cached_property
    def literals(self) -> list[tuple[int, str]]:
        """String literals and the fixed parts of f-strings with their lines; no docstrings."""
        docs = {
            id(node.value)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        return [
            (node.lineno, node.value)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docs
        ]

    def is_entry(self) -> bool:
        return self.file.startswith(ENTRY) or self.file.endswith("__main__.py")


def _imports(node: ast.AST, *, at_load: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, "", at_load, child.lineno)
        elif isinstance(child, ast.ImportFrom):
            assert not child.level, "imports are absolute"
            for alias in child.names:
                yield Import(child.module or "", alias.name, at_load, child.lineno)
        else:
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            typing = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
            yield from _imports(child, at_load=at_load and not function and not typing)


SOURCES = [Source(path) for path in sorted(PACKAGE.rglob("*.py"))]
MODULES = {source.name for source in SOURCES}
each = pytest.mark.parametrize("source", SOURCES, ids=[source.file for source in SOURCES])


def floor_of(module: str) -> str:
    """The package below `wellness` in which a module lies."""
    second = [*module.split("."), ""][1]
    return second if second in FLOORS else ""


def target(found: Import) -> str | None:
    """The module of ours that an import is about; a package only if the name is none of its."""
    inside = f"{found.module}.{found.name}"
    return next((name for name in (inside, found.module) if name in MODULES), None)


def ours(source: Source) -> list[tuple[str, Import]]:
    """The imports of our own modules."""
    return [(name, found) for found in source.imports if (name := target(found))]


def calls(source: Source) -> Iterator[tuple[int, str]]:
    """Dotted names of everything that is called."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def test_the_package_is_found() -> None:
    assert {"wellness", "wellness.keys", "wellness.cli", "wellness.health.store"} <= MODULES
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    assert folders <= FLOORS.keys() | CELLARS, "a new package needs its place in the order"


@each
def test_data_flows_one_way(source: Source) -> None:
    if source.name == "wellness.__main__":
        return  # the command itself
    allowed = FLOORS[source.floor] | {source.floor}
    wrong = [
        f"line {found.line}: {name}"
        for name, found in ours(source)
        if floor_of(name) not in allowed
        or (source.floor in ROOMS and not floor_of(name) and name != "wellness"
            and name.removeprefix("wellness.") not in GROUND)
        or (source.floor == "compare" and floor_of(name) == "lesson"
            and name != "wellness.lesson.timing")
    ]  # fmt: skip
    assert not wrong


def test_modules_do_not_import_each_other_in_circles() -> None:
    graph = {
        source.name: {name for name, found in ours(source) if found.at_load} - {source.name}
        for source in SOURCES
    }
    assert sum(map(len, graph.values())) > 100, "or the imports were not found"
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as cycle:
        pytest.fail(" -> ".join(cycle.args[1]))


@each
def test_a_connection_comes_from_the_client_module(source: Source) -> None:
    """Limits, timeouts and the breaker hold only if nobody opens a connection beside them."""
    if source.file in ("client.py", "link/pool.py"):
        return
    if source.file == "lesson/relay.py":
        return  # its subject is another way to Redis
    opened = re.compile(r"(^|\.)(Redis|StrictRedis|RedisCluster|from_url|\w*ConnectionPool)$")
    assert not [(line, name) for line, name in calls(source) if opened.search(name)]
    if source.floor in ROOMS:
        foreign = {f.module for f in source.imports if f.module.split(".")[0] == "redis"}
        described = {"redis.commands.search.field", "redis.commands.search.index_definition"}
        types = {"redis", "redis.exceptions", "redis.client"} | described
        assert foreign <= types, "types, exceptions, and what an index is made of"
        named = {f.name for f in source.imports if f.module == "redis"}
        assert named <= {"Redis", "RedisError", "ResponseError", "WatchError", "exceptions"}


@each
def test_library_code_does_not_print(source: Source) -> None:
    spoken = {"print", "sys.stdout.write", "sys.stderr.write", "typer.echo", "input"}
    if source.is_entry():
        spoken = {"print", "input"}
    assert not [(line, name) for line, name in calls(source) if name in spoken]


@each
def test_library_code_does_not_read_the_clock_or_the_environment(source: Source) -> None:
    if source.is_entry():
        return
    read = re.compile(
        r"\b(os\.(environ|getenv)|(datetime|date)\.(now|utcnow|today)|time\.(time|time_ns|localtime))\b"
    )
    if source.file in ENVIRONMENT_ALSO:
        read = re.compile(read.pattern.replace(r"os\.(environ|getenv)|", ""))
    found = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and read.fullmatch(ast.unparse(node))
    ]
    bare = [
        f"line {found.line}: from {found.module} import {found.name}"
        for found in source.imports
        if (found.module, found.name) in {("os", "environ"), ("os", "getenv"), ("time", "time")}
    ]
    loads = [f"line {line}: {name}()" for line, name in calls(source) if name == "Settings"]
    loads += [
        f"line {found.line}: settings.load"
        for found in source.imports
        if (found.module, found.name) == ("wellness.settings", "load")
    ]
    assert not found + bare + loads


def test_exceptions_are_still_needed() -> None:
    """A permission that nobody uses any more goes."""
    for file in ENVIRONMENT_ALSO:
        assert "os.environ" in (PACKAGE / file).read_text("utf-8")


@each
def test_key_patterns_stand_in_the_table_of_keys(source: Source) -> None:
    if source.file.startswith("keys/"):
        return
    pattern = re.compile(r":\{|\bwellness:\S")
    tags = re.compile(r"@\w+:\{")  # of a search query
    plain = [(line, tags.sub("", text)) for line, text in source.literals]
    assert not [(line, text) for line, text in plain if pattern.search(text)]


@each
def test_a_module_says_what_it_is(source: Source) -> None:
    doc = ast.get_docstring(source.tree)
    assert doc
    first = doc.splitlines()[0]
    assert len(first) > 20, "a sentence, not a word"
    assert first[-1] in ".:", first


def test_a_module_has_one_job() -> None:
    lengths = {s.file: len(s.path.read_text("utf-8").splitlines()) for s in SOURCES}
    assert {file: n for file, n in lengths.items() if n > LONGEST} == {}
