"""Journey 2: an order above a limit goes to whoever approves, by a page or by a link, without JavaScript."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from catalogue.models import Offer
from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor, Role
from marketplace.core.files import store_file
from marketplace.core.models import Event
from marketplace.organisations.models import Deputy, Organisation, Person
from marketplace.organisations.services.delegation import name_deputy, set_approval_rule
from marketplace.trading.models import Approval, ApprovalLink, Order
from marketplace.trading.services import new_link
from tests.core import small_files
from tests.frontend.school.conftest import ON, Buying
from tests.frontend.school.visits import hidden_fields, signed_in, text_of
from tests.shop import LONDON, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


@pytest.fixture
def pat(school: Organisation, actor: Actor) -> Actor:
    """Oakfield's office, who may order up to £250.00."""
    return person(school, actor, name="Pat Small", limit=25_000)


@pytest.fixture
def hana(school: Organisation, actor: Actor) -> Actor:
    return person(school, actor, name="Hana Head", role=Role.APPROVER, limit=500_000)


def chair_decides(school: Organisation, actor: Actor) -> None:
    set_approval_rule(
        organisation=school, from_pence=25_000, valid_from=ON, email="chair@oakfield.example",
        title="the chair of governors", actor=actor,
    )  # fmt: skip


@pytest.fixture
def sent(base: str, pat: Actor, hana: Actor, buying: Buying, course: Offer) -> Approval:
    """Two places, £280.00, sent through the basket's page."""
    return send(base, pat, buying, course)


def send(base: str, pat: Actor, buying: Buying, course: Offer) -> Approval:
    buying.add(course, 2, by=pat, delegates=["Amina Birch"])
    client = signed_in(pat)
    fields = hidden_fields(client.get(f"{base}/basket")) | {"action": "ask", "purchase_order": "PO 7"}
    answer = client.post(f"{base}/basket", fields)
    assert answer.status_code == 302, text_of(answer)
    return Approval.objects.get()


def test_the_check_page_says_to_whom_it_goes_and_the_button_sends_it(
    base: str, pat: Actor, hana: Actor, buying: Buying, course: Offer
) -> None:
    buying.add(course, 2, by=pat)
    page = text_of(signed_in(pat).get(f"{base}/basket"))
    assert "This order is £30.00 over your limit, so it goes to Hana Head." in page
    assert "kept until 15 September 2026 meanwhile" in page
    assert "Send for approval £280.00" in page and "Place order" not in page


def test_posting_the_old_button_places_nothing(
    base: str, pat: Actor, hana: Actor, buying: Buying, course: Offer
) -> None:
    buying.add(course, 2, by=pat)
    client = signed_in(pat)
    refused = client.post(f"{base}/basket", hidden_fields(client.get(f"{base}/basket")))
    assert refused.status_code == 409 and "Send it for approval. Nothing is ordered" in text_of(refused)
    assert not Order.objects.exists()


def test_sent_says_who_has_it_and_until_when_and_nothing_is_charged(base: str, pat: Actor, sent: Approval) -> None:
    number = sent.order.number
    page = text_of(signed_in(pat).get(f"{base}/orders/{number}/placed"))
    assert "Sent for approval" in page and "It is with Hana Head. The 2 places are kept until 15 September 2026" in page
    order = text_of(signed_in(pat).get(f"{base}/orders/{number}"))
    assert "With approver" in order and "Not invoiced yet" not in order
    assert not Charge.objects.exists()


def test_the_approver_reads_what_for_whom_how_much_and_why_and_approves(base: str, hana: Actor, sent: Approval) -> None:
    client, number = signed_in(hana), sent.order.number
    home = text_of(client.get("/"))
    assert (
        "Approve Safeguarding for new leaders, 24 March 2027, Tidewell by 15 September 2026" in home
        and "£280.00" in home
    )
    page = text_of(client.get(f"{base}/approvals/{number}"))
    for words in ("Approve order ORD", "Asked by Pat Small on 1 September 2026", "For Oakfield Primary School",
                  "Whole-term sum with VAT £280.00", "It is £30.00 over the limit of Pat Small", "Purchase order PO 7",
                  "£280.00 goes on account"):  # fmt: skip
        assert words in page
    done = client.post(f"{base}/approvals/{number}", {"answer": "approve"}, follow=True)
    assert f"{number} is approved and placed. £280.00 goes on account." in text_of(done)
    assert Order.objects.get().state == "placed" and Charge.objects.get().net_pence == 28_000
    after = text_of(client.get(f"{base}/approvals/{number}"))
    assert "Approved by Hana Head on 1 September 2026" in after and "Record my decision" not in after


def test_not_approving_without_a_reason_is_asked_for_and_with_one_the_buyer_reads_it(
    base: str, pat: Actor, hana: Actor, sent: Approval
) -> None:
    client, address = signed_in(hana), f"{base}/approvals/{sent.order.number}"
    refused = client.post(address, {"answer": "decline", "reason": " "})
    assert refused.status_code == 400 and "Enter the reason, so that the school knows why" in text_of(refused)
    nothing = client.post(address, {"reason": "x"})
    assert nothing.status_code == 400 and "Choose your decision" in text_of(nothing)
    client.post(address, {"answer": "decline", "reason": "Not in the plan <b>"})
    page = signed_in(pat).get(address)
    assert "Reason: Not in the plan <b>" in text_of(page) and "&lt;b&gt;" in page.content.decode()
    assert Order.objects.get().state == "declined"


def test_who_asked_sees_no_button_and_posting_it_is_refused(base: str, pat: Actor, sent: Approval) -> None:
    client, address = signed_in(pat), f"{base}/approvals/{sent.order.number}"
    page = text_of(client.get(address))
    assert "You asked for this order, so someone else must approve it." in page and "Record my decision" not in page
    assert "With Hana Head since 1 September 2026. Places and price are kept until 15 September 2026." in page
    refused = client.post(address, {"answer": "approve"})
    assert refused.status_code == 403 and Order.objects.get().state == "awaiting_approval"


def test_a_second_decision_is_told_what_came_first(base: str, hana: Actor, pat: Actor, sent: Approval) -> None:
    client, address = signed_in(hana), f"{base}/approvals/{sent.order.number}"
    signed_in(pat).post(f"{address}/withdraw")
    refused = client.post(address, {"answer": "approve"})
    assert refused.status_code == 409 and "was withdrawn on 1 September 2026. Nothing further was recorded." in text_of(
        refused
    )
    assert not Charge.objects.exists()


def test_the_buyer_reminds_once_an_hour_and_withdraws(base: str, pat: Actor, sent: Approval) -> None:
    client, address = signed_in(pat), f"{base}/approvals/{sent.order.number}"
    assert "A reminder goes to Hana Head." in text_of(client.post(f"{address}/remind", follow=True))
    again = client.post(f"{address}/remind")
    assert again.status_code == 409 and "less than an hour ago" in text_of(again)
    assert "reminded on 1 September 2026" in text_of(client.get("/"))
    assert client.get(f"{address}/withdraw").status_code == client.get(f"{address}/remind").status_code == 405
    assert "is withdrawn. Its places are free again" in text_of(client.post(f"{address}/withdraw", follow=True))
    assert Order.objects.get().state == "withdrawn"


def test_an_outsider_finds_no_such_page_whatever_they_try(base: str, as_outsider: Client, sent: Approval) -> None:
    address = f"{base}/approvals/{sent.order.number}"
    asked = [
        as_outsider.get(f"{base}/approvals"),
        as_outsider.get(address),
        as_outsider.post(address, {"answer": "approve"}),
    ]
    asked += [as_outsider.post(f"{address}/{verb}") for verb in ("remind", "withdraw", "paper")]
    asked += [as_outsider.get(f"{base}/deputies"), as_outsider.post(f"{base}/deputies/1/end")]
    assert {answer.status_code for answer in asked} == {404}
    assert Approval.objects.get().state == "waiting"


def test_the_list_takes_a_constant_number_of_queries(
    base: str, pat: Actor, hana: Actor, buying: Buying, course: Offer, count_queries
) -> None:
    client = signed_in(hana)
    send(base, pat, buying, course)
    client.get(f"{base}/approvals")
    one = count_queries(lambda: client.get(f"{base}/approvals")), count_queries(lambda: client.get("/"))
    for name in ("Ada Asks", "Ben Asks", "Cleo Asks"):
        asker = person(buying.school, buying.actor, name=name, limit=1)
        buying.add(course, 1, by=asker)
        asking = signed_in(asker)
        asking.post(f"{base}/basket", hidden_fields(asking.get(f"{base}/basket")) | {"action": "ask"})
    assert Approval.objects.count() == 4
    four = count_queries(lambda: client.get(f"{base}/approvals")), count_queries(lambda: client.get("/"))
    assert four == one


def by_link(
    school: Organisation, actor: Actor, base: str, pat: Actor, buying: Buying, course: Offer
) -> tuple[Approval, str]:
    chair_decides(school, actor)
    approval = send(base, pat, buying, course)
    return approval, f"/decide/{new_link(approval=approval, at=timezone.now())}"


def test_a_governor_decides_by_link_once_and_opening_it_uses_nothing_up(
    school: Organisation, actor: Actor, base: str, pat: Actor, buying: Buying, course: Offer
) -> None:
    approval, address = by_link(school, actor, base, pat, buying, course)
    nobody = Client()
    for _ in range(2):
        page = nobody.get(address)
        assert "You are asked as the chair of governors" in text_of(page)
    assert (page.headers["Referrer-Policy"], page.headers["Cache-Control"].count("no-store")) == ("same-origin", 1)
    words = text_of(page)
    assert "Sign in" not in words and "Find" not in words and "£280.00 over its whole term" in words
    refused = nobody.post(address, {"answer": "approve", "name": "", "role": ""})
    assert refused.status_code == 400 and "Enter your name" in text_of(refused)
    given = {"answer": "approve", "name": "Mary Okonkwo", "role": "Chair of governors"}
    done = nobody.post(address, given, follow=True)
    assert "Your decision is recorded" in text_of(done) and approval.order.number not in text_of(done)
    assert Order.objects.get().state == "placed"
    again = nobody.post(address, given)
    assert again.status_code == 404 and "This link no longer works" in text_of(again)
    seen = text_of(signed_in(pat).get(f"{base}/approvals/{approval.order.number}"))
    assert "Recorded by Mary Okonkwo, Chair of governors." in seen
    assert Charge.objects.count() == 1


def test_links_that_do_not_work_look_the_same_and_name_nobody(
    school: Organisation, actor: Actor, base: str, pat: Actor, buying: Buying, course: Offer
) -> None:
    _, used = by_link(school, actor, base, pat, buying, course)
    nobody = Client()
    nobody.post(used, {"answer": "not_for_me", "name": "Mary Okonkwo", "role": "Governor"})
    pages = [re.sub(r"/decide/[\w-]+", "", re.sub(r'value="\w+"|nonce="[^"]*"|nonce-\w+', "", nobody.get(address).content.decode()))
             for address in (used, "/decide/never-given")]  # fmt: skip
    assert pages[0] == pages[1] and "Oakfield" not in pages[0] and "Okonkwo" not in pages[0]
    assert nobody.get(used).status_code == 404
    for address in (used, "/decide/never-given"):
        answer = nobody.post(f"{address}/new-link", follow=True)
        assert "If the decision is still open, a new link is on its way to the same address." in text_of(answer)
    assert Event.objects.filter(kind="order.approval_link_asked").count() == 1


def test_a_form_from_elsewhere_decides_nothing(
    school: Organisation, actor: Actor, base: str, pat: Actor, buying: Buying, course: Offer
) -> None:
    _, address = by_link(school, actor, base, pat, buying, course)
    given = {"answer": "approve", "name": "Mary Okonkwo", "role": "Chair"}
    assert Client(enforce_csrf_checks=True).post(address, given).status_code == 403
    assert ApprovalLink.objects.get().used_at is None


def paper_fields(**more: object) -> dict[str, object]:
    day = {"minuted_on_day": "31", "minuted_on_month": "8", "minuted_on_year": "2026"}
    return {"answer": "approve", "minute_reference": "FGB 2026/14", "reason": ""} | day | more


def scan(content: bytes = small_files.PDF, name: str = "minutes.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def test_who_asked_records_the_minute_with_its_scan_which_is_saved_and_never_shown(
    base: str, pat: Actor, hana: Actor, sent: Approval, as_outsider: Client
) -> None:
    client, address = signed_in(pat), f"{base}/approvals/{sent.order.number}/paper"
    without = client.post(address, paper_fields())
    assert without.status_code == 400 and "Choose the scan of the minute" in text_of(without)
    wrong = client.post(address, paper_fields(scan=scan(b"<html><script>alert(1)</script>", "minutes.pdf")))
    assert wrong.status_code == 400 and "web page or a script" in text_of(wrong)
    assert Approval.objects.get().state == "waiting"
    done = client.post(address, paper_fields(scan=scan()), follow=True)
    assert "Approved on paper: minute FGB 2026/14 of 31 August 2026, recorded by Pat Small" in text_of(done)
    pk = Approval.objects.get().scan_id
    given = signed_in(hana).get(f"/files/{pk}")
    assert given.content == small_files.PDF
    assert given.headers["Content-Disposition"].startswith('attachment; filename="minutes.pdf"')
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert given.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert as_outsider.get(f"/files/{pk}").status_code == as_outsider.get("/files/999999").status_code == 404
    assert Client().get(f"/files/{pk}").status_code == 302  # to the sign-in, as any address
    assert Event.objects.filter(kind="file.seen").count() == 1


def test_a_minute_of_the_future_and_a_wrong_date_are_said(base: str, hana: Actor, sent: Approval) -> None:
    client, address = signed_in(hana), f"{base}/approvals/{sent.order.number}/paper"
    ahead = client.post(address, paper_fields(minuted_on_year="2027", scan=scan()))
    assert ahead.status_code == 400 and "must be 1 September 2026 or earlier" in text_of(ahead)
    unreal = client.post(address, paper_fields(minuted_on_day="32"))
    assert unreal.status_code == 400 and "Date of the meeting must be a real date" in text_of(unreal)


def deputy_fields(deputy: Actor, **more: str) -> dict[str, str]:
    first, last = ON, ON + timedelta(days=9)
    days = {}
    for name, day in (("first_day", first), ("last_day", last)):
        days |= {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}
    return {"deputy": str(deputy.person_id), "limit": ""} | days | more


def test_an_approver_names_a_deputy_who_then_decides_for_them_until_the_last_day(
    base: str, school: Organisation, actor: Actor, hana: Actor, sent: Approval, today
) -> None:
    dev = person(school, actor, name="Dev Deputy", limit=1)
    head, address = signed_in(hana), f"{base}/deputies"
    assert "Dev Deputy decides for you from 1 September 2026 to 10 September 2026." in text_of(
        head.post(address, deputy_fields(dev), follow=True)
    )
    stand_in = signed_in(dev)
    assert "You decide for Hana Head today, as their deputy." in text_of(stand_in.get(f"{base}/approvals"))
    number = sent.order.number
    assert "You decide for Hana Head, as their deputy." in text_of(stand_in.get(f"{base}/approvals/{number}"))
    today.move_to(datetime(2026, 9, 11, 9, 0, tzinfo=LONDON))
    assert "Record my decision" not in text_of(signed_in(dev).get(f"{base}/approvals/{number}"))
    today.move_to(datetime(2026, 9, 10, 9, 0, tzinfo=LONDON))
    signed_in(dev).post(f"{base}/approvals/{number}", {"answer": "approve"})
    page = text_of(signed_in(hana).get(f"{base}/approvals/{number}"))
    assert "Approved by Dev Deputy for Hana Head on 10 September 2026" in page


def test_a_deputy_without_a_buying_role_reaches_the_approvals_and_no_other_page(
    base: str, school: Organisation, actor: Actor, hana: Actor, sent: Approval
) -> None:
    dan = person(school, actor, name="Dan Delegate", role=Role.DELEGATE)
    signed_in(hana).post(f"{base}/deputies", deputy_fields(dan))
    client, number = signed_in(dan), sent.order.number
    assert f"/approvals/{number}" in client.get("/").content.decode()
    page = client.get(f"{base}/approvals/{number}")
    assert "Deciding for" in text_of(page) and "Record my decision" in text_of(page)
    assert "Record a decision made on paper" not in text_of(page)
    for closed in ("basket", "orders", "invoices", f"orders/{number}", f"approvals/{number}/paper"):
        assert client.get(f"{base}/{closed}").status_code == 404, closed
    done = client.post(f"{base}/approvals/{number}", {"answer": "approve"}, follow=True)
    assert f"{number} is approved and placed" in text_of(done)


def test_a_deputys_form_says_what_is_wrong_and_a_buyer_has_no_such_page(
    base: str, school: Organisation, actor: Actor, hana: Actor, pat: Actor
) -> None:
    head, address = signed_in(hana), f"{base}/deputies"
    too_much = head.post(address, deputy_fields(pat, limit="6000"))
    assert too_much.status_code == 400 and "must not exceed your own of £5,000.00" in text_of(too_much)
    nobody = head.post(address, deputy_fields(pat) | {"deputy": ""})
    assert nobody.status_code == 400 and not Deputy.objects.exists()
    assert signed_in(pat).get(address).status_code == 404
    made = name_deputy(
        organisation=school, deputy=Person.objects.get(pk=pat.person_id), first_day=ON, last_day=date(2026, 9, 30), on=ON,
        actor=hana,
    )  # fmt: skip
    assert signed_in(pat).post(f"{address}/{made.pk}/end").status_code == 404
    assert "no longer decides for you" in text_of(head.post(f"{address}/{made.pk}/end", follow=True))


def test_the_papers_of_another_school_stay_hidden(
    base: str, hana: Actor, sent: Approval, as_outsider: Client, actor: Actor, school: Organisation
) -> None:
    kept = store_file(
        upload=small_files.png(), name="quote.png", owner_kind="approval", owner=sent.order.number,
        organisation_id=school.pk, actor=actor,
    )  # fmt: skip
    assert "quote.png" in text_of(signed_in(hana).get(f"{base}/approvals/{sent.order.number}"))
    assert as_outsider.get(f"/files/{kept.pk}").status_code == 404
