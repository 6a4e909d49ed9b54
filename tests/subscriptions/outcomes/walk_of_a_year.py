"""One contract whose statements, claims and claw-backs come in any order, and its second book, kept by hand."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum

from invoicing.payables.models import Payable
from marketplace.core.errors import DomainError
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.core.verification import check as check_invariant
from marketplace.core.verification import registered
from subscriptions.outcomes.models import Clawback, OutcomeItem, Statement, StatementLine, Submission
from subscriptions.outcomes.services.changes import Changes
from subscriptions.outcomes.services.claiming import submit, withdraw_submission
from subscriptions.outcomes.services.deciding import accept, accept_part, extend, mark_not_met, reject, undo_acceptance
from subscriptions.outcomes.services.ending import end_contracts_over, terminate_contract
from subscriptions.outcomes.services.stating import claw_back, freeze_due, freeze_statement, move_item
from subscriptions.outcomes.services.terms import ItemTerms, MeasureTerms, StatementTerms
from subscriptions.outcomes.services.varying import approve_variation, propose_variation
from tests.subscriptions.outcomes.hub_year import HubCast

DEEDS = (
    "submit", "accept", "accept_part", "reject", "undo", "withdraw", "not_met", "extend", "freeze", "freeze_all",
    "claw_back", "move", "vary", "lengthen", "end",
)  # fmt: skip


class Walk:
    """Each deed is done to what the numbers pick; what cannot be done is refused and changes nothing."""

    def __init__(self, contract, cast: HubCast) -> None:
        self.contract, self.cast, self.day = contract, cast, contract.valid_from
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.value = contract.value_pence

    def do(self, deed: str, days: int, which: int, pence: int) -> None:
        """Some days later, one deed."""
        self.day += timedelta(days=days)
        before = self.paid() + self.taken_off()
        try:
            did = getattr(self, f"_{deed}")(which, pence)
        except DomainError as error:
            self.refused[f"{deed}: {type(error).__name__}"] += 1
            did = False
        if did is not False:
            self.done[deed] += 1
        if deed not in ("freeze", "freeze_all"):
            assert self.paid() + self.taken_off() == before, f"{deed} paid something"
        self.holds()

    def paid(self) -> int:
        """What the ledger owes the lead for statements, in pence."""
        found = Payable.objects.filter(provider=self.contract.party, source_key__startswith="outcome-statement:")
        return int(found.aggregate(sum=Sum("owed_pence"))["sum"] or 0)

    def taken_off(self) -> int:
        """What was taken back after the end, when no statement was left to take it, off what they owed, in pence."""
        found = Clawback.objects.filter(item__contract=self.contract)
        return int(found.aggregate(sum=Sum("charged_pence"))["sum"] or 0)

    def holds(self) -> None:
        """Never more than verified, never more than the contract; what was paid and taken back is what was verified."""
        self.contract.refresh_from_db()
        on_frozen = OutcomeItem.objects.filter(
            contract=self.contract, state__in=["payable", "paid", "clawed_back"]
        ).aggregate(earned=Sum("earned_pence"), settled=Sum("settled_pence"))
        verified, settled = on_frozen["earned"] or 0, on_frozen["settled"] or 0
        accepted = Submission.objects.filter(item__contract=self.contract, state__in=["accepted", "part"])
        by_claims = OutcomeItem.objects.filter(
            verified_by_submission__in=accepted, statement__state__in=["frozen", "paid"]
        )
        taken = Clawback.objects.filter(item__contract=self.contract).aggregate(sum=Sum("taken_pence"))["sum"] or 0
        lines = StatementLine.objects.filter(statement__contract=self.contract)
        capped = -(lines.filter(kind="capped").aggregate(sum=Sum("pence"))["sum"] or 0)
        paid = self.paid() + self.taken_off()
        assert paid == self.contract.settled_pence <= self.contract.value_pence
        assert settled + taken == verified
        assert paid + self.contract.retained_pence + taken + capped == verified
        ungated = OutcomeItem.objects.filter(contract=self.contract, gate="nothing", settled_pence__gt=0)
        assert verified == (by_claims.aggregate(sum=Sum("earned_pence"))["sum"] or 0) + (
            ungated.aggregate(sum=Sum("earned_pence"))["sum"] or 0
        )
        for invariant in registered():
            if invariant.name.startswith("outcome"):
                assert check_invariant(invariant).violations == []

    def _item(self, which: int, *states: str) -> OutcomeItem | None:
        found = list(OutcomeItem.objects.filter(contract=self.contract, state__in=states).order_by("pk"))
        return found[which % len(found)] if found else None

    def _claim(self, which: int, *states: str) -> Submission | None:
        found = list(
            Submission.objects.filter(item__contract=self.contract, state__in=states)
            .select_related("item__contract__party").order_by("pk")
        )  # fmt: skip
        return found[which % len(found)] if found else None

    def _submit(self, which: int, pence: int):
        item = self._item(which, "planned", "rejected")
        if item is None or item.measure is None:
            return False
        claimed = Decimal(pence % 130) if item.measure.target else None
        return submit(item=item, claimed=claimed, words="Done", on=self.day, actor=self.cast.lead)

    def _accept(self, which: int, _: int):
        claim = self._claim(which, "submitted")
        return claim is not None and accept(submission=claim, on=self.day, actor=self.cast.verifier)

    def _accept_part(self, which: int, pence: int):
        claim = self._claim(which, "submitted")
        if claim is None:
            return False
        return accept_part(
            submission=claim, accepted=Decimal(pence % 120), reason="Fewer", on=self.day, actor=self.cast.verifier
        )

    def _reject(self, which: int, _: int):
        claim = self._claim(which, "submitted")
        return claim is not None and reject(
            submission=claim, reason="No register", on=self.day, actor=self.cast.verifier
        )

    def _undo(self, which: int, _: int):
        claim = self._claim(which, "accepted", "part")
        return claim is not None and undo_acceptance(
            submission=claim, reason="Wrong school", on=self.day, actor=self.cast.verifier
        )

    def _withdraw(self, which: int, _: int):
        claim = self._claim(which, "submitted")
        return claim is not None and withdraw_submission(submission=claim, on=self.day, actor=self.cast.lead)

    def _not_met(self, which: int, _: int):
        item = self._item(which, "planned", "rejected", "submitted")
        return item is not None and mark_not_met(item=item, reason="None", on=self.day, actor=self.cast.verifier)

    def _extend(self, which: int, pence: int):
        item = self._item(which, "planned", "rejected", "not_met")
        until = self.day + timedelta(days=1 + pence % 200)
        return item is not None and extend(
            item=item, due_on=until, reason="Snow", on=self.day, actor=self.cast.verifier
        )

    def _freeze(self, which: int, _: int):
        found = list(Statement.objects.filter(contract=self.contract, state="open").order_by("cut_off"))
        if not found:
            return False
        one = found[min(which % 3, len(found) - 1)]
        return freeze_statement(statement=one, on=self.day, actor=self.cast.officer)

    def _freeze_all(self, *_: int):
        return freeze_due(on=self.day, actor=self.cast.officer) > 0

    def _claw_back(self, which: int, pence: int):
        item = self._item(which, "payable", "paid")
        if item is None:
            return False
        return claw_back(item=item, pence=1 + pence, reason="Not held", on=self.day, actor=self.cast.manager)

    def _move(self, which: int, pence: int):
        item = self._item(which, "eligible", "planned")
        found = list(Statement.objects.filter(contract=self.contract).order_by("cut_off"))
        if item is None:
            return False
        return move_item(
            item=item, to=found[pence % len(found)], reason="Their year end", on=self.day, actor=self.cast.officer
        )

    def _vary(self, which: int, pence: int):
        """An amount for days to come goes and the value with it; or only the value changes."""
        item = self._item(which, "planned", "rejected") if which % 3 else None
        value = self.contract.value_pence + pence % 1000 - (item.pence if item else 0)
        first = self.day + timedelta(days=1)
        return self._agreed(
            which, valid_from=max(first, item.service_from) if item else first, value=Money(max(1, value)),
            changes=Changes(left_out=[item.code] if item else []),
        )  # fmt: skip

    def _lengthen(self, which: int, pence: int):
        """One month more, with its statement, an amount on time and one to be shown."""
        month = Period.months_from(self.contract.valid_to, 1)
        at, due = month.start.isoformat(), month.end + timedelta(days=60)
        items = [
            ItemTerms(f"time-{at}", "On time", 1 + pence, month, month.start, month.last_day),
            ItemTerms(f"done-{at}", "Done", 2 + pence, month, month.start, due, f"done-{at}"),
        ]
        return self._agreed(
            which, valid_from=month.start, valid_to=month.end, value=Money(self.contract.value_pence + 3 + 2 * pence),
            changes=Changes(
                measures=[MeasureTerms(f"done-{at}", "output", "Done", due)], items=items,
                statements=[StatementTerms(month.start, month.last_day, month.end + timedelta(days=24))],
            ),
        )  # fmt: skip

    def _agreed(self, which: int, **terms):
        """Proposed by either side, approved by both; whoever proposes never approves."""
        theirs = which % 2
        version = propose_variation(
            contract=self.contract, **terms, reason="Another budget", on=self.day,
            actor=self.cast.deputy_head if theirs else self.cast.organiser,
        )  # fmt: skip
        approve_variation(version=version, on=self.day, actor=self.cast.manager)
        return approve_variation(version=version, on=self.day, actor=self.cast.lead)

    def _end(self, which: int, _: int):
        if which % 4:
            return end_contracts_over(on=self.day, actor=self.cast.manager) > 0
        last = max(self.day - timedelta(days=1), date(2026, 9, 2))
        return terminate_contract(
            contract=self.contract, ended_on=last, reason="The lead closes", on=self.day, actor=self.cast.manager
        )
