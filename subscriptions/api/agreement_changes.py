"""Agreements made by hand, answered and changed. With ``"preview": true`` the same calculation is returned and not done."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.queries import require_finance_reader
from invoicing.vat.rules.kinds import SupplyKind
from marketplace.core.actors import BUYING, FINANCE
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.queries import whole_term
from subscriptions.agreements.rules.changes import Change, Part
from subscriptions.agreements.rules.forms import Billing, CreditRule, Every, Prorate, Timing
from subscriptions.agreements.services import (
    change,
    decline,
    preview_change,
    preview_end,
    preview_resume,
    preview_suspend,
    resume,
    suspend,
)
from subscriptions.agreements.services.agreeing import require_party
from subscriptions.api.agreement_shapes import (
    AcceptRequest,
    AgreementRequest,
    ChangeSerializer,
    DayRequest,
    DeclineRequest,
    EndRequest,
    PreviewRequest,
    StopRequest,
    SuspendRequest,
)
from subscriptions.api.agreements import AgreementSerializer, AgreementsView, agreement_body, agreement_for
from subscriptions.plans.services import end
from subscriptions.renewals.answering import accept_on_paper, stop_renewing, take_offer
from subscriptions.renewals.by_hand import ByHand, agree_by_hand, work_out_by_hand


def _part(part: Part) -> dict[str, Any]:
    period = part.period
    return {
        "title": part.title, "starts": period.start if period else None, "ends": period.end if period else None,
        "pence": part.pence, "vat_rate": str(part.rate),
    }  # fmt: skip


def change_body(found: Agreement, shown: Change, *, done: bool) -> dict[str, Any]:
    """What a change comes to, with the agreement's state after it."""
    state = Agreement.objects.values_list("state", flat=True).get(pk=found.pk)
    return {
        "done": done, "number": found.number, "state": state, "net_pence": shown.net_pence,
        "vat_pence": shown.vat_pence, "gross_pence": shown.gross_pence,
        "charged": [_part(one) for one in shown.charged], "later": [_part(one) for one in shown.later],
        "given_back": [_part(one) for one in shown.given_back], "kept": [_part(one) for one in shown.kept],
        "sentences": list(shown.sentences),
    }  # fmt: skip


class AgreementsAndNewView(AgreementsView):
    """The list, and making one by hand."""

    @extend_schema(
        operation_id="agreement_make",
        request=AgreementRequest,
        responses={200: AgreementSerializer, 201: AgreementSerializer},
        tags=["agreements"],
    )
    def post(self, request: Request) -> Response:
        """Makes an agreement by hand, for finance. A preview answers with its sum, without a number, lines or periods."""
        given = self.read(AgreementRequest)
        require_finance_reader(self.actor)
        self.actor.require(*FINANCE, to="make agreements by hand")
        asked, on = _by_hand(given), timezone.localdate()
        worked = work_out_by_hand(asked, on=on)
        if given["preview"]:
            return Response(_previewed(asked, worked.whole, given))
        made = agree_by_hand(
            source_key=f"api:{request.headers.get('Idempotency-Key', '')}:{self.actor.person_id}",
            asked=asked,
            paper=given["paper"],
            expected_pence=given.get("expected_pence", worked.whole.gross.pence),
            on=on,
            actor=self.actor,
        )
        return Response(agreement_body(made), status=201)


def _by_hand(given: dict[str, Any]) -> ByHand:
    organisation = Organisation.objects.filter(number=given["organisation"]).first()
    if organisation is None or organisation.kind == Organisation.Kind.PARTNERSHIP:
        raise NotFound(f"There is no customer {given['organisation']}.")
    if not given["term_from"] < given["term_to"] <= given["term_from"] + timedelta(days=366 * 7):
        raise WrongInput("The term must end after it begins, within seven years.")
    return ByHand(
        title=given["title"],
        organisation=organisation,
        kind=given["kind"],
        term=Period(given["term_from"], given["term_to"]),
        pence=given["pence_a_year"],
        supply=SupplyKind[given["supply"].upper()],
        account_code=given["account"],
        stream_code=given["stream"],
        billing=Billing(Every(given["every"]), Timing(given["timing"]), Prorate(given["prorate"])),
        cfr_code=given["cfr_code"],
        notice_weeks=given["notice_weeks"],
        renewal=given["renewal"],
        purchase_order=given["purchase_order"],
    )


def _previewed(asked: ByHand, whole: Any, given: dict[str, Any]) -> dict[str, Any]:
    state = Agreement.State.ACTIVE if given["paper"] else Agreement.State.OFFERED
    same = ("title", "kind", "term_from", "term_to", "renewal", "every", "timing", "prorate", "purchase_order")
    return {name: given[name] for name in same} | {
        "number": "", "organisation": asked.organisation.number, "state": state, "ended_on": None, "notice_by": None,
        "notice_given_on": None, "net_pence": whole.net.pence, "vat_pence": whole.vat.pence,
        "gross_pence": whole.gross.pence, "succeeds": None, "lines": [], "periods": [],
    }  # fmt: skip


class AnswerView(ApiView):
    """What is done to an offer or at the end of a term, without a calculation of its own."""

    area = "orders"

    def answered(self, found: Agreement) -> Response:
        found.refresh_from_db()
        return Response(agreement_body(found))


class AgreementAcceptView(AnswerView):
    @extend_schema(
        operation_id="agreement_accept", request=AcceptRequest, responses=AgreementSerializer, tags=["agreements"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Accepts what is offered, with its terms of service, within the caller's limit over the whole term."""
        given, found = self.read(AcceptRequest), agreement_for(self, number)
        require_party(agreement=found, actor=self.actor)
        if given["preview"]:
            return self.answered(found)
        on, shown = timezone.localdate(), given.get("expected_pence", whole_term(found).gross.pence)
        if found.organisation_id in self.actor.organisations(*BUYING):
            take_offer(agreement=found, on=on, actor=self.actor, expected_pence=shown)
        else:
            accept_on_paper(agreement=found, reference=given.get("paper", ""), on=on, actor=self.actor)
        return self.answered(found)


class AgreementDeclineView(AnswerView):
    @extend_schema(
        operation_id="agreement_decline", request=DeclineRequest, responses=AgreementSerializer, tags=["agreements"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Says no to what is offered; nothing is charged."""
        given, found = self.read(DeclineRequest), agreement_for(self, number)
        require_party(agreement=found, actor=self.actor)
        if not given["preview"]:
            reason = given.get("reason", "")
            decline(agreement=found, reason=reason, on=timezone.localdate(), actor=self.actor)
        return self.answered(found)


class AgreementNoticeView(AnswerView):
    @extend_schema(
        operation_id="agreement_notice", request=PreviewRequest, responses=AgreementSerializer, tags=["agreements"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Gives notice for the end of the term: it is not renewed. A renewal that is offered is declined."""
        given, found = self.read(PreviewRequest), agreement_for(self, number)
        require_party(agreement=found, actor=self.actor)
        if not given["preview"]:
            stop_renewing(agreement=found, on=timezone.localdate(), actor=self.actor)
        return self.answered(found)


class ChangingView(ApiView):
    """What changes a running agreement: worked out, and done unless it is a preview."""

    area = "orders"

    def changed(self, found: Agreement, given: dict[str, Any], shown: Change, done: Any) -> Response:
        """The preview, or what ``done`` does where it is still what the caller expected."""
        if given["preview"]:
            return Response(change_body(found, shown, done=False))
        expected = given.get("expected_pence")
        if expected is not None and expected != shown.net_pence:
            raise WrongInput(
                f"It now comes to {shown.net_pence} pence before VAT, not {expected}. Nothing was changed."
            )
        return Response(change_body(found, done(), done=True))

    def finance_only(self, number: str, to: str) -> tuple[Agreement, date]:
        found = agreement_for(self, number)
        self.actor.require(*FINANCE, to=to)
        return found, timezone.localdate()


class AgreementSuspendView(ChangingView):
    @extend_schema(
        operation_id="agreement_suspend", request=SuspendRequest, responses=ChangeSerializer, tags=["agreements"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Pauses it from a day on, for finance: what was charged for later days comes back."""
        given = self.read(SuspendRequest)
        found, today = self.finance_only(number, "pause an agreement")
        days = {"agreement": found, "on": given["on"], "today": today}
        shown = preview_suspend(**days)
        return self.changed(found, given, shown, lambda: suspend(**days, reason=given["reason"], actor=self.actor))


class AgreementResumeView(ChangingView):
    @extend_schema(operation_id="agreement_resume", request=DayRequest, responses=ChangeSerializer, tags=["agreements"])
    def post(self, request: Request, number: str) -> Response:
        """Lets it run again from a day on, for finance; what is left of it is charged anew."""
        given = self.read(DayRequest)
        found, today = self.finance_only(number, "resume an agreement")
        days = {"agreement": found, "on": given["on"], "today": today}
        return self.changed(found, given, preview_resume(**days), lambda: resume(**days, actor=self.actor))


class AgreementEndView(ChangingView):
    @extend_schema(operation_id="agreement_end", request=EndRequest, responses=ChangeSerializer, tags=["agreements"])
    def post(self, request: Request, number: str) -> Response:
        """Ends it before its term, for finance, by a chosen rule for what comes back. Late notice stays charged."""
        given = self.read(EndRequest)
        found, today = self.finance_only(number, "end an agreement")
        asked = {
            "agreement": found, "on": given["on"], "given_on": given.get("given_on") or today,
            "credit": CreditRule(given["credit"]),
        }  # fmt: skip
        shown = preview_end(**asked)
        return self.changed(found, given, shown, lambda: end(**asked, reason=given["reason"], actor=self.actor))


class AgreementChangeView(ChangingView):
    @extend_schema(
        operation_id="agreement_change", request=StopRequest, responses=ChangeSerializer, tags=["agreements"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Stops services of it from a day on; what was charged for later days comes back."""
        given, found = self.read(StopRequest), agreement_for(self, number)
        require_party(agreement=found, actor=self.actor)
        known = set(found.lines.values_list("slot", flat=True))
        if unknown := sorted(set(given["stop"]) - known):
            raise WrongInput(f"{found.number} has no service in slot {unknown[0]}.")
        asked = {
            "agreement": found, "lines": [], "stop": given["stop"], "on": given["on"],
            "today": timezone.localdate(),
        }  # fmt: skip
        return self.changed(found, given, preview_change(**asked), lambda: change(**asked, actor=self.actor))
