"""The same services for many schools: chosen, looked at, then contracted as a job."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.formats import money, plural
from frontend.jinja import url
from frontend.school.service_changes import expected_of
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.jobs import JobAlreadyRuns, work_now
from marketplace.core.models import Job
from marketplace.organisations.models import Authority
from marketplace.organisations.models.schools import BillingClass
from subscriptions.agreements.rules.forms import Every
from subscriptions.queries import (
    member_classes,
    members_of_class,
    offers_called,
    offers_of_rounds,
    schools_listed,
    schools_of_authority,
)
from subscriptions.rounds.planning import KEY, MOST_WEEKS, TITLE, TO, Plan
from subscriptions.services import preview_round, round_for_schools, start_round

AT_ONCE = 20
MEMBERS, MAINTAINED, ACADEMIES, LISTED = "members", "maintained", "academies", "urns"
_WHOM = [
    (MEMBERS, "Members of a class on the first day"),
    (MAINTAINED, "All open maintained schools of an authority"),
    (ACADEMIES, "All open academies and free schools of an authority"),
    (LISTED, "Schools that I list by URN"),
]
_NEEDS = {
    MEMBERS: ("member_class", "Choose the class of members"),
    MAINTAINED: ("authority", "Choose the authority"),
    ACADEMIES: ("authority", "Choose the authority"),
    LISTED: ("urns", "Paste at least one URN"),
}


class RoundForm(forms.Form):
    """What is taken, for which year, by whom, and how it is paid."""

    title = forms.CharField(label="Title", max_length=TITLE, help_text="As it stands on the agreements")
    key = forms.CharField(
        label="Key", max_length=KEY, help_text="Like services-2027. A school is contracted once for each key"
    )
    offers = forms.MultipleChoiceField(
        label="Services", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one service"},
    )  # fmt: skip
    first_day = ShortDateField(
        label="First day of the year", help_text="Such as 1/4/27. Prices, pupils and members are those of this day"
    )
    every = forms.ChoiceField(label="Paid in advance", choices=[(one.value, one.words) for one in Every])
    notice_weeks = forms.IntegerField(label="Weeks of notice", min_value=0, max_value=MOST_WEEKS, initial=12)
    whom = forms.ChoiceField(
        label="Which schools", choices=_WHOM, widget=forms.RadioSelect,
        error_messages={"required": "Choose which schools"},
    )  # fmt: skip
    member_class = forms.ChoiceField(label="Class of members", required=False)
    authority = forms.ChoiceField(label="Authority", required=False)
    urns = forms.CharField(
        label="URNs", required=False, max_length=60_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Only if you list schools: parted by spaces, commas or lines",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        authorities = Authority.objects.filter(schools__isnull=False).distinct().order_by("organisation__name")
        self._choices("offers", [(one.code, one.title) for one in offers_of_rounds()])
        self._choices("member_class", [("", "None"), *((one.code, one.name) for one in member_classes(actor))])
        self._choices("authority", [("", "None"), *authorities.values_list("code", "organisation__name")])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        name, words = _NEEDS.get(given.get("whom", ""), ("", ""))
        if name and not given.get(name) and name not in self.errors:
            self.add_error(name, words)
        if self.errors:
            return given
        try:
            self.found = self._schools(given)
        except WrongInput as error:
            self.add_error(name, " ".join(said(error)))
        return given

    def _schools(self, given: dict[str, Any]) -> list[int]:
        if given["whom"] == MEMBERS:
            return members_of_class(given["member_class"], given["first_day"])
        if given["whom"] == LISTED:
            return schools_listed(given["urns"])
        kind = BillingClass.ACADEMY if given["whom"] == ACADEMIES else BillingClass.MAINTAINED
        return schools_of_authority(given["authority"], kind)

    def plan(self) -> Plan:
        given = self.cleaned_data
        return round_for_schools(
            key=given["key"], title=given["title"], offers=offers_called(given["offers"]),
            first_day=given["first_day"], organisations=self.found, on=timezone.localdate(),
            every=Every(given["every"]), notice_weeks=given["notice_weeks"],
        )  # fmt: skip


@finance_page(READ_AND_WRITE, section="finance-customers", to=TO)
def contract_many(request: FinanceRequest) -> HttpResponse:
    """The form; sent with ``look`` it shows what it comes to for whom, with ``contract`` that is done if it is still so."""
    request.actor.require(Role.FINANCE_MANAGER, to=TO)
    sent = posted(request)
    form = RoundForm(sent, actor=request.actor)
    context: dict[str, Any] = {"form": form, "back_url": url("finance-agreements"), "errors": []}
    status = 400 if sent is not None and not form.is_valid() else 200
    if form.is_valid():
        try:
            plan = form.plan()
            context["shown"], context["plan"] = preview_round(plan=plan, actor=request.actor), plan
            if request.POST.get("do") == "contract":
                return _started(request, plan)
        except JobAlreadyRuns as error:
            context["running"] = url("job", number=error.facts["number"])
            context["errors"], status = said(error), error.status
        except DomainError as error:
            context["errors"], status = said(error), error.status
    return show(request, "contract_many.html", context, status=status)


def _started(request: FinanceRequest, plan: Plan) -> HttpResponse:
    """A small round is done within the request; a larger one waits for a worker on the page of its job."""
    expected = expected_of(request.POST)
    if expected is None:
        raise WrongInput("Look at what it comes to first. Nothing was contracted.")
    if request.POST.get("seen") != plan.mark:
        raise WrongInput("What you ask for changed since you looked. Nothing was contracted. Look at it again.")
    job = start_round(plan=plan, expected_pence=expected, actor=request.actor)
    if len(plan.organisations) <= AT_ONCE:
        job = work_now(job)
    if job.state == Job.State.DONE and not job.refused:
        made = plural(job.result["made"], "school")
        messages.success(request, f"{made} contracted: {plan.title}, {money(expected)} a year before VAT.")
        return redirect(url("finance-agreements"))
    return redirect("job", number=job.number)
