"""The same services for many schools at once: priced, contracted and charged in chunks, each a transaction of its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import orjson
from django.db import IntegrityError, connection, transaction

from catalogue.models import Offer
from catalogue.rules.quotes import Quote
from catalogue.services import pin_price
from catalogue.services.quotes_many import quotes_for_many
from invoicing.receivables.charging_many import NewCharge, charge_many
from invoicing.services import pin_vat_rule
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.bulk import collector_paused, copy_rows, next_ids
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.organisations.models import CustomerTerms, Organisation
from marketplace.organisations.queries import partnership
from subscriptions.agreements.models import Agreement, AgreementLine, BillingPeriod
from subscriptions.agreements.rules.forms import Billing, LineTerms
from subscriptions.agreements.rules.schedule import plan
from subscriptions.agreements.services.agreeing import NUMBERS
from subscriptions.agreements.services.charging import words_of
from subscriptions.tiers.queries import price_classes_on

CHUNK = 250


@dataclass(frozen=True)
class Round:
    """What every school of a round takes: ``offers`` priced by the year over ``term``, a year, under the key of the round.

    Everybody's price and VAT are those of the first day of the term. It is charged once a year in advance; a chunk of schools shares one plan of payments otherwise too.
    """

    key: str
    title: str
    offers: Sequence[Offer]
    term: Period
    notice_weeks: int = 0
    billing: Billing = field(default_factory=Billing)


@dataclass
class RoundReport:
    """How many agreements and lines were made, what was charged (pence before VAT), and who could not be priced, and why."""

    agreements: int = 0
    lines: int = 0
    charged_pence: int = 0
    already: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def contract_round(
    *,
    round_: Round,
    organisations: Sequence[int],
    on: date,
    actor: Actor,
    chunk: int = CHUNK,
    progress: Callable[[int, int], None] | None = None,
) -> RoundReport:
    """One running agreement for each organisation, with a line for each offer at its own price, charged when it is due.

    An organisation that has its agreement of the round already is passed over, so the same run twice adds nothing and a
    killed one goes on where it stopped. One that cannot be priced is reported and gets nothing. Finance managers only:
    they vouch that the schools agreed, on paper or by their council.
    """
    actor.require(Role.FINANCE_MANAGER, to="contract services for schools")
    clean_line(round_.key, what="Key of the round", limit=60)
    if not round_.offers:
        raise WrongInput("Choose at least one service")
    if any(offer.sold_by_id for offer in round_.offers):
        raise WrongInput("Only what we sell ourselves can be taken in a round. Leave the others out.")
    report, ids = RoundReport(), sorted(set(organisations))
    for begin in range(0, len(ids), chunk):
        part = ids[begin : begin + chunk]
        with collector_paused():
            try:
                _contract(round_, part, on, actor, report)
            except IntegrityError:  # somebody else's run of the same round wrote some of these meanwhile
                _contract(round_, part, on, actor, report)
        if progress:
            progress(min(begin + chunk, len(ids)), len(ids))
    return report


def quotes_of_round(
    round_: Round, organisations: Sequence[Organisation]
) -> tuple[dict[int, Organisation], dict[int, list[Quote] | DomainError]]:
    """Who is invoiced where it is another, and what each offer costs each on the first day of the term. Writes nothing."""
    on = round_.term.start
    terms = CustomerTerms.objects.filter(organisation__in=organisations).exclude(invoice_to=None)
    payers = {one.organisation_id: one.invoice_to for one in terms.select_related("invoice_to") if one.invoice_to}
    quoted = quotes_for_many(
        offers=round_.offers,
        organisations=organisations,
        on=on,
        price_classes=price_classes_on([one.pk for one in organisations], on),
        invoice_to=payers,
        supplier=partnership(),
    )
    return payers, quoted


def _contract(round_: Round, ids: Sequence[int], on: date, actor: Actor, report: RoundReport) -> None:
    with transaction.atomic():
        made = _Chunk(round_, on, actor)
        made.read(ids)
        made.write()
    report.agreements += len(made.agreements)
    report.lines += len(made.lines)
    report.charged_pence += sum(item.net_pence for item in made.charges)
    report.already += made.already
    report.refused += made.refused


class _Chunk:
    """The rows of some schools, built and then written by COPY."""

    def __init__(self, round_: Round, on: date, actor: Actor) -> None:
        self.round, self.on, self.actor = round_, on, actor
        self.agreements: list[tuple[object, ...]] = []
        self.lines: list[tuple[object, ...]] = []
        self.periods: list[tuple[object, ...]] = []
        self.charges: list[NewCharge] = []
        self.facts: list[dict[str, object]] = []
        self.quotes: list[Quote] = []
        self.refused: list[tuple[str, str]] = []
        self.already = 0
        self.ours = partnership()

    def read(self, ids: Sequence[int]) -> None:
        """Prices everybody who has no agreement of this round yet and builds the rows."""
        keys = [self._key(pk) for pk in ids]
        there = set(Agreement.objects.filter(source_key__in=keys).values_list("organisation_id", flat=True))
        self.already = len(there)
        todo = list(Organisation.objects.filter(pk__in=[pk for pk in ids if pk not in there]).order_by("pk"))
        payers, quoted = quotes_of_round(self.round, todo)
        priced = []
        for one in todo:
            quotes = quoted[one.pk]
            if isinstance(quotes, DomainError):
                self.refused.append((one.number, quotes.message))
            else:
                priced.append((one, payers.get(one.pk, one), quotes))
        self._build(priced)

    def _key(self, organisation_id: int) -> str:
        return f"round:{self.round.key}:{organisation_id}"

    def _build(self, priced: Sequence[tuple[Organisation, Organisation, list[Quote]]]) -> None:
        lines = len(self.round.offers)
        pks, line_pks = next_ids(Agreement, len(priced)), iter(next_ids(AgreementLine, len(priced) * lines))
        parts = len(plan(self._terms(self.round.offers[0], 1, 1, ("S",)), self.round.billing))
        period_pks = iter(next_ids(BillingPeriod, len(priced) * lines * parts))
        for pk, number, (one, payer, quotes) in zip(pks, _numbers(len(priced)), priced, strict=True):
            self._agreement(pk, number, one, quotes)
            for slot, (offer, quote) in enumerate(zip(self.round.offers, quotes, strict=True), start=1):
                self._line(next(line_pks), pk, number, slot, one, payer, offer, quote, period_pks)
            self.quotes += quotes

    def _terms(self, offer: Offer, slot: int, pence: int, vat: tuple[object, ...]) -> LineTerms:
        term = self.round.term
        return LineTerms(slot, offer.title, term, pence, term, vat, offer.account_code, offer.stream_code)  # type: ignore[arg-type]

    def _agreement(self, pk: int, number: str, one: Organisation, quotes: Sequence[Quote]) -> None:
        billing, term = self.round.billing, self.round.term
        notice_by = Agreement.notice_day(term.end, self.round.notice_weeks)
        self.agreements.append(
            (
                pk, number, self._key(one.pk), Agreement.Kind.SERVICE.value, one.pk, self.round.title, term.start,
                term.end, Agreement.State.ACTIVE.value, billing.every.value, billing.timing.value,
                billing.prorate.value, list(billing.term_starts), "", self.round.notice_weeks, notice_by,
                Agreement.Renewal.ASK.value, self.on,
            )
        )  # fmt: skip
        payload = {
            "kind": Agreement.Kind.SERVICE.value,
            "from": term.start.isoformat(),
            "to": term.end.isoformat(),
            "net_pence": sum(quote.net.pence for quote in quotes),
            "round": self.round.key,
        }
        self.facts.append(
            {
                "kind": "agreement.made",
                "subject_kind": "agreement",
                "subject": number,
                "organisation_ids": [one.pk],
                "payload": payload,
            }
        )

    def _line(
        self,
        pk: int,
        agreement_id: int,
        number: str,
        slot: int,
        one: Organisation,
        payer: Organisation,
        offer: Offer,
        quote: Quote,
        period_pks: Iterator[int],
    ) -> None:
        term, vat = self.round.term, quote.vat
        steps = [step.sentence for step in quote.steps]
        self.lines.append(
            (
                pk, agreement_id, slot, offer.pk, quote.price_id, "", "", offer.title, one.pk, term.start, term.end,
                term.start, term.end, quote.net.pence, "{}", orjson.dumps(steps).decode(), vat.category, vat.rate,
                vat.reason, offer.account_code, offer.stream_code, offer.cfr_code, offer.aar_code, offer.code, 1, None,
                "over_time", "", 1, "",
            )
        )  # fmt: skip
        for due in plan(self._terms(offer, slot, quote.net.pence, (vat.category,)), self.round.billing):
            period = next(period_pks)
            now = due.bill_on <= self.on
            key = f"agreement-period:{period}" if now and due.pence else ""
            state = BillingPeriod.State.CHARGED if now else BillingPeriod.State.PLANNED
            days = due.period
            self.periods.append((period, pk, days.start, days.end, due.pence, 0, 0, due.bill_on, state.value, key))
            if key:
                self.charges.append(
                    NewCharge(
                        key, one.pk, payer.pk, f"{offer.title}, {words_of(days)}", number, due.pence, vat,
                        offer.account_code, offer.stream_code, offer.code, offer.cfr_code, offer.aar_code, due.bill_on,
                        days, "", steps,
                    )
                )  # fmt: skip

    def write(self) -> None:
        """Everything by COPY; the prices and VAT rules used are frozen."""
        if not self.agreements:
            return
        copy_rows(Agreement, _AGREEMENT, self.agreements)
        copy_rows(AgreementLine, _LINE, self.lines)
        copy_rows(BillingPeriod, _PERIOD, self.periods)
        events.record_many(facts=self.facts, actor=self.actor)
        if self.charges:
            charge_many(items=self.charges, supplier=self.ours, actor=self.actor)
        for price_id in sorted({quote.price_id for quote in self.quotes if not quote.pinned and quote.price_id}):
            pin_price(price_id=price_id)
        for rule_id in sorted({quote.vat_rule_id for quote in self.quotes if not quote.pinned and quote.vat_rule_id}):
            pin_vat_rule(rule_id=rule_id)


_AGREEMENT = (
    "id", "number", "source_key", "kind", "organisation_id", "title", "term_from", "term_to", "state", "every",
    "timing", "prorate", "term_starts", "purchase_order", "notice_weeks", "notice_by", "renewal", "accepted_on",
)  # fmt: skip
_LINE = (
    "id", "agreement_id", "slot", "offer_id", "price_id", "source", "level", "title", "consumer_id", "valid_from",
    "valid_to", "base_from", "base_to", "base_pence", "facts", "steps", "vat_category", "vat_rate", "vat_reason",
    "account_code", "stream_code", "cfr_code", "aar_code", "analysis_code", "quantity", "unit_price_pence",
    "recognition", "label", "instalments", "charge_stem",
)  # fmt: skip
_PERIOD = (
    "id", "line_id", "valid_from", "valid_to", "pence", "carried_pence", "kept_pence", "bill_on", "state", "charge_key",
)  # fmt: skip


def _numbers(count: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval('{NUMBERS}') FROM generate_series(1, %s)", [count])
        return [f"AG-{row[0]:06d}" for row in cursor.fetchall()]
