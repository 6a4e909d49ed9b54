"""Money leaves once, as three people decided, into accounts that two people confirmed."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from invoicing.ledger.reports import trial_balance
from invoicing.payees.services import (
    AccountAsked,
    OwnAccountChange,
    WrongAccount,
    ask_account,
    confirm_account,
    hold_payments,
    lift_hold,
)
from invoicing.paying_out.answering import reject_payment
from invoicing.paying_out.content import hash_of
from invoicing.paying_out.errors import BatchChanged, BatchMoved, NothingToPay, PayeeChanged, SamePerson, SentAlready
from invoicing.paying_out.models import PaymentBatch, PaymentBatchLine, PaymentBatchPart, PaymentSending
from invoicing.paying_out.preparing import approve_batch, withdraw_batch
from invoicing.paying_out.proposing import propose_payments
from invoicing.paying_out.releasers import appoint_releaser
from invoicing.paying_out.releasing import fail_sending, found_sent, mark_unknown
from invoicing.provider_invoices.models import ProviderInvoice
from marketplace.core.actors import Actor, Role, platform
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.people import actor_for, add_person
from tests.invoicing.paying_out.world import PAY_DAY, TODAY, Payers, credited, earned, invoiced
from tests.shop import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


def balance(account: str) -> int:
    """Debit less credit of an account, in pence."""
    return sum(row.pence for row in trial_balance(on=date(2027, 3, 31)) if row.code == account)


def test_what_is_due_is_paid_less_credits_and_a_carried_credit_stays(payers: Payers) -> None:
    payers.account(payers.ridgeway)
    payers.account(payers.priory, "70872490")
    invoiced(payers.ridgeway, 95_625)
    invoiced(payers.ridgeway, 42_000)
    invoiced(payers.ridgeway, 30_000, due_on=date(2026, 11, 25))  # not yet due
    credited(payers.ridgeway, 12_500)
    invoiced(payers.priory, 10_000)
    carried = credited(payers.priory, 25_000)

    ridgeway, priory = sorted(propose_payments(pay_on=PAY_DAY), key=lambda one: -one.pence)

    assert (ridgeway.provider, ridgeway.pence, ridgeway.held) == (payers.ridgeway, 125_125, "")
    assert priory.held == "Credit notes of £250.00 cover all that is due. They are taken from later payments."
    batch = payers.sent()
    assert (batch.state, batch.count, batch.pence) == ("sent", 1, 125_125)
    carried.refresh_from_db()
    assert carried.outstanding_pence == 25_000
    assert balance("2460") == -125_125
    assert not ProviderInvoice.objects.filter(
        provider=payers.ridgeway, due_on=PAY_DAY, outstanding_pence__gt=0
    ).exists()


def test_what_is_held_has_its_reason_and_stays_out(payers: Payers) -> None:
    payers.account(payers.ridgeway)
    invoiced(payers.ridgeway, 5_000, key="visit:1")
    invoiced(payers.ridgeway, 7_000)
    invoiced(payers.priory, 9_000)
    words = "£50.00 is held: the school queries what was done on 4 March."
    hold_payments(
        source_key="query:1", provider=payers.ridgeway, reason=words, on=TODAY, actor=payers.priya,
        payable_source="visit:1",
    )  # fmt: skip

    priory, ridgeway = propose_payments(pay_on=PAY_DAY)

    assert priory.held == "We know no bank account to pay into. Tell us one."
    assert (ridgeway.pence, [why for _, why in ridgeway.waiting]) == (7_000, [words])
    hold_payments(
        source_key="papers:1", provider=payers.ridgeway, reason="Your insurance ended.", on=TODAY, actor=payers.priya
    )
    with pytest.raises(NothingToPay):
        payers.prepared()
    lift_hold(source_key="papers:1", on=TODAY, actor=payers.priya)
    lift_hold(source_key="query:1", on=TODAY, actor=payers.priya)
    assert payers.prepared().pence == 12_000


def test_one_person_with_two_logins_cannot_prepare_and_approve(payers: Payers, partnership: Organisation) -> None:
    payers.account(payers.ridgeway)
    invoiced(payers.ridgeway, 5_000)
    batch = payers.prepared()
    twin = Actor(  # another login of hers, with a manager's role
        person_id=payers.priya.person_id, user_id=None, name="Priya again", grants=payers.marek.grants
    )
    with pytest.raises(SamePerson):
        approve_batch(batch=batch, seen=hash_of(batch.pk), on=TODAY, actor=twin)
    with pytest.raises(DatabaseError), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(
            state="approved", content_hash="x", approved_by_id=payers.priya.person_id
        )
    batch = approve_batch(batch=batch, seen=hash_of(batch.pk), on=TODAY, actor=payers.marek)
    for who in (payers.priya, twin, payers.marek):
        with pytest.raises(SamePerson):
            payers.release(batch, by=who)
    assert not PaymentSending.objects.exists()
    assert balance("2460") == 0


def test_who_may_not_approve_or_release_is_refused(payers: Payers, partnership: Organisation, actor: Actor) -> None:
    payers.account(payers.ridgeway)
    invoiced(payers.ridgeway, 5_000)
    batch = payers.prepared()
    with pytest.raises(NotAllowed):
        approve_batch(batch=batch, seen=hash_of(batch.pk), on=TODAY, actor=payers.olive)
    with pytest.raises(BatchChanged):
        approve_batch(batch=batch, seen="what stood there before", on=TODAY, actor=payers.marek)
    batch = approve_batch(batch=batch, seen=hash_of(batch.pk), on=TODAY, actor=payers.marek)
    outsider = person(payers.ridgeway, actor, role=Role.PROVIDER, name="Ridge Outsider")
    with pytest.raises(NotFound):
        payers.release(batch, by=outsider)


def test_a_releaser_from_outside_releases_within_their_days(payers: Payers, actor: Actor) -> None:
    payers.account(payers.ridgeway)
    invoiced(payers.ridgeway, 5_000)
    batch = payers.approved()
    chair = add_person(name="Bea Chair", email="bea@example.org", password=None, actor=actor)
    assert chair.user is not None
    bea = actor_for(user=chair.user, on=TODAY)
    with pytest.raises(NotFound):
        payers.release(batch, by=bea)
    appoint_releaser(person=chair, valid_from=TODAY, valid_to=date(2026, 11, 1), actor=payers.marek)
    sending = payers.release(batch, by=bea)
    assert sending.sent_by == Person.objects.get(pk=bea.person_id)


def test_bank_details_changed_an_hour_before_release_stop_it(payers: Payers) -> None:
    payers.account(payers.ridgeway)
    invoiced(payers.ridgeway, 5_000)
    batch = payers.approved()
    payers.account(payers.ridgeway, "70872490", on=TODAY)  # asked and confirmed since

    with pytest.raises(PayeeChanged, match="Ridgeway Learning changed since"):
        payers.release(batch)

    with pytest.raises(DatabaseError), transaction.atomic():  # and without the verb
        PaymentBatch.objects.filter(pk=batch.pk).update(state="sent", released_by_id=payers.olive.person_id)
    assert balance("2460") == 0
    withdraw_batch(batch=batch, reason="Bank details changed", actor=payers.priya)
    [held] = propose_payments(pay_on=PAY_DAY)
    assert held.held == "The bank account was changed lately and can be paid into from 2 November 2026."
    assert payers.prepared(date(2026, 11, 2)).pence == 5_000


def test_a_hold_placed_after_approval_stops_the_release(payers: Payers) -> None:
    payers.account(payers.ridgeway)
    invoiced(payers.ridgeway, 5_000)
    batch = payers.approved()
    hold_payments(source_key="h", provider=payers.ridgeway, reason="We look into it.", on=TODAY, actor=payers.marek)
    with pytest.raises(PayeeChanged, match="Ridgeway Learning are held"):
        payers.release(batch)
    lift_hold(source_key="h", on=TODAY, actor=payers.marek)
    assert payers.release(batch).state == "sent"


def test_what_was_approved_cannot_change(payers: Payers) -> None:
    payers.account(payers.ridgeway)
    invoiced(payers.ridgeway, 5_000)
    batch = payers.approved()
    for change in ({"pence": 6_000}, {"payee_account": payers.account(payers.priory, "70872490")}):
        with pytest.raises(DatabaseError), transaction.atomic():
            PaymentBatchLine.objects.filter(batch=batch).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(content_hash="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        PaymentBatchPart.objects.filter(line__batch=batch).update(pence=1)


def test_a_file_sent_without_an_answer_is_not_sent_again(payers: Payers) -> None:
    payers.account(payers.ridgeway)
    invoiced(payers.ridgeway, 5_000)
    batch = payers.approved()
    first = payers.release(batch, key="a")
    assert payers.release(batch, key="a") == first  # the same click again
    with pytest.raises(SentAlready):
        payers.release(batch, key="b")
    batch = mark_unknown(batch=batch, reason="The connection broke off", actor=payers.priya)
    with pytest.raises(SentAlready, match="not known yet"):
        payers.release(batch, key="c")
    with pytest.raises(DatabaseError), transaction.atomic():  # nor by hand
        PaymentSending.objects.create(
            batch=batch, ordinal=2, command_key="d", form="csv", content=b"x", sha256="x", entry_id=first.entry_id,
            sent_by_id=payers.olive.person_id, sent_on=TODAY,
        )  # fmt: skip
    assert PaymentSending.objects.count() == 1
    assert balance("2460") == -5_000
    batch = found_sent(batch=batch, reason="The bank has it", actor=payers.priya)
    assert batch.state == "sent"


def test_a_file_that_surely_failed_is_sent_once_more(payers: Payers) -> None:
    payers.account(payers.ridgeway)
    invoice = invoiced(payers.ridgeway, 5_000)
    batch = payers.sent()
    with pytest.raises(NotAllowed):
        fail_sending(batch=batch, reason="Refused whole", on=TODAY, actor=payers.olive)
    fail_sending(batch=batch, reason="Refused whole", on=TODAY, actor=payers.marta)
    invoice.refresh_from_db()
    assert (invoice.outstanding_pence, balance("2460")) == (5_000, 0)
    assert payers.release(batch, key="again").ordinal == 2
    assert balance("2460") == -5_000


def test_a_rejected_payment_is_owed_again(payers: Payers) -> None:
    payers.account(payers.ridgeway)
    payers.account(payers.priory, "70872490")
    invoice = invoiced(payers.ridgeway, 5_000)
    credit = credited(payers.ridgeway, 1_000)
    invoiced(payers.priory, 2_500)
    batch = payers.sent()
    line = batch.lines.get(provider=payers.ridgeway)

    reject_payment(line=line, reason="Account closed", on=PAY_DAY, actor=payers.olive)

    invoice.refresh_from_db(), credit.refresh_from_db()
    assert (invoice.outstanding_pence, credit.outstanding_pence) == (5_000, 1_000)
    assert balance("2460") == -2_500
    [again] = propose_payments(pay_on=PAY_DAY)
    assert again.pence == 4_000


def test_nothing_is_in_two_batches(payers: Payers) -> None:
    payers.account(payers.ridgeway)
    invoice = invoiced(payers.ridgeway, 5_000)
    batch = payers.prepared()
    with pytest.raises(NothingToPay):
        payers.prepared()
    with pytest.raises(DatabaseError), transaction.atomic():
        PaymentBatchPart.objects.create(line=batch.lines.get(), provider_invoice=invoice, pence=1)
    with pytest.raises(BatchMoved):
        fail_sending(batch=batch, reason="No", on=TODAY, actor=payers.marta)


def test_less_owed_since_preparation_refuses_the_release(payers: Payers) -> None:
    payers.account(payers.ridgeway)
    invoice = invoiced(payers.ridgeway, 5_000)
    batch = payers.approved()
    with transaction.atomic():
        ProviderInvoice.objects.filter(pk=invoice.pk).update(outstanding_pence=4_000)
        with pytest.raises(BatchChanged):
            payers.release(batch)
        transaction.set_rollback(True)


def test_a_pay_day_on_a_weekend_is_the_working_day_before(payers: Payers) -> None:
    payers.account(payers.ridgeway)
    invoiced(payers.ridgeway, 5_000)
    assert payers.prepared(date(2026, 11, 1)).pay_on == date(2026, 10, 30)
    assert earned(payers.ridgeway, 100).state == "owed"


def test_an_account_is_confirmed_by_somebody_else_and_frozen(payers: Payers) -> None:
    asked = ask_account(
        organisation=payers.ridgeway, account_name="Ridgeway Learning", sort_code="60-16-13", account_number="319268",
        on=TODAY, actor=payers.marek,
    )  # fmt: skip
    assert (asked.account_number, asked.masked) == ("00319268", "ending 9268")
    with pytest.raises(OwnAccountChange):
        confirm_account(account=asked, how_checked="Myself", on=TODAY, actor=payers.marek)
    with pytest.raises(AccountAsked):
        payers.account(payers.ridgeway)
    with pytest.raises(WrongAccount):
        ask_account(
            organisation=payers.priory, account_name="Priory", sort_code="60161", account_number="31926819", on=TODAY,
            actor=payers.priya,
        )  # fmt: skip
    done = confirm_account(account=asked, how_checked="Called back", on=TODAY, actor=payers.marta)
    with pytest.raises(DatabaseError), transaction.atomic():
        type(done).objects.filter(pk=done.pk).update(account_number="11111111")
    with pytest.raises(NotFound):
        ask_account(
            organisation=payers.priory, account_name="P", sort_code="601613", account_number="31926819", on=TODAY,
            actor=platform("test"),
        )  # fmt: skip
