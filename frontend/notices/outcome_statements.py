"""E-mails about frozen statements: to who is paid by them what is paid, when, and what was held back; to who pays, the sum."""

from frontend.formats import long_date, plural
from frontend.jinja import url
from frontend.notices.claims import claimants_of
from frontend.notices.outcome_contracts import amount_of, called, facts_of, summed
from frontend.notices.readers import absolute, to_roles
from frontend.notices.telling import Told, tell
from frontend.notices.topics_of_outcomes import OUTCOMES
from frontend.outcomes.statement_words import missing_words, pay_words
from marketplace.core.actors import Role
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from subscriptions.outcomes.models import OutcomeContract, Statement
from subscriptions.outcomes.paying_queries import missing_of

MOST = 10


@handles("outcome_statement.frozen", name="notices.outcome_statement")
def frozen(event: Event) -> None:
    """Tells the side that is paid and the side that pays; the partnership itself is told of none."""
    rows = Statement.objects.select_related("contract__party")
    found = rows.get(contract__number=event.subject, ordinal=event.payload["statement"])
    contract, on = found.contract, london_day(event.at)
    if contract.side == OutcomeContract.Side.PAYS:
        readers, said = claimants_of(contract, on), _paid(found, event)
    else:
        readers, said = to_roles(contract.party_id, [Role.COMMISSIONER], on), _charged(found)
    tell(readers, said, key=f"outcome-statement:{found.pk}", topic=OUTCOMES, event=event)


def _facts(found: Statement) -> list[tuple[str, str]]:
    return [*facts_of(found.contract), ("Statement to", long_date(found.cut_off))]


def _link(found: Statement) -> str:
    return absolute(url("outcome-statement", number=found.contract.number, ordinal=found.ordinal))


def _paid(found: Statement, event: Event) -> Told:
    contract, total = found.contract, amount_of(found.contract, found.total_pence)
    subject = f"Paid on {long_date(found.pay_on)}: {called(contract)}" if found.total_pence else (
        f"Nothing to pay on the statement to {long_date(found.cut_off)}: {called(contract)}"
    )  # fmt: skip
    until = f" until {long_date(contract.retention_due_on)}" if contract.retention_due_on else ""
    kept, taken = event.payload["retained_pence"], event.payload["taken_pence"]
    facts = [
        *_facts(found), ("Paid on", pay_words(found) if found.total_pence else ""), ("To pay, before VAT", total),
        (f"Held back{until}", amount_of(contract, kept) if kept else ""),
        ("Taken back from before", amount_of(contract, taken) if taken else ""),
    ]  # fmt: skip
    return Told(
        summed(subject, total if found.total_pence else ""), facts, _missing(found), "See every line", _link(found)
    )


def _missing(found: Statement) -> list[str]:
    """What could have been on it and is not, each with why."""
    if found.contract.confidential:
        return ["What is on it, and what is not, stands on the statement."]
    rows = missing_of([found])[found.pk]
    if not rows:
        return ["Nothing that was due by then is missing from it."]
    said = [missing_words(one) for one in rows[:MOST]]
    if len(rows) > MOST:
        said.append(f"{plural(len(rows) - MOST, 'more amount')} on the page")
    return ["Not on it:", *said, "Once verified, they go on the next statement."]


def _charged(found: Statement) -> Told:
    total = amount_of(found.contract, found.total_pence)
    if not found.total_pence:
        subject = f"Nothing to charge on the statement to {long_date(found.cut_off)}: {called(found.contract)}"
        return Told(subject, _facts(found), ["See what was verified and what was not."], "See every line", _link(found))
    subject = summed(f"Invoice to come: {called(found.contract)} to {long_date(found.cut_off)}", total)
    order = found.purchase_order or found.contract.purchase_order
    sentence = "Its invoice comes with the next invoice batch; you approve it with a purchase order. Tell us before then if a line is not right."  # fmt: skip
    return Told(
        subject, [*_facts(found), ("To charge, before VAT", total), ("Purchase order", order)], [sentence], "See every line",
        _link(found),
    )  # fmt: skip
