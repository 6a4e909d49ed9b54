"""Contracts that schools hold elsewhere in the world of the access matrix: one of each school, with a document."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.services import ContractTerms, add_document, add_outside_contract
from tests.core.small_files import PDF


def contracts_held(*, school: Organisation, buyer: Actor, today: date) -> dict[str, Any]:
    """The number of the contract and its document."""
    terms = ContractTerms(
        supplier="Sparkle Ltd", title="Cleaning", cfr_code="E14", year_pence=1_000_00,
        term=Period.months_from(today - timedelta(days=30), 12), vat_rate=Decimal("0.2"), notice_weeks=4,
    )  # fmt: skip
    one = add_outside_contract(organisation=school, terms=terms, on=today, actor=buyer)
    paper = add_document(
        contract=one, kind="contract", title="Terms", upload=PDF, name="terms.pdf", on=today, actor=buyer
    )
    return {"contract": one.number, "contract_paper": paper.pk}


def register_bodies(keys: dict[str, Any], today: date) -> dict[str, dict[str, Any]]:
    """What each write of the API about them is asked to do."""
    later = (today + timedelta(days=40)).isoformat()
    return {
        "POST /contracts": {
            "organisation": keys["customer"], "supplier": "Sparkle Ltd", "title": "Windows", "cfr_code": "E14",
            "year_pence": 100, "vat_category": "E", "term_from": today.isoformat(), "term_to": later, "renewal": "ask",
        },
        "PATCH /contracts/{number}": {"title": "Windows"},
        "POST /contracts/{number}/end": {"ended_on": later},
        "POST /contracts/{number}/decision": {"decision": "keep"},
        "POST /contracts/{number}/documents": {"kind": "other", "title": "A"},
    }  # fmt: skip
