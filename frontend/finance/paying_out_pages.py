"""Examples of the pages of paying out, for frontend.pages. What an example needs is made where it is missing."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from catalogue.offer_queries import providers_of
from frontend.examples import Example, Pages, World
from frontend.jinja import url
from invoicing.ledger.chart import BANK, ROYALTIES
from invoicing.ledger.models import LedgerAccount
from invoicing.payees.models import PayeeAccount
from invoicing.payees.services import account_of, ask_account, confirm_account
from invoicing.paying_out.by_link import ask_to_release, new_release_link, open_request
from invoicing.paying_out.content import hash_of
from invoicing.paying_out.models import PaymentBatch, ReleaseRequest
from invoicing.paying_out.preparing import approve_batch, prepare_batch
from invoicing.paying_out.releasers import appoint_releaser
from invoicing.paying_out.releasing import may_release
from invoicing.paying_out.rules.orders import Account
from invoicing.provider_invoices.models import InvoicedMove, ProviderInvoice, ProviderInvoiceLine
from invoicing.services import owe
from invoicing.vat.treatment import VatTreatment
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation, Person

OFFICER, MANAGER, AUDITOR = "finance_officer", "finance_manager", "auditor"
OUTSIDER, ANYBODY = "administrator", "anonymous"


def _provider(place: int = 0) -> Organisation:
    """A provider that is paid, in the order in which they came."""
    others = Organisation.objects.exclude(kind=Organisation.Kind.PARTNERSHIP)
    return others.filter(provider__isnull=False).order_by("pk")[place]


def _due(world: World, provider: Organisation, key: str) -> None:
    """An agreed invoice of £720.00, once."""
    actor = world.actors[MANAGER]
    payable = owe(
        source_key=key, provider=provider, description="A day in a school", net=Money(72_000), account_code=ROYALTIES,
        stream_code="SI", vat=VatTreatment("O", Decimal(0), "Not registered for VAT"), on=timezone.localdate(),
        actor=actor,
    )  # fmt: skip
    if payable.invoice_lines.exists():
        return
    invoice = ProviderInvoice.objects.create(
        kind=ProviderInvoice.Kind.OWN, state=ProviderInvoice.State.AGREED, provider=provider, number=key.upper(),
        dated_on=timezone.localdate(), due_on=timezone.localdate(), net_pence=72_000, vat_pence=0, gross_pence=72_000,
        outstanding_pence=72_000,
    )  # fmt: skip
    line = ProviderInvoiceLine.objects.create(
        invoice=invoice, position=1, payable=payable, net_pence=72_000, vat_category="O", vat_rate=0, vat_pence=0
    )
    InvoicedMove.objects.create(move=payable.moves.get(), line=line)


def _ask(world: World, provider: Organisation) -> PayeeAccount:
    """An account that is nobody's, asked for the provider."""
    return ask_account(
        organisation=provider, account_name=provider.name[:70], sort_code="60-16-13", account_number="31926819",
        on=timezone.localdate(), actor=world.actors[OFFICER],
    )  # fmt: skip


def _account(world: World, place: int = 0) -> PayeeAccount:
    """A confirmed account of the provider."""
    provider, today = _provider(place), timezone.localdate()
    if found := account_of(provider):
        return found
    asked = PayeeAccount.objects.filter(organisation=provider, state="asked").first() or _ask(world, provider)
    return confirm_account(account=asked, how_checked="Called back", on=today, actor=world.actors[MANAGER])


def _batch(world: World) -> PaymentBatch:
    """A batch that waits for approval."""
    return PaymentBatch.objects.filter(state="prepared").first() or _prepared(world, 0)


def _prepared(world: World, place: int) -> PaymentBatch:
    """A new batch that pays one provider an invoice of its own."""
    _account(world, place)
    _due(world, _provider(place), f"example-paid-{place}")
    return prepare_batch(
        pay_on=timezone.localdate() + timedelta(days=7), payer=Account("Our account", "204511", "55779911"),
        bank_account=LedgerAccount.objects.get(pk=BANK), on=timezone.localdate(), actor=world.actors[OFFICER],
        provider_ids=[_provider(place).pk],
    )  # fmt: skip


def _asked(world: World) -> str:
    """An account that waits to be confirmed."""
    provider = _provider()
    found = PayeeAccount.objects.filter(state="asked").first() or _ask(world, provider)
    return url("finance-payee-account", pk=found.pk)


def _to_release(world: World) -> str:
    """An approved batch, and somebody from outside finance who may release it."""
    found = PaymentBatch.objects.filter(state="approved").first()
    if found is None:
        batch = _prepared(world, 1)  # another than the one that waits on other pages
        found = approve_batch(
            batch=batch, seen=hash_of(batch.pk), on=timezone.localdate(), actor=world.actors[MANAGER]
        )  # fmt: skip
    outsider, today = world.actors[OUTSIDER], timezone.localdate()
    if not may_release(outsider, today):
        person = Person.objects.get(pk=outsider.person_id or 0)
        appoint_releaser(
            person=person, valid_from=today, valid_to=today + timedelta(days=90), actor=world.actors[MANAGER]
        )  # fmt: skip
    return url("payment-release", number=found.number)


def _asked_by_link(world: World) -> ReleaseRequest:
    """Somebody without a login who is asked to release the approved batch."""
    _to_release(world)
    batch = PaymentBatch.objects.filter(state="approved").order_by("pk")[0]
    if found := open_request(batch):
        return found
    person, _ = Person.objects.get_or_create(name="Gwen Harbour", email="gwen.harbour@governors.example")
    return ask_to_release(batch=batch, person=person, form="pain001", at=timezone.now(), actor=world.actors[MANAGER])


def _release_link(world: World) -> str:
    token = new_release_link(request=_asked_by_link(world), at=timezone.now())
    return url("release-by-link", token=token)


def _asked_batch(world: World) -> str:
    return url("finance-payment-batch", number=_asked_by_link(world).batch.number)


def _own_account(world: World) -> str:
    return url("provider-bank-account", provider=providers_of(world.actors["provider"])[0].code)


def _at(name: str) -> Callable[[World], str]:
    return lambda _: url(name)


def _new(world: World) -> str:
    _account(world)
    _due(world, _provider(), "example-due")
    return url("finance-payment-batch-new")


def _one(world: World) -> str:
    return url("finance-payment-batch", number=_batch(world).number)


PAGES: Pages = {
    "finance-payment-batches": [
        Example(OFFICER, "full", lambda w: _at("finance-payment-batches")(w) if _batch(w) else "", finds="PAY-"),
        Example(AUDITOR, "auditor", _at("finance-payment-batches"), finds="See what is due"),
    ],
    "finance-payment-batch-new": [
        Example(OFFICER, "full", _new, finds="To pay"),
        Example(AUDITOR, "auditor", _new, finds="Show what is due"),
    ],
    "finance-payment-batch": [
        Example(MANAGER, "to approve", _one, finds="a third person releases it"),
        Example(OFFICER, "prepared", _one, finds="someone else must approve it"),
        Example(MANAGER, "error", _one, post={"do": "withdraw", "reason": ""}, finds="Enter reason"),
        Example(MANAGER, "asked by link", _asked_batch, finds="Ask them no longer"),
        Example(AUDITOR, "auditor", _one, finds="Who and when"),
    ],
    "finance-payee-accounts": [
        Example(OFFICER, "full", lambda w: _at("finance-payee-accounts")(w) if _asked(w) else "", finds="version"),
        Example(AUDITOR, "auditor", _at("finance-payee-accounts"), finds="Bank accounts of providers"),
    ],
    "finance-payee-account-new": [
        Example(OFFICER, "full", _at("finance-payee-account-new"), finds="Send it to be confirmed"),
        Example(
            OFFICER, "error", _at("finance-payee-account-new"), finds="No organisation is called",
            post={"provider": "Nowhere", "account_name": "X", "sort_code": "1", "account_number": "2"},
        ),
    ],
    "finance-payee-account": [
        Example(MANAGER, "to confirm", _asked, finds="Confirm this account"),
        Example(OFFICER, "asked", _asked, finds="confirms or refuses it next"),
        Example(MANAGER, "error", _asked, post={"do": "confirm", "words": ""}, finds="Enter how you checked it"),
    ],
    "finance-payment-holds": [
        Example(OFFICER, "full", _at("finance-payment-holds"), finds="Hold payments to a provider"),
        Example(
            OFFICER, "error", _at("finance-payment-holds"), post={"do": "hold", "provider": "Nowhere", "reason": "x"},
            finds="No organisation is called",
        ),
        Example(AUDITOR, "auditor", _at("finance-payment-holds"), finds="Held payments"),
    ],
    "payment-release": [
        Example(OUTSIDER, "error", _to_release, finds="You are the third person", post={"form": "telex"}),
        Example(OUTSIDER, "to release", _to_release, finds="Form of the file for the bank"),
    ],
    "release-by-link": [
        Example(ANYBODY, "full", _release_link, finds="asks you to be the third person"),
        Example(ANYBODY, "error", _release_link, post={"do": "decline", "reason": ""}, finds="Enter why you do not release it"),
        Example(ANYBODY, "gone", lambda _: url("release-by-link", token="gone"), finds="This link no longer works"),  # noqa: S106
    ],
    "release-by-link-done": [
        Example(ANYBODY, "released", lambda _: url("release-by-link-done", answer="release"), finds="Your answer is recorded"),
        Example(ANYBODY, "declined", lambda _: url("release-by-link-done", answer="decline"), finds="Nothing is sent"),
    ],
    "provider-bank-account": [
        Example("provider", "full", _own_account, finds="Payments to you"),
        Example(
            "provider", "error", _own_account, finds="Sort code must be 6 digits",
            post={"account_name": "X", "sort_code": "1", "account_number": "12345678"},
        ),
    ],
}  # fmt: skip
NOT_PAGES = {"finance-payment-file": "a file"}
