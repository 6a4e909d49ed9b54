"""The house holds: every floor imports, refers and triggers only downwards."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from marketplace.core.triggers import declared_functions, declared_triggers

ROOT = Path(__file__).resolve().parents[2]
FLOORS = [
    "marketplace.core",
    "marketplace.organisations",
    "marketplace.messaging",
    "invoicing",
    "providers",
    "catalogue",
    "subscriptions",
    "marketplace.trading",
    "frontend",
]
ROOF = {"marketplace.settings", "marketplace.urls", "marketplace.wsgi", "marketplace.celery"}
# Within a package: each may import those before it, never those after it.
ORDERS = {
    "invoicing": [
        ["ledger"],
        ["vat"],
        ["mandates"],
        ["documents"],
        ["recognition"],
        ["receivables"],
        ["payables"],
        ["provider_invoices"],
        ["payees"],
        ["self_billing"],
        ["credit_control", "journals", "agency"],
        ["council_journals"],
        ["funds"],
        ["paying_out"],
        ["banking"],
        ["vat_returns"],
        ["closing"],
    ],
    "providers": [
        ["profiles"],
        ["calendar", "rates"],
        ["accreditation"],
        ["directory"],
    ],
    "subscriptions": [
        ["outcomes"],
        ["commissions"],
        ["tiers"],
        ["allowances"],
        ["adviser"],
        ["agreements"],
        ["plans", "slas"],
        ["membership", "shared"],
        ["rounds"],
        ["desk"],
        ["register"],
        ["renewals"],
    ],
}
DECIDES_BY_ITSELF = ("rules",)
FORBIDDEN_IN_RULES = ("django.db", "django.conf", "django.utils.timezone")


def floor_of(module: str) -> int | None:
    for index, floor in enumerate(FLOORS):
        if module == floor or module.startswith(floor + "."):
            return index
    return None


@cache
def sources() -> list[tuple[str, Path]]:
    found = []
    for floor in FLOORS:
        folder = ROOT / floor.replace(".", "/")
        for path in sorted(folder.rglob("*.py")):
            if "node_modules" in path.parts:
                continue
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found.append((module, path))
    return found


@cache
def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
    return found


def test_imports_only_downwards() -> None:
    upward = [
        f"{module} imports {name}"
        for module, path in sources()
        for name in imports(path)
        if (there := floor_of(name)) is not None and there > (floor_of(module) or 0)
    ]
    assert len(sources()) > 50
    assert upward == []


def test_no_floor_imports_the_roof() -> None:
    roof = [
        f"{module} imports {name}"
        for module, path in sources()
        for name in imports(path)
        if any(name == part or name.startswith(part + ".") for part in ROOF)
    ]
    assert roof == []


def test_a_package_keeps_its_own_order() -> None:
    for package, order in ORDERS.items():
        rank = {f"{package}.{name}": index for index, names in enumerate(order) for name in names}

        def place(module: str, rank: dict[str, int] = rank) -> int | None:
            return next((r for part, r in rank.items() if module == part or module.startswith(part + ".")), None)

        upward = [
            f"{module} imports {name}"
            for module, path in sources()
            for name in imports(path)
            if (here := place(module)) is not None and (there := place(name)) is not None and there > here
        ]
        assert upward == []


def test_rules_know_no_database_settings_or_clock() -> None:
    impure = []
    for module, path in sources():
        if ".rules." not in f"{module}.":
            continue
        impure += [f"{module} imports {name}" for name in imports(path) if name.startswith(FORBIDDEN_IN_RULES)]
        text = path.read_text()
        impure += [
            f"{module} reads the clock" for _ in re.findall(r"date\.today\(|datetime\.now\(|timezone\.now\(", text)
        ]
    assert impure == []


def test_foreign_keys_point_downwards() -> None:
    labels = {apps.get_app_config(label).label: apps.get_app_config(label).name for label in apps.app_configs}
    upward, walked = [], 0
    for model in apps.get_models():
        here = floor_of(labels[model._meta.app_label])
        if here is None:
            continue
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey | models.ManyToManyField) and isinstance(field.related_model, type):
                walked += 1
                there = floor_of(labels[field.related_model._meta.app_label])
                if there is not None and there > here:
                    upward.append(f"{model.__name__}.{field.name}")
    assert walked > 20
    assert upward == []


def test_triggers_name_only_tables_below() -> None:
    tables = {
        model._meta.db_table: floor_of(apps.get_app_config(model._meta.app_label).name) for model in apps.get_models()
    }
    owners = {label: floor_of(config.name) for label, config in apps.app_configs.items()}
    by_function = {trigger.function: trigger.table for trigger in declared_triggers()}
    upward = []
    for function in declared_functions():
        # A floor may guard a table of a floor below by a function of its own, which bears its name.
        below = tables.get(by_function.get(function.name) or "")
        owner = owners.get(function.name.split("_")[0])
        here = below if owner is None or below is None else max(below, owner)
        for name in re.findall(r"\b[a-z]+_[a-z_]+\b", function.body):
            there = tables.get(name)
            if here is not None and there is not None and there > here:
                upward.append(f"{function.name} names {name}")
    assert upward == []


@pytest.mark.parametrize("floor", FLOORS)
def test_each_floor_has_a_readme_of_one_screen(floor: str) -> None:
    folder = ROOT / floor.replace(".", "/")
    if not any(folder.glob("*.py")):
        pytest.skip(f"{floor} is not built yet")
    readme = folder / "README.md"
    assert readme.exists(), f"{floor} has no README.md"
    assert len(readme.read_text().splitlines()) <= 60


def test_the_roof_package_stays_empty() -> None:
    assert (ROOT / "marketplace/__init__.py").read_text().strip() == ""
