"""The contract register: what is agreed with us and what the school holds elsewhere, in one shape, read at once."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from marketplace.core.actors import BUYING, Actor
from marketplace.core.errors import NotFound
from marketplace.core.money import Money, TaxedAmount
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.models.schools import BillingClass
from marketplace.organisations.queries import partnership
from subscriptions.agreements.models import Agreement, AgreementLine
from subscriptions.agreements.queries import whole_terms
from subscriptions.register.models import ContractDocument, OutsideContract
from subscriptions.register.quoting import band_rules
from subscriptions.register.rules.buying import Band, BandRule, related_rule
from subscriptions.register.rules.values import a_year_of, whole_value

OURS, OUTSIDE = "ours", "outside"
HELD = (Agreement.State.OFFERED, Agreement.State.ACTIVE, Agreement.State.SUSPENDED, Agreement.State.ENDED)


@dataclass(frozen=True)
class Entry:
    """One contract. Pence a year are before VAT, ``whole`` is its value over the whole term; ``runs_to`` is the first day
    without it. ``state`` is one of: offered, coming, running, paused, over. ``declared``: a declaration is there."""

    kind: str
    pk: int
    number: str
    organisation: Organisation
    supplier: str
    title: str
    categories: tuple[str, ...]
    year_pence: int
    whole: TaxedAmount
    term: Period
    runs_to: date
    notice_by: date | None
    state: str
    band: Band
    band_words: str
    decision: str = ""
    related: str = OutsideContract.Related.NONE
    quotes: int = 0
    declared: bool = False
    needs_declaration: bool = False

    @property
    def key(self) -> tuple[str, int]:
        return self.kind, self.pk

    @property
    def last_day(self) -> date:
        return self.runs_to - timedelta(days=1)

    @property
    def stands(self) -> bool:
        """Whether it runs, is paused or will run: what is offered binds nobody, what is over counts no more."""
        return self.state in ("coming", "running", "paused")

    @property
    def quotes_missing(self) -> int:
        """How many quotes are still to be recorded: nothing where one price is enough, nor for what is agreed with us."""
        asked = self.band.quotes if self.kind == OUTSIDE and self.band.quotes > 1 else 0
        return max(0, asked - self.quotes)


@dataclass(frozen=True)
class Choice:
    """What the register is narrowed to: ``show`` is "" (what stands or is offered), "over" or "all"."""

    show: str = ""
    ends_before: date | None = None
    notice_before: date | None = None
    category: str = ""
    related: str = ""
    source: str = ""
    text: str = ""

    def takes(self, one: Entry, on: date) -> bool:
        shown = self.show == "all" or (one.state == "over") == (self.show == "over")
        ends = self.ends_before is None or one.runs_to <= self.ends_before
        notice = self.notice_before is None or bool(one.notice_by and on <= one.notice_by <= self.notice_before)
        related = not self.related or one.related == self.related
        words = f"{one.supplier} {one.title} {one.number}".lower()
        return bool(
            shown and ends and notice and related and (not self.source or one.kind == self.source)
            and (not self.category or self.category in one.categories) and self.text.lower() in words
        )  # fmt: skip


def contracts_for(actor: Actor, organisation_ids: Collection[int]) -> list[OutsideContract]:
    """Outside contracts of those of the organisations for which the actor buys today."""
    own = set(organisation_ids) & actor.organisations(*BUYING)
    found = OutsideContract.objects.filter(organisation_id__in=own)
    return list(found.select_related("organisation", "owner_person").order_by("pk"))


def contract_for(actor: Actor, organisation_ids: Collection[int], number: str) -> OutsideContract:
    """One of them by its number. Raises NotFound for what is not the actor's to see."""
    own = set(organisation_ids) & actor.organisations(*BUYING)
    found = OutsideContract.objects.filter(organisation_id__in=own, number=number)
    one = found.select_related("organisation__school", "organisation__trust", "owner_person").first()
    if one is None:
        raise NotFound("Page not found")
    return one


def register_of(actor: Actor, organisation_ids: Collection[int], on: date, choice: Choice | None = None) -> list[Entry]:
    """Every contract of the organisations for which the actor buys, soonest end first. A few queries, however many."""
    own = set(organisation_ids) & actor.organisations(*BUYING)
    rules = band_rules(own, on)
    entries = [*_ours(own, rules, on), *_outside(actor, own, rules, on)]
    wanted = [one for one in entries if choice is None or choice.takes(one, on)]
    return sorted(wanted, key=lambda one: (one.runs_to, one.organisation.name, one.title, one.key))


def totals_of(entries: Iterable[Entry]) -> tuple[int, int, TaxedAmount]:
    """How many of the entries stand, what they cost a year before VAT, and their whole terms with VAT."""
    standing = [one for one in entries if one.stands]
    net = Money(sum(one.whole.net.pence for one in standing))
    vat = Money(sum(one.whole.vat.pence for one in standing))
    return len(standing), sum(one.year_pence for one in standing), TaxedAmount(net, vat, net + vat)


def missing_declarations(entries: Iterable[Entry]) -> list[Entry]:
    """Contracts of academy trusts with a related party, above the sum of the rule, whose declaration is not there."""
    return [one for one in entries if one.stands and one.needs_declaration and not one.declared]


def missing_quotes(entries: Iterable[Entry]) -> list[Entry]:
    """Outside contracts that stand and have fewer quotes on record than their band asks for."""
    return [one for one in entries if one.stands and one.quotes_missing]


def notices_within(actor: Actor, organisation_ids: Collection[int], on: date, days: int) -> list[OutsideContract]:
    """Outside contracts whose last day for notice comes within so many days and about which nobody has decided."""
    own = set(organisation_ids) & actor.organisations(*BUYING)
    near = Q(notice_by__gte=on, notice_by__lte=on + timedelta(days=days), ended_on__isnull=True, decision="")
    found = OutsideContract.objects.filter(near, organisation_id__in=own).select_related("organisation")
    return list(found.order_by("notice_by", "pk"))


def _ours(own: Collection[int], rules: dict[int, BandRule], on: date) -> Iterator[Entry]:
    found = Agreement.objects.filter(organisation_id__in=own, state__in=HELD)
    agreements = list(found.select_related("organisation__school").prefetch_related("lines__supplier").order_by("pk"))
    if not agreements:
        return
    us, wholes = partnership().name, whole_terms([one.pk for one in agreements])
    for one in agreements:
        lines = lines_on(one, on)
        whole, rule = wholes[one.pk], rules[one.organisation_id]
        suppliers = sorted({line.supplier.name if line.supplier else us for line in lines}) or [us]
        yield Entry(
            kind=OURS,
            pk=one.pk,
            number=one.number,
            organisation=one.organisation,
            supplier=", ".join(suppliers),
            title=one.title,
            categories=tuple(sorted({line.cfr_code for line in lines if line.cfr_code})),
            year_pence=year_pence_of(lines),
            whole=whole,
            term=Period(one.term_from, one.term_to),
            runs_to=one.runs_to,
            notice_by=one.notice_by,
            state=_state_of_ours(one, on),
            band=rule.band_of(whole.gross.pence),
            band_words=rule.words_of(whole.gross.pence),
            decision=OutsideContract.Decision.NOTICE if one.notice_given_on else "",
        )


def lines_on(agreement: Agreement, on: date) -> list[AgreementLine]:
    """The lines that run on the day; before it runs the first ones, afterwards the last. Load it with its lines."""
    day = min(max(on, agreement.term_from), agreement.runs_to - timedelta(days=1))
    lines: Sequence[AgreementLine] = list(agreement.lines.all())
    return [line for line in lines if line.valid_from <= day < line.valid_to]


def year_pence_of(lines: Iterable[AgreementLine]) -> int:
    """What lines cost for twelve months, before VAT."""
    return sum(a_year_of(line.base_pence, Period(line.base_from, line.base_to)) for line in lines)


def _outside(actor: Actor, own: Collection[int], rules: dict[int, BandRule], on: date) -> Iterator[Entry]:
    found = OutsideContract.objects.filter(organisation_id__in=own).select_related("organisation__school")
    kinds, related = ContractDocument.Kind, related_rule(on)
    current = Q(documents__ended_on__isnull=True)
    counted = found.annotate(
        quote_files=Count("documents", filter=current & Q(documents__kind=kinds.QUOTE)),
        declarations=Count("documents", filter=current & Q(documents__kind=kinds.DECLARATION)),
    )
    for one in counted.order_by("pk"):
        whole, rule = whole_value(one.year_pence, one.term, one.vat_rate), rules[one.organisation_id]
        interest = one.related != OutsideContract.Related.NONE and of_academy_trust(one.organisation)
        yield Entry(
            kind=OUTSIDE,
            pk=one.pk,
            number=one.number,
            organisation=one.organisation,
            supplier=one.supplier,
            title=one.title,
            categories=(one.cfr_code,),
            year_pence=one.year_pence,
            whole=whole,
            term=one.term,
            runs_to=one.runs_to,
            notice_by=one.notice_by,
            state=_state_of(one, on),
            band=rule.band_of(whole.gross.pence),
            band_words=rule.words_of(whole.gross.pence),
            decision=one.decision,
            related=one.related,
            quotes=max(one.quotes, one.quote_files),
            declared=one.declarations > 0,
            needs_declaration=interest and related.needs(one.year_pence),
        )


def entry_of(actor: Actor, contract: OutsideContract, on: date) -> Entry:
    """The register's line of one outside contract."""
    rules = band_rules([contract.organisation_id], on)
    own = _outside(actor, [contract.organisation_id], rules, on)
    return next(one for one in own if one.pk == contract.pk)


def of_academy_trust(organisation: Organisation) -> bool:
    """Whether the rules of academy trusts hold for it: a trust, or one of its academies. Load it with its school."""
    if organisation.kind == Organisation.Kind.TRUST:
        return True
    school = getattr(organisation, "school", None)
    return school is not None and school.billing_class == BillingClass.ACADEMY


def _state_of(one: OutsideContract, on: date) -> str:
    if one.runs_to <= on:
        return "over"
    return "coming" if on < one.term_from else "running"


def _state_of_ours(one: Agreement, on: date) -> str:
    if one.state == Agreement.State.OFFERED:
        return "offered"
    if one.state == Agreement.State.ENDED or one.runs_to <= on:
        return "over"
    if one.state == Agreement.State.SUSPENDED:
        return "paused"
    return "coming" if on < one.term_from else "running"
