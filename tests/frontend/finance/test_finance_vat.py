"""VAT pages: what would be charged and why, a rule from a day on, how an organisation stands."""

from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client

from invoicing.vat.models import VatFacts, VatRule
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from tests.frontend.finance.conftest import _signed_in
from tests.frontend.finance.counting import queries
from tests.frontend.school.visits import text_of

RULES, ADD = "/finance/vat/rules", "/finance/vat/rules/new"
NEW = {
    "question": "4", "kind": "6", "standing": "2", "place": "0", "relation": "0", "funding": "0", "buyer": "0",
    "category": "Z", "reason": "school crossing patrols", "counts": "", "source": "An Act", "valid_from": "1/4/27",
}  # fmt: skip


@pytest.fixture
def manju(partnership: Organisation, actor: Actor) -> Client:
    """Our finance manager."""
    return _signed_in("Manju Patel", Role.FINANCE_MANAGER, partnership, actor)


def test_the_page_says_what_would_be_charged_and_why(priya: Client, oakfield: Organisation) -> None:
    asked = {"kind": "2", "customer": oakfield.number, "on": "30/9/26"}
    page = text_of(priya.get(RULES, asked))
    assert "VAT at 20% Why VAT Act 1994, sections 2 and 4" in page
    assert "Tidewell Schools Partnership: Registered for VAT, no eligible body" in page
    assert "1. Is anything supplied?" in page and "Training; Eligible body Exempt: training by an eligible body" in page
    fee = text_of(priya.get(RULES, asked | {"kind": "10", "part_of": "4"}))
    assert "VAT zero rated: printed books and e-books" in fee


def test_where_nothing_can_be_charged_the_page_says_so(priya: Client, partnership: Organisation) -> None:
    page = text_of(priya.get(RULES, {"kind": "2", "customer": partnership.number}))
    assert "Nothing can be charged" in page and "they are one legal person" in page


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"kind": "2"}, "Enter the number of the customer who is invoiced"),
        ({"customer": "C000001"}, "Choose what is supplied"),
        ({"kind": "2", "customer": "C999999"}, "There is no organisation C999999"),
        ({"on": "31/2/27"}, "On must be a real date"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(priya: Client, asked: dict[str, str], words: str) -> None:
    answer = priya.get(RULES, asked)
    assert answer.status_code == 400 and words in text_of(answer)


def test_a_day_before_any_rule_shows_none(priya: Client) -> None:
    assert "No rule holds on 1 January 1990" in text_of(priya.get(RULES, {"on": "1/1/1990"}))


def test_a_manager_adds_a_rule_and_ends_it(manju: Client, partnership: Organisation) -> None:
    answer = manju.post(ADD, NEW)
    assert answer.status_code == 302 and answer["Location"] == f"{RULES}?on=2027-04-01"
    rule = VatRule.objects.get(valid_from=date(2027, 4, 1))
    assert "Rules that hold later" in text_of(manju.get(RULES))
    assert "Zero rated: school crossing patrols" in text_of(manju.get(RULES, {"on": "2027-04-01"}))
    again = manju.post(ADD, NEW)
    assert again.status_code == 400 and "End that one first" in text_of(again)
    end = f"{RULES}/{rule.pk}/end"
    early = manju.post(end, {"valid_to": "31/3/27"})
    assert early.status_code == 400 and "must end after its first day, 1 April 2027" in text_of(early)
    assert manju.post(end, {"valid_to": "1/5/27"}).status_code == 302
    rule.refresh_from_db()
    assert rule.valid_to == date(2027, 5, 1)
    assert "school crossing patrols" not in text_of(manju.get(RULES, {"on": "2027-05-01"}))
    call_command("verify_ledger")


def test_an_officer_reads_rules_but_changes_none(priya: Client, edith: Client, amira: Client) -> None:
    before = VatRule.objects.count()
    assert "Add a rule" not in text_of(priya.get(RULES))
    assert [client.post(ADD, NEW).status_code for client in (priya, edith, amira)] == [403, 403, 404]
    assert [client.get(RULES).status_code for client in (priya, edith, amira)] == [200, 200, 404]
    assert VatRule.objects.count() == before


def test_facts_are_recorded_from_a_day_on_with_their_evidence(
    priya: Client, edith: Client, oakfield: Organisation
) -> None:
    address = f"/finance/vat/organisations/{oakfield.number}"
    assert address in priya.get(f"/finance/customers/{oakfield.number}").content.decode()
    assert "Not registered for VAT VAT number None on record Known from no VAT number" in text_of(priya.get(address))
    given = {
        "valid_from": "1/9/26",
        "stands": "eligible",
        "vat_number": "GB987654321",
        "evidence": "Articles, clause 7",
    }
    assert priya.post(address, given).status_code == 302
    page = text_of(priya.get(address))
    assert "Stands as Eligible body VAT number GB987654321 Known from VAT facts: Articles, clause 7" in page
    assert "Registered, eligible body GB987654321 Articles, clause 7 1 Sep 2026" in page
    again = priya.post(address, given)
    assert again.status_code == 400 and "Facts from 1 September 2026 are on record" in text_of(again)
    assert edith.post(address, given | {"valid_from": "2/9/26"}).status_code == 403
    assert VatFacts.objects.count() == 1


def test_the_rules_take_the_same_queries_however_many(manju: Client, partnership: Organisation) -> None:
    few = queries(lambda: manju.get(RULES))
    for kind in range(1, 6):
        assert manju.post(ADD, NEW | {"kind": str(kind), "valid_from": "1/10/20", "place": "1"}).status_code == 302
    manju.get(RULES)  # takes away what the additions said
    assert queries(lambda: manju.get(RULES)) == few
