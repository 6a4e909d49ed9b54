"""How an order that needs approval stands, in sentences: with whom, since when, until when."""

from datetime import date, datetime
from decimal import Decimal

from frontend.formats import clock, long_date, money, plural
from marketplace.core.models import EventText
from marketplace.core.wording import LONDON
from marketplace.organisations.queries import approvers_of
from marketplace.trading.engagements.requests import OffPayrollDetermination
from marketplace.trading.engagements.rules.terms import units_words
from marketplace.trading.models import Approval, ApprovalRecusal, AskedBooking
from providers.queries import related_to


def with_whom(approval: Approval, on: date) -> str:
    """Who decides: "the chair of governors", "Ruth Adeyemi or Tomasz Wrona"."""
    if approval.by_link:
        return approval.approver_title
    if approval.approver_person is not None:
        return approval.approver_person.name
    found = approvers_of(approval.organisation, approval.committed_pence, on, role=approval.approver_role)
    names = [person.name for person in found if person.pk != approval.asked_by_person_id]
    return " or ".join(names) if 0 < len(names) < 4 else "somebody who approves"


def waiting_words(approval: Approval, whom: str) -> str:
    """ "With the chair of governors since 3 March 2027, reminded on 10 March 2027. Places … kept until 17 March 2027." """
    reminded = f", reminded on {long_date(approval.reminded_at)}" if approval.reminded_at else ""
    since = f"With {whom} since {long_date(approval.asked_on)}{reminded}."
    kept = "The quote is" if hasattr(approval.order, "asked_booking") else "Places and price are"
    return f"{since} {kept} kept until {long_date(approval.kept_until)}."


def why_words(approval: Approval) -> str:
    """Why somebody else must approve it."""
    if approval.over_pence:
        return f"It is {money(approval.over_pence)} over the limit of {approval.asked_by_person.name}"
    least = approval.rule.from_pence if approval.rule else 0
    return f"{approval.organisation.name} has orders of {money(least)} or more approved by a second person"


def decided_words(approval: Approval) -> str:
    """By whom and how it was decided, and since when; nothing while it waits."""
    if approval.closed_on is None:
        return ""
    day = long_date(approval.closed_on)
    if approval.how == Approval.How.SIGNED_IN and approval.decided_by_person:
        for_whom = f" for {approval.on_behalf_of_person.name}" if approval.on_behalf_of_person else ""
        return f"{approval.get_state_display()} by {approval.decided_by_person.name}{for_whom} on {day}"
    if approval.how == Approval.How.LINK:
        return f"{approval.get_state_display()} by {approval.approver_title}, by link, on {day}"
    if approval.how == Approval.How.PAPER and approval.recorded_by_person and approval.minuted_on:
        minute = f"minute {approval.minute_reference} of {long_date(approval.minuted_on)}"
        return f"{approval.get_state_display()} on paper: {minute}, recorded by {approval.recorded_by_person.name} on {day}"
    return f"{approval.get_state_display()} on {day}"


def said_words(approval: Approval) -> dict[str, str]:
    """What the decider wrote: reason, and by link their name and role. Empty once it was erased."""
    kinds = ("order.approved", "order.declined")
    texts = EventText.objects.filter(
        event__subject_kind="order", event__subject=approval.order.number, event__kind__in=kinds
    )
    return texts.values_list("words", flat=True).first() or {}


def recusal_words(approval: Approval) -> list[str]:
    """Who was asked and does not decide, and what to do where nobody is left."""
    found = []
    for one in approval.recusals.select_related("person").order_by("pk"):
        who = one.person.name if one.person else approval.approver_title
        interest = one.kind == ApprovalRecusal.Kind.INTEREST
        found.append(f"{who} {'has an interest, so does not decide' if interest else 'says it is not for them'}.")
    if found and approval.by_link:
        found.append("Record what the board decides on paper, or withdraw the order.")
    return found


def thing_words(approval: Approval) -> str:
    """What it is about, in a few words: the first line and how many more there are."""
    if asked := getattr(approval.order, "asked_booking", None):
        return str(asked.request.title)
    titles = [line.description for line in sorted(approval.order.lines.all(), key=lambda line: line.pk)]
    more = f" and {plural(len(titles) - 1, 'more line', 'more lines')}" if len(titles) > 1 else ""
    return f"{titles[0]}{more}" if titles else approval.order.number


def asked_words(asked: AskedBooking) -> list[tuple[str, str]]:
    """What would be booked of a consultant, as the approver reads it."""
    quote, request = asked.quote, asked.request
    found = [
        ("What", f"{request.title}, {request.number}"),
        ("What it is for", request.purpose),
        ("Consultant", f"{quote.consultant.name}, {quote.consultant.provider.organisation.name}"),
        ("How much", f"{units_words(quote.quantity or Decimal(0), request.unit)} in {plural(quote.visits, 'visit')}"),
        ("Work, before VAT", money(quote.net_pence)),
        ("Travel, before VAT", money(quote.travel_pence) if quote.travel_pence else "Included"),
        ("VAT", money(quote.vat_pence)),
        ("Dates", ", ".join(_date(one) for one in asked.dates) or "Chosen after it is approved"),
        ("Off-payroll working", OffPayrollDetermination.Answer(asked.answer).label),
    ]
    links = related_to(quote.consultant, request.school, asked.order.placed_on)
    return [*found, *(("Close link to your school", one.nature) for one in links)]


def _date(kept: dict[str, str]) -> str:
    starts = datetime.fromisoformat(kept["starts_at"]).astimezone(LONDON)
    ends = datetime.fromisoformat(kept["ends_at"]).astimezone(LONDON)
    return f"{long_date(starts)}, {clock(starts)} to {clock(ends)}"
