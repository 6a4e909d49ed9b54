"""Journey of a payment on the pages: an account, a batch, three people, a file, the bank line."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from invoicing.banking.models import BankAccount
from invoicing.payees.models import PayeeAccount
from invoicing.paying_out.models import PaymentBatch
from invoicing.paying_out.releasers import appoint_releaser
from marketplace.core import outbox
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Delivery, Event
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.people import add_person
from providers.services import add_provider as add_profile
from tests.api.calling import Program
from tests.frontend.school.visits import signed_in, text_of
from tests.invoicing.banking.files import lloyds as lloyds_file
from tests.invoicing.paying_out.world import Payers, invoiced
from tests.shop import person

pytestmark = pytest.mark.django_db
DUE = date(2026, 9, 25)


@pytest.fixture
def payers(partnership: Organisation, actor: Actor) -> Payers:
    made = Payers(partnership, actor)
    invoiced(made.ridgeway, 95_625, due_on=DUE)
    invoiced(made.priory, 42_000, due_on=DUE)
    return made


@pytest.fixture
def staff(payers: Payers, actor: Actor) -> Client:
    """Who acts for Ridgeway Learning."""
    add_profile(organisation=payers.ridgeway, code="ridgeway-learning", actor=actor)
    return signed_in(person(payers.ridgeway, actor, role=Role.PROVIDER, name="Robin Staff"))


def test_a_provider_tells_its_account_and_a_second_person_confirms_it(payers: Payers, staff: Client) -> None:
    address = "/provider/ridgeway-learning/bank-account"
    assert "payments wait" in text_of(staff.get(address))
    wrong = staff.post(address, {"account_name": "Ridgeway", "sort_code": "6016", "account_number": "31926819"})
    assert wrong.status_code == 400 and "Sort code must be 6 digits" in text_of(wrong)
    staff.post(address, {"account_name": "Ridgeway", "sort_code": "60-16-13", "account_number": "31926819"})
    asked = PayeeAccount.objects.get()
    page = staff.get(address).content.decode()
    assert "ending 6819" in page and "31926819" not in page
    marek, priya = signed_in(payers.marek), signed_in(payers.priya)
    assert "31926819" not in priya.get(f"/finance/payee-accounts/{asked.pk}").content.decode()
    assert "31926819" in marek.get(f"/finance/payee-accounts/{asked.pk}").content.decode()
    assert Event.objects.filter(kind="payee_account.seen", actor_person_id=payers.marek.person_id).count() == 1
    marek.post(f"/finance/payee-accounts/{asked.pk}", {"do": "confirm", "words": "Called Robin on 01632 960001"})
    asked.refresh_from_db()
    assert (asked.state, asked.how_checked) == ("confirmed", "Called Robin on 01632 960001")
    assert "31926819" not in marek.get(f"/finance/payee-accounts/{asked.pk}").content.decode()


def test_a_batch_goes_through_three_people_and_out_of_the_bank(
    payers: Payers, bank_account: BankAccount, actor: Actor
) -> None:
    payers.account(payers.ridgeway)
    priya, marek = signed_in(payers.priya), signed_in(payers.marek)
    page = text_of(priya.get("/finance/payment-batches/new?pay_on=30/9/26"))
    assert "Prepare 1 payment, £956.25" in page and "We know no bank account to pay into" in page
    values = {"pay_on": "30/09/2026", "account": bank_account.pk, "shown": "95625"}
    assert "changed since you looked" in text_of(priya.post("/finance/payment-batches/new", values | {"shown": "1"}))
    priya.post("/finance/payment-batches/new", values)
    batch = PaymentBatch.objects.get()
    own = text_of(priya.get(f"/finance/payment-batches/{batch.number}"))
    assert "You prepared this batch, so someone else must approve it" in own and "Approve 1 payment" not in own
    address = f"/finance/payment-batches/{batch.number}"
    seen = marek.get(address).content.decode().split('name="seen" value="')[1].split('"')[0]
    marek.post(address, {"do": "approve", "seen": seen})
    refused = priya.post(address, {"do": "release", "form": "pain001"})
    assert refused.status_code == 409 and "someone else must release it" in text_of(refused)
    chair = add_person(name="Bea Chair", email="bea@example.org", password=None, actor=actor)
    appoint_releaser(person=chair, valid_from=DUE, valid_to=date(2026, 12, 1), actor=payers.marek)
    bea = Client()
    bea.force_login(chair.user)  # type: ignore[arg-type]
    assert "Release payment batch PAY-000001" in text_of(bea.get("/"))
    release = f"/finance/payment-releases/{batch.number}"
    assert "You are the third person" in text_of(bea.get(release))
    bea.post(release, {"do": "release", "form": "pain001", "key": "once"})
    batch.refresh_from_db()
    assert (batch.state, batch.released_by) == ("sent", Person.objects.get(name="Bea Chair"))
    assert bea.get(release).status_code == 404
    file = priya.get(f"{address}/file/1")
    assert file["Content-Disposition"] == f'attachment; filename="{batch.number}-1.xml"'
    assert Event.objects.filter(kind="payment_file.seen").count() == 1


def test_the_bank_line_is_offered_and_confirms_the_batch(
    payers: Payers, lloyds: BankAccount, imported, actor: Actor
) -> None:
    payers.account(payers.ridgeway)
    batch = payers.sent()
    imported(lloyds_file([(date(2026, 9, 29), "BACS PAYMENTS", -95_625)], opening=200_000).encode())
    priya = signed_in(payers.priya)
    page = priya.get("/finance/bank/current/match?one=1")
    assert f"Payment batch {batch.number}, £956.25" in text_of(page)
    key = next(part.split('"')[0] for part in page.content.decode().split('value="') if part.startswith("payments-"))
    line = lloyds.lines.get()
    done = priya.post("/finance/bank/current/match", {"action": "line", "line": line.pk, "choice": key}, follow=True)
    assert "1 payment of PAY-000001 left the bank." in text_of(done)
    batch.refresh_from_db()
    assert batch.state == "confirmed"


def test_others_learn_nothing_and_the_auditor_reads(payers: Payers, amira: Client, edith: Client) -> None:
    payers.account(payers.ridgeway)
    batch = payers.prepared()
    for path in ("payment-batches", "payment-batches/new", f"payment-batches/{batch.number}", "payment-holds",
                 "payee-accounts", f"payment-releases/{batch.number}"):  # fmt: skip
        assert amira.get(f"/finance/{path}").status_code == 404, path
    assert edith.get(f"/finance/payment-batches/{batch.number}").status_code == 200
    assert edith.post(f"/finance/payment-batches/{batch.number}", {"do": "approve"}).status_code == 403
    assert edith.get(f"/finance/payment-batches/{batch.number}/file/1").status_code == 403


def test_holding_and_lifting(payers: Payers, staff: Client) -> None:
    priya = signed_in(payers.priya)
    priya.post(
        "/finance/payment-holds", {"do": "hold", "provider": "Ridgeway Learning", "reason": "Your insurance ended."}
    )
    assert "Your insurance ended." in text_of(priya.get("/finance/payment-holds"))
    assert "Your insurance ended." in text_of(staff.get("/provider/ridgeway-learning/bank-account"))
    hold = payers.ridgeway.payment_holds.get()
    priya.post("/finance/payment-holds", {"do": "lift", "hold": hold.pk})
    hold.refresh_from_db()
    assert hold.lifted_on == date(2026, 9, 30)


def test_programs_prepare_and_approve_and_never_see_digits(payers: Payers, bank_account: BankAccount) -> None:
    payers.account(payers.ridgeway)
    officer, manager = Program(payers.priya), Program(payers.marek)
    [held, due] = sorted(officer.get("/payments-due").json(), key=lambda row: row["pence"])
    assert (due["pence"], due["held"], held["pence"]) == (95_625, "", 42_000)
    made = officer.send("POST", "/payment-batches", {"pay_on": "2026-09-30", "account": bank_account.pk}).json()
    assert (made["state"], made["lines"][0]["account_ending"]) == ("prepared", "6819")
    path = f"/payment-batches/{made['number']}"
    assert officer.send("POST", f"{path}/approve", {"content": made["content"]}).status_code == 403
    assert manager.send("POST", f"{path}/approve", {"content": "another"}).status_code == 409
    assert manager.send("POST", f"{path}/approve", {"content": made["content"]}).json()["state"] == "approved"
    assert officer.send("POST", f"{path}/withdraw", {"reason": "Not yet"}).json()["state"] == "withdrawn"
    assert [row["state"] for row in officer.get("/payment-batches").json()["results"]] == ["withdrawn"]


def test_a_provider_is_told_of_its_account_and_its_payment(payers: Payers, staff: Client) -> None:
    payers.account(payers.ridgeway)
    payers.sent()
    Delivery.objects.update(next_at=timezone.now())  # written by the database's clock, which no test sets
    while outbox.deliver():
        pass
    told = {message.subject: message.plain for message in Message.objects.filter(topic="payments")}
    assert any(subject.startswith("Asked on") for subject in told)
    [advice] = [text for subject, text in told.items() if subject.startswith("Paid on")]
    assert "£956.25" in advice and "ending 6819" in advice and not any("31926819" in text for text in told.values())


@pytest.fixture
def bank_account(lloyds: BankAccount) -> BankAccount:
    return lloyds
