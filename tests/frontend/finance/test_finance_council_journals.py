"""The pages of council journals: finance prepares, sends and receives, the council confirms on a page of its own."""

from datetime import date

import pytest
from django.test import Client

from invoicing.banking.models import BankAccount
from invoicing.council_journals.models import CouncilJournal
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.people import add_person, give_role
from marketplace.organisations.services.registry import add_organisation, terms_of
from tests.conftest import START, Charges
from tests.frontend.school.visits import text_of
from tests.invoicing.books import balances
from tests.invoicing.council_journals.maintained import Maintained, build_maintained

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
LIST, NEW, ONE = "/finance/council-journals", "/finance/council-journals/new", "/finance/council-journals/CJ-000001"


@pytest.fixture
def world(
    partnership: Organisation, council: Organisation, charges: Charges, actor: Actor, lloyds: BankAccount
) -> Maintained:
    found = build_maintained(ours=partnership, council=council, charges=charges, actor=actor)
    found.invoiced()
    return found


def signed_in(person_id: int | None) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=person_id).user)  # type: ignore[arg-type]
    return client


@pytest.fixture
def colin(world: Maintained) -> Client:
    """The council's payments officer."""
    return signed_in(world.payments.person_id)


@pytest.fixture
def wendy(world: Maintained, actor: Actor) -> Client:
    """The payments officer of another council."""
    elsewhere = add_organisation(
        kind=Organisation.Kind.AUTHORITY, name="Westmere County Council", valid_from=START, actor=actor
    )
    person = add_person(name="Wendy West", email="wendy@example.org", password=None, actor=actor)
    give_role(person=person, role=Role.COUNCIL_PAYMENTS, organisation=elsewhere, valid_from=START, actor=actor)
    return signed_in(person.pk)


def council_page(world: Maintained, number: str = "") -> str:
    return f"/customer/{world.council.number}/council-journals" + (f"/{number}" if number else "")


def test_from_the_preview_to_the_money(priya: Client, colin: Client, world: Maintained) -> None:
    assert "No council journals yet" in text_of(priya.get(LIST))
    assert "Tidewell Borough Council" in text_of(priya.get(NEW))
    page = text_of(priya.get(NEW, {"council": world.council.number, "on": "30/9/26"}))
    assert "Prepare journal of 2 schools, £210.00" in page
    assert "E19 £30.00, E22 £120.00" in page and "No cost centre. Ask the school or the council" in page
    asked = {"council": world.council.number, "on": "2026-09-30", "expected": "21000"}
    assert "CJ-000001 prepared, £210.00." in text_of(priya.post(NEW, asked, follow=True))

    # Nobody at the council sees a draft.
    assert colin.get(council_page(world, "CJ-000001")).status_code == 404
    assert "recorded as sent" in text_of(priya.post(ONE, {"do": "send", "sent_on": "30/9/26"}, follow=True))
    assert "Confirm council journal CJ-000001" in text_of(colin.get("/"))
    assert "£210.00 waits for you to post and confirm" in text_of(colin.get(council_page(world)))
    given = {"reference": "GL 88214", "confirmed_on": "30/9/26"}
    answer = text_of(colin.post(council_page(world, "CJ-000001"), given, follow=True))
    assert "CJ-000001 confirmed: £210.00 settled." in answer
    assert "Please pay £210.00 over, quoting CJ-000001" in answer
    assert balances()["1150"] == 21_000

    paid = {"do": "receive", "pence": "200.00", "received_on": "30/9/26", "account": "1000"}
    assert "£200.00 of CJ-000001 recorded as received." in text_of(priya.post(ONE, paid, follow=True))
    too_much = priya.post(ONE, paid | {"pence": "10.01"})
    assert too_much.status_code == 409 and "Only £10.00 of CJ-000001 is still to come" in text_of(too_much)
    priya.post(ONE, paid | {"pence": "10.00"})
    assert "has confirmed it and paid it over" in text_of(priya.get(ONE)) and "1150" not in balances()
    receipt = CouncilJournal.objects.get().receipts.latest("pk")
    undo = f"{ONE}/receipts/{receipt.pk}/undo"
    assert "£10.00 is still to come" in text_of(priya.get(undo))
    assert priya.post(undo, {"reason": ""}).status_code == 400
    assert "Undone. £10.00 of CJ-000001" in text_of(priya.post(undo, {"reason": "Another's"}, follow=True))


def test_the_file_is_the_lines(priya: Client, colin: Client, world: Maintained) -> None:
    world.sent()
    for client, address in ((priya, ONE), (colin, council_page(world, "CJ-000001"))):
        rows = client.get(address, {"format": "csv"}).content.decode("utf-8-sig").splitlines()
        assert rows[0].startswith("journal,customer,school,establishment_number,cost_centre,cfr_code,invoice,net")
        assert rows[1].endswith(",FH1044,E19," + rows[1].split(",")[6] + ",30.00,0.00,30.00,")
        assert len(rows) == 4 and rows[1].startswith("CJ-000001,") and ",0001,FH1044," in rows[1]


def test_what_changed_since_it_was_looked_at_is_not_prepared(priya: Client, world: Maintained) -> None:
    asked = {"council": world.council.number, "on": "2026-09-30"}
    changed = priya.post(NEW, asked | {"expected": "20000"})
    assert changed.status_code == 409 and "comes to £210.00, not £200.00" in text_of(changed)
    assert priya.post(NEW, asked | {"expected": "٣"}).status_code == 400
    assert priya.post(NEW, {"council": "nobody", "on": "x"}).status_code == 400
    assert not CouncilJournal.objects.exists()


def test_a_wrong_word_of_the_council_is_said_and_nothing_is_settled(
    priya: Client, colin: Client, world: Maintained
) -> None:
    world.sent()
    page = council_page(world, "CJ-000001")
    late = colin.post(page, {"reference": "", "confirmed_on": "1/10/26"})
    assert late.status_code == 400 and "must be today or in the past" in text_of(late)
    early = colin.post(page, {"reference": "GL", "confirmed_on": "1/9/26"})
    assert early.status_code == 400 and "on or after 30 September 2026" in text_of(early)
    assert priya.post(ONE, {"do": "withdraw", "reason": ""}).status_code == 400
    assert priya.post(ONE, {"do": "dance"}).status_code == 400
    assert "withdrawn" in text_of(priya.post(ONE, {"do": "withdraw", "reason": "Year closed"}, follow=True))
    assert "so do not post it: Year closed" in text_of(colin.get(page))
    gone = colin.post(page, {"reference": "GL", "confirmed_on": "30/9/26"})
    assert gone.status_code == 409 and "1150" not in balances()


def test_another_council_a_school_and_the_auditor(
    wendy: Client, amira: Client, edith: Client, world: Maintained
) -> None:
    world.sent()
    own = Organisation.objects.get(name="Westmere County Council").number
    assert "No journals yet" in text_of(wendy.get(f"/customer/{own}/council-journals"))
    for client in (wendy, amira):
        for page in (council_page(world), council_page(world, "CJ-000001"), LIST, ONE):
            assert client.get(page).status_code == 404
        assert client.post(council_page(world, "CJ-000001"), {}).status_code == 404
    assert wendy.get(f"/customer/{own}/council-journals/CJ-000001").status_code == 404
    read = edith.get(ONE)
    assert read.status_code == 200 and "<button" not in read.content.decode().split("<h1")[1]
    assert edith.post(ONE, {"do": "withdraw", "reason": "No"}).status_code == 403
    assert edith.get(NEW).status_code == 403


def test_the_cost_centre_stands_on_the_terms(priya: Client, world: Maintained) -> None:
    page = f"/finance/customers/{world.without_centre.number}/terms"
    given = {
        "settlement": "council_journal", "payment_days": "30", "purchase_order_rule": "optional",
        "payer_reference_name": "Purchase order", "invoice_grouping": "purchase_order", "invoice_rhythm": "as_due",
        "invoice_to": "", "cost_centre": " WX 77 ",
    }  # fmt: skip
    assert priya.post(page, given).status_code == 302
    assert terms_of(world.without_centre).cost_centre == "WX 77"
    assert 'value="WX 77"' in priya.get(page).content.decode()
    assert "Prepare journal of 3 schools, £234.00" in text_of(
        priya.get(NEW, {"council": world.council.number, "on": date(2026, 9, 30).isoformat()})
    )
