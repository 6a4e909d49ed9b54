"""VAT rules for programs: the table, and what it decides; hidden from everybody but finance and the auditor."""

import pytest

from invoicing.vat.models import VatRule
from marketplace.organisations.models import Organisation
from tests.api.calling import Program

pytestmark = pytest.mark.django_db


def test_the_table_is_read_by_codes_and_by_the_day(auditor: Program) -> None:
    told = auditor.get("/vat-rules", page_size="200").json()["results"]
    assert len(told) == VatRule.objects.count()
    [private] = [row for row in told if row["valid_to"] == "2025-01-01"]
    assert (private["question"], private["kind"], private["standing"], private["place"]) == (
        "liability", "training", "private_school", "any"
    )  # fmt: skip
    assert (private["category"], private["reason_code"]) == ("E", "eligible-training")
    today = auditor.get("/vat-rules", page_size="200", on="2026-09-01").json()["results"]
    assert private["id"] not in {row["id"] for row in today} and len(today) == len(told) - 1


def test_a_supply_is_decided_with_its_reason(officer: Program, oakfield: Organisation) -> None:
    told = officer.get("/vat-treatment", kind="grant", customer=oakfield.number, on="2026-09-01").json()
    assert (told["category"], told["reason_code"], told["sentence"]) == (
        "O", "grant", "Outside the scope of VAT: a grant, not a supply"
    )  # fmt: skip
    taxed = officer.get(
        "/vat-treatment", kind="travel", part_of="consultancy", customer=oakfield.number, funding="private_school_fund"
    ).json()
    assert (taxed["category"], taxed["rate"], taxed["funding"]) == ("S", "0.20", "private_school_fund")


def test_what_cannot_be_decided_says_why(officer: Program, partnership: Organisation, oakfield: Organisation) -> None:
    refused = officer.get("/vat-treatment", kind="other", customer=partnership.number)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_supply")
    assert officer.get("/vat-treatment", kind="fee", customer=oakfield.number).status_code == 400
    early = officer.get("/vat-treatment", kind="other", customer=oakfield.number, on="1990-01-01")
    assert early.json()["code"] == "no_vat_rule"


def test_nobody_else_is_told_of_it(school_buyer: Program, oakfield: Organisation) -> None:
    assert school_buyer.get("/vat-rules").status_code == 404
    assert school_buyer.get("/vat-treatment", kind="other", customer=oakfield.number).status_code == 404
