"""One calculation for every change: which periods end, what comes back, what is charged instead. Shown, then done.

``Moves`` is worked out from an agreement as it stands and written nowhere; ``Moves.shown`` is what the page shows, and
``perform`` does exactly that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F

from invoicing.services import left_of, reduce
from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from subscriptions.agreements.models import Agreement, AgreementLine, BillingPeriod
from subscriptions.agreements.rules.changes import Change, Part, told
from subscriptions.agreements.rules.forms import LineTerms
from subscriptions.agreements.rules.moves import Cut, Planned, carry, released
from subscriptions.agreements.services.standing import supply_of
from subscriptions.agreements.services.writing import line_row, period_rows, pin_prices


@dataclass
class Following:
    """What follows in a slot: a new line (or, resumed, the line that is there) with its periods."""

    terms: LineTerms
    planned: list[Planned]
    line: AgreementLine | None = None


@dataclass
class Moves:
    """All that happens at once in an agreement on the day ``at``."""

    agreement: Agreement
    at: date
    today: date
    cuts: list[Cut] = field(default_factory=list)
    following: list[Following] = field(default_factory=list)
    ended_slots: set[int] = field(default_factory=set)
    back: dict[int, int] = field(default_factory=dict)
    extra: tuple[str, ...] = ()

    def follow(self, terms: LineTerms, planned: list[Planned], line: AgreementLine | None = None) -> None:
        self.following.append(Following(terms, planned, line))

    def settle(self) -> None:
        """Sets what is freed in each slot against what follows of the same supply; the rest comes back."""
        for slot in sorted({one.of.slot for one in self.cuts}):
            cuts = [one for one in self.cuts if one.of.slot == slot]
            freed = released(cuts)
            for following in (one for one in self.following if one.terms.slot == slot):
                sold = supply_of(following.terms, self.agreement.organisation_id)
                if all(one.of.supply == sold for one in cuts):
                    following.planned, freed = carry(freed, [one.due for one in following.planned])
            self.back[slot] = freed

    def shown(self) -> Change:
        """What a page shows of it."""
        now: list[Part] = []
        later: list[Part] = []
        for one in self.following:
            for planned in one.planned:
                if planned.to_charge:
                    part = Part(one.terms.title, planned.due.period, planned.to_charge, one.terms.vat[1])
                    (now if planned.due.bill_on <= self.today else later).append(part)
        back = [
            Part(_of_slot(self.cuts, slot).of.title, _rest(self.cuts, slot), pence, _of_slot(self.cuts, slot).of.rate)
            for slot, pence in self.back.items()
            if pence
        ]
        kept = [Part(one.of.title, one.rest, one.kept, one.of.rate) for one in self.cuts if one.kept]
        sentences = [
            *self.extra,
            *told(now, "to pay"),
            *told(later, "to pay later"),
            *told(back, "comes back"),
            *told(kept, "stays due"),
        ]
        return Change(tuple(now), tuple(later), tuple(back), tuple(kept), tuple(sentences))

    def perform(self, *, reason: str, actor: Actor) -> None:
        """Writes it. The agreement is locked; the caller charges what is due."""
        for one in self.cuts:
            self._end(one)
        self._end_lines()
        for following in self.following:
            line = following.line
            if line is None:
                line = line_row(self.agreement, following.terms)
                line.save(force_insert=True)
            BillingPeriod.objects.bulk_create(period_rows(line, following.planned))
        pin_prices([one.terms for one in self.following if one.line is None])
        for slot, pence in self.back.items():
            if pence:
                self._give_back(slot, pence, reason, actor)

    def _end(self, one: Cut) -> None:
        """A planned period that has no days and owes nothing is gone; any other ends earlier.

        One that more was carried into than is left of it is paid: nothing of it is charged any more.
        """
        row = BillingPeriod.objects.filter(pk=one.of.id)
        if not one.of.charged and one.end <= one.of.start and not one.kept and not one.released:
            row.delete()
            return
        row.update(
            valid_to=one.end,
            pence=one.of.pence - one.freed - one.kept,
            kept_pence=one.of.kept + one.kept,
            state=BillingPeriod.State.CHARGED if one.of.charged or one.released else BillingPeriod.State.PLANNED,
        )

    def _end_lines(self) -> None:
        """Lines of the slots that end or change: those running end on the day, those to come never begin."""
        slots = self.ended_slots | {one.terms.slot for one in self.following if one.line is None}
        lines = AgreementLine.objects.filter(agreement=self.agreement, slot__in=slots, valid_to__gt=self.at)
        for line in lines.order_by("pk"):
            AgreementLine.objects.filter(pk=line.pk).update(valid_to=max(self.at, line.valid_from))

    def _give_back(self, slot: int, pence: int, reason: str, actor: Actor) -> None:
        """Reduces the slot's charges, the newest first; what others took off them already stays with this agreement."""
        rows = BillingPeriod.objects.filter(line__agreement=self.agreement, line__slot=slot).exclude(charge_key="")
        for index, key in enumerate(rows.order_by("-valid_from", "-pk").values_list("charge_key", flat=True)):
            part = min(pence, left_of(key)) if pence else 0
            if part:
                reduce(
                    source_key=f"agreement:{self.agreement.pk}:change:{self.agreement.changes + 1}:{slot}:{index}",
                    of=key,
                    pence=part,
                    reason=reason,
                    on=self.today,
                    service=_rest(self.cuts, slot),
                    actor=actor,
                )
                pence -= part
        if pence:
            last = max((one for one in self.cuts if one.of.slot == slot and one.released), key=lambda one: one.of.start)
            BillingPeriod.objects.filter(pk=last.of.id).update(kept_pence=F("kept_pence") + pence)


def _rest(cuts: Sequence[Cut], slot: int) -> Period | None:
    """The days that are given up in a slot though they were charged."""
    given = [one.rest for one in cuts if one.of.slot == slot and (one.of.charged or one.released)]
    return Period(min(days.start for days in given), max(days.end for days in given)) if given else None


def _of_slot(cuts: Iterable[Cut], slot: int) -> Cut:
    return next(one for one in cuts if one.of.slot == slot)
