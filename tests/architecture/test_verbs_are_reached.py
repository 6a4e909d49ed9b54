"""What the packages can do, somebody can do: each verb is called by a page, an operation, a command, a duty, a handler or
another verb. One that only the demonstration or a test calls is a promise that no user can keep us to."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("marketplace", "catalogue", "invoicing", "providers", "subscriptions", "frontend")
NO_CALLERS = ("demonstration", "bench", "migrations")
LISTS = ("__init__.py", "services.py")  # they say again what others define

# Why nobody calls it by a page or a program.
EXCEPTED = {
    "add_authority": "schools, trusts and councils come by the register's import",
    "add_trust": "schools, trusts and councils come by the register's import",
    "add_school": "schools, trusts and councils come by the register's import",
    "join_trust": "memberships come by the register's import",
    "set_aside": "a journal of any shape with its fund does the same on pages and by programs",
    "credit_in_full": "the credit note's page and operation name each line",
    "verify_deferred": "awaits what is invoiced ahead and earned by verification",
    "agree_self_billing": "offering and recording the paper are two steps on the page",
    "accept_own_terms": "awaits terms that a school writes itself",
    "keepable": "read by tests of who keeps webhooks",
}


@cache
def sources() -> dict[Path, str]:
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {path: path.read_text() for path in found if "node_modules" not in path.parts}


def callers() -> list[Path]:
    return [path for path in sources() if not any(part in str(path.relative_to(ROOT)) for part in NO_CALLERS)]


def verbs() -> dict[str, Path]:
    """Public functions below the pages that take who acts and are not registered by a decorator."""
    found = {}
    for path in callers():
        if path.relative_to(ROOT).parts[0] == "frontend":
            continue
        for node in ast.parse(sources()[path]).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            taken = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
            if "actor" in taken and all(ast.unparse(one) == "transaction.atomic" for one in node.decorator_list):
                found[node.name] = path
    return found


@cache
def unreached() -> set[str]:
    words = {path: Counter(re.findall(r"\w+", sources()[path])) for path in callers()}
    homes = {name: {path for path in words if path.name not in LISTS and name in words[path]} for name in verbs()}
    return {name for name, home in verbs().items() if words[home][name] < 2 and not homes[name] - {home}}


def test_every_verb_is_reached_or_says_why_not() -> None:
    assert unreached() == set(EXCEPTED)


def test_a_verb_that_only_the_demonstration_calls_is_seen() -> None:
    assert "set_aside" in unreached() and "add_provider" not in unreached()
    assert len(verbs()) > 500, "the test sees the packages"
