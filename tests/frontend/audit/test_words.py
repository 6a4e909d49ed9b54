"""Every kind of event that any code records has its sentence, and no sentence stands for a kind that nobody records."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontend.audit.facts import label
from frontend.audit.words import WORDS, kind_in_words, sentence
from invoicing.agency.models import AgencySettlement
from invoicing.banking.models import BankMatch
from invoicing.documents.models import Document
from invoicing.second_person.models import PreparedAction
from marketplace.core.models import Event

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("marketplace", "organisations", "invoicing", "providers", "catalogue", "subscriptions", "frontend")
KIND = re.compile(r"[a-z_]+\.[a-z_]+")
RECORDERS = {"record", "_record", "_event", "_posted", "record_visit"}

# Kinds whose names are put together: how the code writes them, and what they can be.
COMPOSED = {
    "f'bank_line.{kind}'": {
        f"bank_line.{kind}" for kind in (BankMatch.Kind.OTHER, BankMatch.Kind.UNIDENTIFIED, BankMatch.Kind.IGNORED)
    },
    "f'waiver.{state}'": {"waiver.granted", "waiver.refused"},
    "f'{kind}.sent_back'": {f"{kind}.sent_back" for kind in ("journal", "purchase", "opening")},
    "f'prepared.{state}'": {f"prepared.{state}" for state in PreparedAction.State.values if state != "waiting"},
    "f'agency_settlement.{state}'": {
        f"agency_settlement.{state}" for state in AgencySettlement.State.values if state != "prepared"
    },
    "f'{draft.kind}.issued'": {f"{kind}.issued" for kind in Document.Kind.values if kind != Document.Kind.OPENING},
    "f'visit.{state}'": {"visit.agreed", "visit.taken"},
    "f'evidence.{state.value}'": {"evidence.accepted", "evidence.refused"},
}
# Full names of kinds that the code keeps in a constant or hands on by a variable, found by their first word.
PREFIXES = {kind.split(".")[0] for kind in WORDS}
# What looks like a kind and is none: registered names of handlers, duties and templates of messages.
OTHER = re.compile(
    r"notices\.|webhooks\.|core\.|mail\.|test\.|catalogue\.list_prices|\w+\.(typ|guards|verification|duties|documents)$"
)


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not {"node_modules", "migrations"} & set(path.parts):
                yield path, ast.parse(path.read_text())


def given(call: ast.Call) -> Iterator[ast.expr]:
    """What a call names as its kind: by ``kind=``, or first where it is one of the recorders."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in RECORDERS:
        yield from (one.value for one in call.keywords if one.arg == "kind")
        yield from call.args[:1]


def recorded() -> dict[str, set[str]]:
    """Each kind of event that is recorded, and the files that do."""
    found: dict[str, set[str]] = {}
    for path, tree in trees():
        for node in ast.walk(tree):
            expressions: list[ast.expr] = []
            if isinstance(node, ast.Call):
                expressions = list(given(node))
            elif isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                expressions = [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "kind"]
            for expression in expressions:
                for kind in kinds_of(expression):
                    found.setdefault(kind, set()).add(str(path.relative_to(ROOT)))
    return found


def kinds_of(expression: ast.expr) -> set[str]:
    if isinstance(expression, ast.JoinedStr):
        written = ast.unparse(expression)
        return COMPOSED.get(written, {written} if "." in written else set())
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str) and KIND.fullmatch(expression.value):
        return {expression.value}
    return set()


def named() -> set[str]:
    """Strings in the packages' services that look like a kind, whoever they are handed to."""
    found = set()
    for path, tree in trees():
        if "frontend" in path.parts and "demonstration" not in path.parts:
            continue
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and KIND.fullmatch(text) and text.split(".")[0] in PREFIXES:
                found.add(text)
    return {kind for kind in found if not OTHER.match(kind)}


def test_the_search_finds_what_is_recorded() -> None:
    found = recorded()
    assert {"order.placed", "invoice.issued", "bank_line.ignored", "allocation.made", "job.started"} <= set(found)


def test_every_recorded_kind_has_its_sentence() -> None:
    found = recorded()
    assert {kind: files for kind, files in found.items() if kind not in WORDS} == {}


def test_every_kind_that_is_handed_on_has_its_sentence() -> None:
    assert named() - set(WORDS) == set()


def test_no_sentence_stands_for_a_kind_that_nobody_records() -> None:
    assert set(WORDS) - set(recorded()) - named() == set()


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_a_sentence_reads_as_one(kind: str) -> None:
    said = sentence(Event(kind=kind, subject="X-1"))
    assert said[0].isupper() and "{" not in said and not said.endswith(".")
    assert "{" not in kind_in_words(kind)


def test_the_names_of_facts_are_words_and_abbreviations_stay_capital() -> None:
    told = [label(name) for name in ("gross_pence", "vat_pence", "pence", "cfr_code", "vatman", "service_from")]
    assert told == ["Gross", "VAT", "Amount", "CFR code", "Vatman", "Service from"]
