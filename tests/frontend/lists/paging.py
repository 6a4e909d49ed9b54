"""Which named pages show a list by pages, read from the code of their views."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from django.urls import URLPattern, URLResolver, get_resolver

PAGERS = {"page_of", "Paginator"}


def paged() -> set[str]:
    """Names of the URL configuration whose view, or a function of its module that it calls, divides rows into pages."""
    return {name for name, view in _views(get_resolver().url_patterns) if _pages(inspect.unwrap(view))}


def _views(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        elif pattern.name and getattr(inspect.unwrap(pattern.callback), "__module__", "").startswith("frontend."):
            yield pattern.name, pattern.callback


def _pages(view: object) -> bool:
    module = inspect.getmodule(view)
    name = getattr(view, "__name__", "")
    return module is not None and name in paging_functions(module)


def paging_functions(module: ModuleType) -> set[str]:
    """The functions of a module that call a pager, by themselves or through another of its functions."""
    return paging_names(Path(str(module.__file__)).read_text())


def paging_names(source: str) -> set[str]:
    """The same for the text of a module."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    uses = {one.name: set(_called(one)) for one in functions}
    found: set[str] = set()
    while more := {name for name, used in uses.items() if used & (PAGERS | found)} - found:
        found |= more
    return found


def _called(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id
