"""Each filter of each list reads an index: declared beside the model, so that no list turns slow as it grows."""

from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module

import pytest
from django import forms
from django.db import models
from django.urls import get_resolver
from django_filters import FilterSet

from catalogue.models import CourseRun, Offer
from catalogue.queries import Filters
from frontend.audit.events import EventFilter
from frontend.finance.agreements import AgreementFilter
from frontend.finance.approving import PreparedFilter
from frontend.finance.council_journal_forms import CouncilJournalFilter
from frontend.finance.customers import CustomerFilter
from frontend.finance.documents import DocumentFilter
from frontend.finance.funds import FundFilter
from frontend.finance.included_forms import IncludedFilter
from frontend.finance.items import ItemFilter
from frontend.finance.journals import JournalFilter
from frontend.finance.margins import MarginFilter
from frontend.finance.members import MemberFilter
from frontend.finance.payables import PayableFilter
from frontend.finance.payment_requests import PaymentRequestFilter
from frontend.finance.plans import SubscriberFilter
from frontend.finance.purchases import PurchaseFilter
from frontend.finance.queries import QueryFilter
from frontend.finance.self_billing_forms import ProviderInvoiceFilter
from frontend.finance.service_credits import CreditFilter
from frontend.hubs.forms import CallFilter
from frontend.messages.staff import MessageFilter
from frontend.office.organisations import OrganisationFilter
from frontend.organise.accreditation_forms import ApplicationFilter
from frontend.organise.capacity import ReviewFilter
from frontend.organise.consultant_bookings import BookingFilter as BookingsOfConsultants
from frontend.organise.dates import DateFilter
from frontend.organise.offers import OfferFilter
from frontend.organise.outcome_contracts import OutcomeContractFilter
from frontend.organise.rates import RateFilter
from frontend.organise.retainers import RetainerFilter
from frontend.organise.service_desk import QueueFilter
from frontend.organise.support_forms import SupportPlanFilter
from frontend.organise.waivers import WaiverFilter
from frontend.people.listing import PeopleFilter
from frontend.provider.profiles import ConsultantFilter
from frontend.school.calendar_form import CalendarFilter
from frontend.school.consultant_forms import FindFilter
from frontend.school.contract_forms import ContractFilter
from frontend.school.help import HelpFilter
from frontend.school.invoices import InvoiceFilter
from frontend.school.orders import BookingFilter
from frontend.visit_words import StaffVisitFilter, VisitFilter
from invoicing.credit_control.models import InvoiceQuery
from invoicing.documents.models import Document
from invoicing.journals.models import Purchase
from invoicing.payables.models import Payable
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.receivables.models import Charge, ReceivableItem
from marketplace.core.models import Event
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Booking, Engagement, EngagementDate, Retainer, Waiver
from providers.models import Application, Provider, RateProposal
from subscriptions.agreements.models import Agreement
from subscriptions.api.outcome_volume import HeadsFilters
from subscriptions.models import Allowance, HubCall, MemberEntry, OutcomeContract, ServiceCredit, SupportPlan, Ticket
from subscriptions.outcomes.models import VolumeReturn

Column = tuple[type[models.Model], str]

# Of each filter the column that narrows the list, or why it needs none.
FILTERS: dict[type, dict[str, Column | str]] = {
    DocumentFilter: {
        "q": (Document, "number"),
        "kind": (Document, "kind"),
        "state": (ReceivableItem, "outstanding_pence"),
        "issued_from": (Document, "issued_on"),
        "issued_to": (Document, "issued_on"),
    },
    ItemFilter: {
        "customer": (Charge, "invoice_to"),
        "due_by": (Charge, "bill_on"),
        "held": "only items that wait are listed, and the index of their dates holds no others",
    },
    QueryFilter: {"show": (InvoiceQuery, "state"), "q": (InvoiceQuery, "document")},
    AgreementFilter: {
        "state": (Agreement, "state"),
        "kind": "behind the state in its index",
        "customer": "a part of a name among some thousand customers",
        "ending": (Agreement, "term_to"),
        "notice": (Agreement, "notice_by"),
    },
    QueueFilter: {
        "show": (Ticket, "state"),
        "priority": (Ticket, "priority"),
        "given": (Ticket, "assignee"),
        "q": "a part of a name among those that wait",
    },
    HelpFilter: {"show": (Ticket, "organisation")},
    CreditFilter: {"show": (ServiceCredit, "state"), "q": "a part of a name among those that wait"},
    PreparedFilter: {"show": "those that wait have an index of their own; the others are read newest first"},
    CouncilJournalFilter: {"state": "one a month for each council, read newest first until a page is full"},
    PaymentRequestFilter: {"show": "some dozens a year, read newest first until a page is full"},
    WaiverFilter: {"show": (Waiver, "state")},
    BookingsOfConsultants: {"state": (Engagement, "state")},
    FindFilter: dict.fromkeys(("theme", "phase"), "themes and phases among some hundred published consultants"),
    ApplicationFilter: {"show": (Application, "state")},
    ConsultantFilter: dict.fromkeys(
        ("theme", "q"), "a part of a name or theme among some hundred published consultants"
    ),
    RateFilter: {"show": (RateProposal, "state")},
    CallFilter: {"state": (HubCall, "state")},
    SupportPlanFilter: {"state": (SupportPlan, "state")},
    OutcomeContractFilter: {
        "kind": (OutcomeContract, "kind"),
        "state": (OutcomeContract, "state"),
        "q": "a part of a name among some hundred contracts",
    },
    HeadsFilters: {
        "state": (VolumeReturn, "state"),
        "contract": "of one contract, whose statements have a handful of returns each",
    },
    ProviderInvoiceFilter: {"provider": (ProviderInvoice, "provider"), "state": (ProviderInvoice, "state")},
    VisitFilter: {"state": (EngagementDate, "state")},
    StaffVisitFilter: {"state": (EngagementDate, "state"), "provider": (Provider, "organisation")},
    MarginFilter: {"state": (Engagement, "state")},
    PayableFilter: {"provider": (Payable, "provider"), "state": (Payable, "state")},
    FundFilter: dict.fromkeys(
        ("on", "kind"), "a partnership has some dozens of funds, and only their movements are read"
    ),
    JournalFilter: dict.fromkeys(("state", "q"), "a few a month, read newest first until a page is full"),
    PurchaseFilter: {"show": (Purchase, "due_on"), "q": "a part of a name, read newest first until a page is full"},
    SubscriberFilter: {
        "level": "among the subscriptions that run or are offered, of which a school has one",
        "state": (Agreement, "state"),
    },
    MemberFilter: {"kind": (MemberEntry, "member_class"), "on": "nearly all who were ever entered are members still"},
    CustomerFilter: {"q": (Organisation, "number"), "owing": (ReceivableItem, "organisation")},
    InvoiceFilter: {"show": (Document, "customer"), "q": (Document, "customer")},
    CalendarFilter: {
        "theme": (Offer, "themes"),
        "phase": (Offer, "phases"),
        "mode": "the meetings of one month are read by their days",
    },
    DateFilter: {
        "q": "a part of a title among some thousand dates, of which a page shows those of its days",
        "month": (CourseRun, "starts_at"),
        "state": (CourseRun, "starts_at"),
        "short": (CourseRun, "starts_at"),
    },
    IncludedFilter: {
        "q": (Allowance, "organisation"),
        "unit": "one of three, behind the days on which they end",
        "show": (Allowance, "valid_to"),
    },
    ContractFilter: dict.fromkeys(
        ("q", "show", "ends", "notice", "category", "related", "source", "sort"),
        "a school has some dozens of contracts, read by their organisation and narrowed in one shape",
    ),
    RetainerFilter: {"state": (Retainer, "state")},
    ReviewFilter: {"rating": "one of six among the visits that were rated or queried"},
    BookingFilter: {"show": (Booking, "school"), "q": (Booking, "school")},
    OrganisationFilter: {"show": (Organisation, "kind"), "q": (Organisation, "number")},
    PeopleFilter: {
        "q": "a part of a name or an address, which no index finds; people are some thousand",
        "at": (Organisation, "number"),
        "role": "behind the organisation in its index; some thousand roles in all",
        "show": "beside the others; narrows what they found",
    },
    MessageFilter: {
        "show": (Message, "state"),
        "topic": "read newest first until a page is full",
        "q": "a part of an address, which no index finds",
    },
    OfferFilter: {
        "state": (Offer, "state"),
        "kind": "behind the state in its index; some hundred offers in all",
        "provider": (Offer, "provider"),
        "q": "a part of a title among some hundred offers",
    },
    EventFilter: {
        "kind": (Event, "kind"),
        "subject": "only behind its kind: to look for a number alone reads the log from its end",
        "person": (Event, "actor_person_id"),
        "organisation": (Event, "organisation_ids"),
        "since": (Event, "at"),
        "until": (Event, "at"),
    },
    Filters: {
        "kind": (Offer, "kind"),
        "theme": (Offer, "themes"),
        "phase": (Offer, "phases"),
        "provider": (Provider, "code"),
        "mode": (Offer, "last_online"),
        "from_date": (Offer, "last_face_to_face"),
    },
}


def indexed(model: type[models.Model], column: str) -> bool:
    """Whether an index begins with the column; what all rows of a list share (``state``) may stand before it."""
    field = model._meta.get_field(column)
    if getattr(field, "unique", False) or getattr(field, "db_index", False):
        return True
    begun: list[list[str]] = [[name.lstrip("-") for name in index.fields] for index in model._meta.indexes]
    begun += [list(one.fields) for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
    return any(column in names[: 2 if names[:1] == ["state"] else 1] for names in begun)


def filter_forms() -> Iterator[type[forms.Form]]:
    """Every form of the pages that narrows a list: its name ends so."""
    assert get_resolver().url_patterns  # every view, and so every form, is loaded
    waiting: list[type[forms.BaseForm]] = [forms.Form]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("frontend.") and kind.__name__.endswith("Filter"):
                yield kind  # type: ignore[misc]


def named_by(kind: type) -> set[str]:
    """The filters that a form, a list of the API or a search has."""
    if issubclass(kind, forms.Form):
        return set(kind.base_fields)
    return set(kind.base_filters) if issubclass(kind, FilterSet) else {one.name for one in fields(kind)}


def test_every_filter_of_every_list_is_looked_at() -> None:
    import_module("frontend.urls")
    assert set(filter_forms()) == {kind for kind in FILTERS if issubclass(kind, forms.Form)}
    for kind, columns in FILTERS.items():
        assert named_by(kind) == set(columns), kind.__name__


@pytest.mark.parametrize(
    ("model", "column"),
    sorted(
        {one for columns in FILTERS.values() for one in columns.values() if not isinstance(one, str)},
        key=lambda one: (one[0].__name__, one[1]),
    ),
)
def test_the_column_that_narrows_a_list_has_an_index(model: type[models.Model], column: str) -> None:
    assert indexed(model, column)


def test_all_three_dates_of_an_offer_have_one() -> None:
    assert all(indexed(Offer, f"last_{mode}") for mode in ("face_to_face", "online", "hybrid"))


def test_a_column_without_an_index_is_seen() -> None:
    assert not indexed(Offer, "summary")
    assert not indexed(Offer, "description")
