"""Queries, reminders and late payment; income released, used and verified; the tax points of instalments."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from invoicing.credit_control.models import InvoiceQuery, Reminder
from invoicing.credit_control.services.late import NothingToClaim
from invoicing.credit_control.services.queries import AlreadyInQuery, NothingCredited, NotQueryable, QueryIsResolved
from invoicing.credit_control.services.reminders import mark_of
from invoicing.documents.tax_points import reach_tax_points
from invoicing.receivables.models import Charge, ReceivableItem
from invoicing.recognition.models import Deferral as DeferralRow
from invoicing.recognition.telling import MoreThanDeferred
from invoicing.services import (
    claim_late_payment,
    due_for_release,
    open_query,
    pause_reminders,
    propose_reminders,
    release_income,
    resolve_query,
    send_reminders,
    use_deferred,
    verify_deferred,
    write_message,
)
from marketplace.core.errors import WrongInput
from tests.invoicing.stateful.base import RATE, Idle, later, part_of, pick
from tests.invoicing.stateful.papers import Due, Invoice, Item, half_up
from tests.invoicing.stateful.paying import Paying
from tests.invoicing.stateful.selling import PERCENT, PICK

FIXED = {0, 4_000, 7_000, 10_000}


@dataclass
class Query:
    """A query as the book knows it."""

    pk: int
    invoice: Invoice
    asker: str
    items: list[Item]
    resolved: bool = False


class Chasing(Paying):
    """Rules of credit control and of income over time."""

    def __init__(self) -> None:
        super().__init__()
        self.queries: list[Query] = []
        self.paused: dict[str, date] = {}
        self.reached: set[int] = set()

    # -- queries

    @precondition(lambda self: self.book.invoices)
    @rule(invoice=PICK, who=PICK, lines=PICK)
    def query(self, invoice: int, who: int, lines: int) -> None:
        """Of the whole invoice or of one line; by who is invoiced, by a school that stands on it, or by anybody."""
        one = pick(self.book.invoices, invoice)
        askers = [one.customer, *(item.consumer for item in one.items), pick(self.customers, who)]
        asker = pick(askers, who)
        chosen = [pick(one.items, lines)] if lines % 2 else []
        own = [item for item in one.items if asker in (one.customer, item.consumer)]
        held = [item for query in self.queries if not query.resolved for item in query.items]
        foreign = not own or any(item not in own for item in chosen)
        refusals = {
            NotQueryable: foreign,
            AlreadyInQuery: not foreign and any(item in held for item in chosen or own),
        }
        with self.step("query", refusals):
            made = open_query(
                document=self.document(one), organisation=self.of(asker), line_ids=[item.line for item in chosen],
                text="Why?", at=self.now, actor=self.member(asker),
            )  # fmt: skip
            self.queries.append(Query(made.pk, one, asker, chosen or own))

    @precondition(lambda self: self.queries)
    @rule(one=PICK, by_us=st.booleans())
    def answer_query(self, one: int, by_us: bool) -> None:
        query = self._some_query(one)
        with self.step("answer_query", {QueryIsResolved: query.resolved}):
            actor = self.world.officer if by_us else self.member(query.asker)
            said = write_message(query=self._row(query), text="See the record.", at=self.now, actor=actor)
            assert said.state == ("answered" if by_us else "open")

    @precondition(lambda self: self.queries)
    @rule(one=PICK, by_us=st.booleans(), outcome=st.sampled_from(["agreed", "credited", "withdrawn"]))
    def resolve_query(self, one: int, by_us: bool, outcome: str) -> None:
        query = self._some_query(one)
        may = ("agreed", "credited") if by_us else ("agreed", "withdrawn")
        refusals = {
            QueryIsResolved: query.resolved,
            WrongInput: not query.resolved and outcome not in may,
            NothingCredited: by_us and outcome == "credited" and not any(item.credited for item in query.items),
        }
        with self.step("resolve_query", refusals):
            actor = self.world.officer if by_us else self.member(query.asker)
            resolve_query(query=self._row(query), outcome=outcome, at=self.now, actor=actor)
            query.resolved = True

    def _some_query(self, number: int) -> Query:
        unresolved = [query for query in self.queries if not query.resolved]
        return pick(unresolved if number % 4 and unresolved else self.queries, number // 4)

    @staticmethod
    def _row(query: Query) -> InvoiceQuery:
        return InvoiceQuery.objects.get(pk=query.pk)

    # -- reminders and late payment

    @precondition(lambda self: self._late())
    @rule()
    def remind(self) -> None:
        """Asks nobody who is left alone, never for more than is owed less what is wholly in query, and once."""
        with self.step("remind"):
            proposal = propose_reminders(on=self.today)
            shown = {one.customer_id: mark_of(one) for one in proposal.reminders}
            sent = send_reminders(on=self.today, shown=shown, actor=self.world.officer)
            assert (sent.count, sent.pence, sent.changed) == (len(shown), proposal.pence, 0)
            assert propose_reminders(on=self.today).reminders == [], "reminded of twice"
            if not sent.count:
                raise Idle
            for reminder in Reminder.objects.order_by("-pk")[: sent.count]:
                name = next(name for name in self.customers if self.of(name).pk == reminder.organisation_id)
                assert self.paused.get(name, self.today) <= self.today, f"{name} is left alone"
                asked = {item.item_id: item.pence for item in reminder.items.all()}
                dues = {due.pk: due for due in self.book.dues if due.invoice.customer == name and due.on < self.today}
                for pk, pence in asked.items():
                    assert 0 < pence <= dues[pk].owed - self._surely_in_query(dues[pk]), f"asked of {name}"

    def _surely_in_query(self, due: Due) -> int:
        """All of it where every line of the invoice is in query, otherwise nothing that the book is sure of."""
        held = [item for query in self.queries if not query.resolved for item in query.items]
        return due.owed if all(item in held for item in due.invoice.items) and not any(item.credited for item in due.invoice.items) else 0  # fmt: skip

    @rule(customer=PICK, days=st.sampled_from([1, 30, 90]))
    def pause_reminders(self, customer: int, days: int) -> None:
        name = pick(self.customers, customer)
        with self.step("pause_reminders"):
            until = later(self.today, days)
            pause_reminders(
                customer=self.of(name),
                from_on=self.today,
                until_on=until,
                reason="New bursar",
                actor=self.world.officer,
            )
            self.paused[name] = until

    @precondition(lambda self: self._late())
    @rule(one=PICK)
    def claim_late_payment(self, one: int) -> None:
        """What is claimed becomes items to invoice; it is never more than simple interest on the whole since the due date."""
        if early := [due for due in self.book.dues if due.on >= self.today and one % 8 == 0]:
            with self.step("claim_late_payment", {NothingToClaim: True}):
                self._claim(pick(early, one))
            return
        with self.step("claim_late_payment"):
            try:
                self._claim(pick(self._late(), one))
            except NothingToClaim as nothing:  # claimed before, in query, an advance, or interest itself
                raise Idle from nothing

    def _late(self) -> list[Due]:
        return [due for due in self.book.dues if due.owed and due.on < self.today]

    def _claim(self, due: Due) -> None:
        item = ReceivableItem.objects.get(pk=due.pk)
        claim = claim_late_payment(item=item, on=self.today, actor=self.world.officer)
        days = (self.today - due.on).days
        most = half_up(due.pence * (Fraction(Decimal("0.08")) + Fraction(RATE)) * days / 365)
        assert 0 <= claim.interest_pence <= most
        assert claim.fixed_pence in FIXED
        name = due.invoice.customer
        for made in Charge.objects.filter(pk__in=[claim.interest_charge_id or 0, claim.fixed_charge_id or 0]).order_by("pk"):  # fmt: skip
            self.book.items[made.source_key] = Item(
                made.source_key, name, name, made.net_pence, "O", Fraction(0), self.today
            )

    # -- income over time, tax points

    @precondition(lambda self: any(one.falls_by(self.today) for one in self.book.deferrals))
    @rule()
    def release_income(self) -> None:
        with self.step("release_income"):
            due = due_for_release(on=self.today).pence
            assert release_income(on=self.today, actor=self.world.officer).pence == due
            assert due_for_release(on=self.today).pence == 0
            for one in self.book.deferrals:
                one.release(self.today)
            if not due:
                raise Idle

    @precondition(lambda self: any(one.item.pattern in ("on_use", "on_verification") for one in self.book.deferrals))
    @rule(one=PICK, percent=PERCENT)
    def use_or_verify(self, one: int, percent: int) -> None:
        told = [one for one in self.book.deferrals if one.item.pattern in ("on_use", "on_verification")]
        deferral = pick([one for one in told if one.most] or told, one)
        verb = use_deferred if deferral.item.pattern == "on_use" else verify_deferred
        pence = part_of(deferral.most, percent)
        with self.step(verb.__name__, {MoreThanDeferred: pence > deferral.most}):
            key = self.key("told")
            for _ in range(2):  # told twice it counts once
                verb(
                    charge_source_key=deferral.item.key, source_key=key, pence=pence, on=self.today,
                    actor=self.world.actor,
                )  # fmt: skip
            assert DeferralRow.objects.get(source_key=deferral.item.key).open_pence == deferral.most - pence
            deferral.least = deferral.most = deferral.most - pence

    @precondition(lambda self: self._come())
    @rule()
    def reach_tax_points(self) -> None:
        with self.step("reach_tax_points"):
            self.reached |= {due.pk for due in self._come()}
            report = reach_tax_points(on=self.today, actor=self.world.officer)
            assert reach_tax_points(on=self.today, actor=self.world.officer).vat_pence == 0
            if not report.count:
                raise Idle

    def _come(self) -> list[Due]:
        """Payments of instalments whose day has come since the last run."""
        dues = [due for one in self.book.invoices if one.items[0].instalments > 1 and one.vat for due in one.dues]
        return [due for due in dues if due.on <= self.today and due.pk not in self.reached]
