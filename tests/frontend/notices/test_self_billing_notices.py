"""E-mails about providers' invoices: each that we wrote goes to its provider, once, and so does what we ask."""

from collections.abc import Callable
from datetime import date

import pytest

from invoicing.provider_invoices.agreements import end_self_billing, offer_self_billing
from invoicing.provider_invoices.deciding import query_invoice
from invoicing.provider_invoices.receiving import receive_invoice
from invoicing.provider_invoices.renewing import remind_endings
from invoicing.self_billing.billing import self_bill
from marketplace.core.actors import Actor, Role
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation
from providers.services import add_provider
from tests.core import small_files
from tests.invoicing.self_billing.ridgeway import add_firm, agreed, earned
from tests.shop import person

pytestmark = pytest.mark.django_db
Post = Callable[[str], list[Message]]
TODAY = date(2026, 9, 1)


@pytest.fixture
def firm(partnership: Organisation, actor: Actor) -> Organisation:
    made = add_firm()
    add_provider(organisation=made, code="ridgeway-learning", actor=actor)
    return made


@pytest.fixture
def ada(firm: Organisation, actor: Actor) -> Actor:
    return person(firm, actor, role=Role.PROVIDER, name="Ada Ridge")


def test_what_we_write_is_sent_to_its_provider_once(firm: Organisation, ada: Actor, actor: Actor, post: Post) -> None:
    agreed(firm, begins=TODAY)
    earned(firm, 10_000, key="a", on=TODAY)
    assert post("payments") == [], "it was signed before the mail left"
    [number] = self_bill(on=TODAY, actor=actor).invoices
    [made] = post("payments")
    assert made.person_id == ada.person_id and made.subject == f"Invoice {number} was written for you, £120.00"
    assert "/provider/ridgeway-learning/money" in made.plain and "25 September 2026" in made.plain
    assert len(post("payments")) == 1


def test_an_agreement_to_sign_is_told_of_and_its_end_too(
    firm: Organisation, ada: Actor, actor: Actor, post: Post
) -> None:
    offered = offer_self_billing(provider=firm, valid_from=TODAY, on=TODAY, actor=actor)
    [asked] = post("payments")
    assert asked.subject == f"Sign your self-billing agreement {offered.number}"
    end_self_billing(agreement=offered, on=TODAY, reason="Other dates", actor=actor)
    agreed(firm, begins=TODAY, ends=date(2026, 10, 20))
    remind_endings(on=TODAY, actor=actor)
    assert any("ends on 20 October 2026" in one.subject for one in post("payments"))


def test_a_question_is_told_of_without_its_words(firm: Organisation, ada: Actor, actor: Actor, post: Post) -> None:
    earned(firm, 10_000, key="a", on=TODAY)
    made = receive_invoice(
        provider=firm, number="R-1", dated_on=TODAY, net_pence=10_000, vat_pence=0, upload=small_files.PDF,
        file_name="r-1.pdf", on=TODAY, actor=ada,
    )  # fmt: skip
    query_invoice(invoice=made, reason="Which school was it?", actor=actor)
    [asked] = post("payments")
    assert asked.subject == "Answer our question about your invoice R-1" and "Which school" not in asked.plain
