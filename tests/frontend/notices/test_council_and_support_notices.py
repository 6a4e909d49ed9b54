"""E-mails to commissioners, and about support plans: once, to the right people, and of confidential plans the number alone."""

from datetime import date

import pytest

from frontend.notices.council import tell_invoices, tell_unspent
from frontend.notices.support import tell_reviews
from invoicing.documents.models import Document
from marketplace.messaging.models import Message
from subscriptions.commissions.models import QuarterReturn
from subscriptions.commissions.services.approving import approve_invoice
from subscriptions.commissions.services.returning import query_return, send_return
from subscriptions.outcomes.services.stating import freeze_due
from subscriptions.support.services.planning import agree_plan, withdraw_plan
from tests.invoicing.books import bill
from tests.subscriptions.commissions import councils
from tests.subscriptions.support.test_support_plans import TODAY
from tests.subscriptions.support.test_support_plans import Cast as SupportCast

pytestmark = pytest.mark.django_db


def told(messages: list[Message]) -> list[tuple[str, str]]:
    return [(one.to.split(".")[0], one.subject) for one in messages]


@pytest.fixture
def commissioned(partnership, actor, tmp_path):
    council, area = councils.area(tmp_path, actor)
    cast = councils.cast_of(council, actor)
    return cast, councils.agreed(cast), area


def test_a_return_is_told_to_the_commissioner_and_a_question_to_the_organisers(commissioned, post):
    cast, council, _ = commissioned
    post("council")
    report = councils.filled(QuarterReturn.objects.get(council=council, ordinal=1), cast)
    send_return(report=report, on=date(2026, 7, 10), actor=cast.olga)
    [mail] = post("council")
    assert told([mail]) == [("carla", "Accept the return of April 2026 to June 2026: Inclusion and early help")]
    assert f"/reports/{council.contract.number}/1" in mail.plain
    query_return(report=report, query="Why only eighteen?", on=date(2026, 7, 12), actor=cast.carla)
    found = post("council")[1:]
    assert [one.subject for one in found] == [
        "Answer a question about the return of April 2026 to June 2026: Inclusion and early help"
    ]
    assert "eighteen" not in found[0].plain


def test_an_invoice_that_waits_for_a_purchase_order_is_told_once(commissioned, post):
    cast, _, _ = commissioned
    on = date(2026, 9, 1)
    freeze_due(on=on, actor=cast.fatima)
    bill(on)
    number = Document.objects.get().number
    assert (tell_invoices(on=on), tell_invoices(on=on)) == (1, 1)
    found = [one for one in post("council") if one.subject.startswith("Approve")]
    assert told(found) == [("carla", found[0].subject)] and f"invoice {number}, £" in found[0].subject
    assert "Purchase order on it: None yet" in found[0].plain
    invoice = Document.objects.get()
    approve_invoice(document=invoice, purchase_order="PO-7", keep=False, on=on, actor=cast.carla)
    assert tell_invoices(on=on) == 0


def test_what_will_stay_unspent_is_told_once_a_quarter_without_naming_schools(commissioned, post):
    cast, council, schools = commissioned
    councils.package(cast, council, schools[:2])
    assert tell_unspent(on=date(2026, 9, 30)) == 0, "not in the middle of a quarter"
    on = date(2026, 10, 5)
    assert (tell_unspent(on=on), tell_unspent(on=on)) == (1, 1)
    [mail] = [one for one in post("council") if one.subject.startswith("Likely")]
    assert "£40,000 will be unspent; these two schools are eligible, if schools go on drawing" in " ".join(
        mail.plain.split()
    )
    assert not [one.name for one in schools if one.name in mail.plain]


@pytest.fixture
def support(partnership, council, actor, tmp_path) -> SupportCast:
    return SupportCast(partnership, council, actor, tmp_path)


def test_a_plan_is_told_to_the_head_then_to_who_pays_and_the_organisers(support, post):
    plan = support.plan()
    found = post("support")
    assert told(found) == [("hana", f"Agree: Reading in key stage 1, {support.school.name}")]
    assert "£4,500.00" in found[0].plain
    agree_plan(plan=plan, on=TODAY, actor=support.head)
    assert sorted(told(post("support"))[1:]) == [
        (who, f"Agreed by the school: Reading in key stage 1, {support.school.name}") for who in ("cal", "olu")
    ]
    first = plan.reviews.order_by("due_on").first().due_on
    early = date.fromordinal(first.toordinal() - 8)
    assert tell_reviews(on=early) == 0
    assert (tell_reviews(on=first), tell_reviews(on=first)) == (1, 1)
    found = [one for one in post("support") if one.subject.startswith("Review on")]
    assert sorted(one.to.split(".")[0] for one in found) == ["hana", "olu"]


def test_a_plan_that_is_taken_back_is_told_without_its_reason(support, post):
    plan = support.plan()
    withdraw_plan(plan=plan, reason="Somebody else helps", on=TODAY, actor=support.organiser)
    found = post("support")
    assert [one.subject.split(":")[0] for one in found] == ["Taken back"], "and nobody is asked to agree it"
    assert "Somebody" not in found[0].plain


def test_of_a_confidential_plan_only_its_number_is_told(support, post):
    plan = support.plan(confidential=True)
    agree_plan(plan=plan, on=TODAY, actor=support.head)
    tell_reviews(on=plan.reviews.order_by("due_on").first().due_on)
    found = post("support")
    assert len(found) >= 4
    for one in found:
        words = one.subject + one.plain + one.html
        assert plan.number in words
        assert not [word for word in ("Reading in", support.school.name, "£", "Hill Top") if word in words]
