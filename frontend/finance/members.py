"""The register of members as on a day, one entry, a new one, and the classes."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from catalogue.rules.classes import PriceClass
from frontend.fields import ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.history import history_of
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, wants_csv
from frontend.finance.naming import OrganisationField
from frontend.jinja import url
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.people import on_day
from subscriptions.models import MemberClass, MemberEntry
from subscriptions.queries import class_for, entries_for, entry_for, member_classes, members_on, votes_of
from subscriptions.services import add_member_class, enter_member, leave_register, name_voter
from subscriptions.tiers.models import CLASSES

_CSV = ["number", "member", "class", "votes", "prices", "from", "ends_before", "voter"]
TO = "keep the register of members"


def votes_words(votes: Any) -> str:
    """1.00 → 1; 0.50 → 0.5."""
    return f"{votes.normalize():f}"


def _votes(votes: Any) -> str:
    """ "1 vote", "0.5 votes"."""
    return f"{votes_words(votes)} {'vote' if votes == 1 else 'votes'}"


class MemberFilter(forms.Form):
    """The register as on which day, and of which class."""

    on = ShortDateField(label="On", required=False)
    kind = forms.ChoiceField(label="Class", required=False)

    def __init__(self, *args: Any, classes: list[MemberClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "All"), *((one.code, one.name) for one in classes)]  # type: ignore[attr-defined]


@finance_page(section="finance-customers")
def members(request: FinanceRequest) -> HttpResponse:
    """Who is a member on a day, with the votes of all that are shown."""
    form = MemberFilter(request.GET if request.GET else None, classes=list(member_classes(request.actor)))
    good = not form.is_bound or form.is_valid()
    picked = form.cleaned_data if form.is_bound and good else {}
    on = picked.get("on") or timezone.localdate()
    found = members_on(request.actor, on, member_class=picked.get("kind") or "")
    if wants_csv(request):
        rows = (
            [one.organisation.number, one.organisation.name, one.member_class.name, votes_words(one.member_class.votes),
             PriceClass(one.member_class.price_class).words, one.valid_from, one.valid_to, one.voter and one.voter.name]
            for one in found
        )  # fmt: skip
        return csv_response(f"members-{on.isoformat()}", _CSV, rows)
    context = {
        "form": form, "on": on, "chosen": chosen(request, form) if picked else [], "page_obj": page_of(request, found),
        "votes": votes_words(votes_of(found)), "csv_url": csv_url(request), "votes_words": votes_words,
        "prices": {int(one): one.words for one in CLASSES}, "may_enter": request.actor.has(Role.FINANCE_MANAGER),
    }  # fmt: skip
    return show(request, "members.html", context, status=200 if good else 400)


class EntryForm(forms.Form):
    """Who becomes a member of which class, from when to when."""

    organisation = OrganisationField(label="Organisation")
    member_class = forms.ChoiceField(label="Class", widget=forms.RadioSelect)
    first = ShortDateField(label="First day", help_text="For example 1/9/26. Its prices change on the same day")
    last = ShortDateField(label="Last day", required=False)
    voter = forms.EmailField(
        label="Who votes for it", required=False, help_text="E-mail address of a person with a role there"
    )

    def __init__(self, *args: Any, classes: list[MemberClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member_class"].choices = [  # type: ignore[attr-defined]
            (one.code, f"{one.name}: {_votes(one.votes)}, prices of {PriceClass(one.price_class).one}")
            for one in classes
        ]

    def clean_voter(self) -> Person | None:
        return person_of(self.cleaned_data["voter"])


def person_of(email: str) -> Person | None:
    """The person of that address, None where none is given. Raises ValidationError where there is nobody."""
    found = Person.objects.filter(email__iexact=email.strip()).first() if email else None
    if email and found is None:
        raise forms.ValidationError(f"Nobody here has the address {email}. An administrator adds people")
    return found


@finance_page(READ_AND_WRITE, section="finance-customers", to=TO)
def new_member(request: FinanceRequest) -> HttpResponse:
    """Enters a member, by a finance manager; an entry that runs ends there."""
    request.actor.require(Role.FINANCE_MANAGER, to=TO)
    classes = list(member_classes(request.actor))
    form = EntryForm(posted(request), classes=classes, initial={"first": timezone.localdate()})
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = enter_member(
                organisation=given["organisation"], member_class=class_for(request.actor, given["member_class"]),
                valid_from=given["first"], valid_to=given["last"] and given["last"] + timedelta(days=1),
                voter=given["voter"], actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{made.organisation.name} is in the register.")
            return redirect(url("finance-member", pk=made.pk))
    context = {"form": form, "classes": classes, "back_url": url("finance-members")}
    return show(request, "member_new.html", context, status=400 if form.is_bound else 200)


class LeaveForm(forms.Form):
    """From when on it is no member, and why."""

    on = ShortDateField(label="First day on which it is no member")
    reason = forms.CharField(label="Reason", max_length=240, help_text="Kept in the register")


class VoterForm(forms.Form):
    """Who votes from now on."""

    voter = forms.EmailField(
        label="E-mail address", required=False, help_text="A person with a role there; empty takes the name away"
    )

    def clean_voter(self) -> Person | None:
        return person_of(self.cleaned_data["voter"])


@finance_page(READ_AND_WRITE, section="finance-customers")
def member(request: FinanceRequest, pk: int) -> HttpResponse:
    """One entry with the others of the organisation; a finance manager ends it or names who votes."""
    found = entry_for(request.actor, pk)
    do = request.POST.get("do", "")
    leave = LeaveForm(request.POST if do == "leave" else None, initial={"on": timezone.localdate()})
    voter = VoterForm(request.POST if do == "voter" else None, initial={"voter": found.voter and found.voter.email})
    form, status = (leave if do == "leave" else voter), 200
    if request.method == "POST":
        request.actor.require(Role.FINANCE_MANAGER, to=TO)
        if form.is_valid():
            try:
                words = _decided(do, found, form.cleaned_data, request)
            except DomainError as error:
                form.add_error(None, " ".join(said(error)))
            else:
                messages.success(request, words)
                return redirect(url("finance-member", pk=pk))
        status = 400
    organisation = found.organisation
    context = {
        "entry": found, "entries": entries_for(request.actor, organisation), "votes_words": votes_words,
        "form": form if request.method == "POST" else None, "leave": leave, "voter": voter, "last": last_of(found),
        "may_keep": request.actor.has(Role.FINANCE_MANAGER), "back_url": url("finance-members"),
        "runs": found.valid_to is None or found.valid_to > timezone.localdate(), "last_of": last_of,
        "prices": PriceClass(found.member_class.price_class).words, "people": _people(organisation),
        "history": [one for one in history_of(subject_kind="organisation", subject=organisation.number)
                    if one["title"].startswith("Register of members")],
    }  # fmt: skip
    return show(request, "member.html", context, status=status)


def last_of(entry: MemberEntry) -> date | None:
    """The last day of an entry; None while it is open."""
    return entry.valid_to - timedelta(days=1) if entry.valid_to else None


def _people(organisation: Organisation) -> list[str]:
    """Who could vote: people with a role there today."""
    held = organisation.role_assignments.filter(on_day(timezone.localdate())).select_related("person")
    return sorted({f"{one.person.name}, {one.person.email}" for one in held if one.person.email})


def _decided(do: str, found: MemberEntry, given: dict[str, Any], request: FinanceRequest) -> str:
    if do == "leave":
        leave_register(entry=found, on=given["on"], reason=given["reason"], actor=request.actor)
        return f"{found.organisation.name} leaves the register."
    name_voter(entry=found, person=given["voter"], on=timezone.localdate(), actor=request.actor)
    return f"{given['voter'].name} votes for it." if given["voter"] else "Nobody is named to vote for it."


class ClassForm(forms.Form):
    """A class of members."""

    name = forms.CharField(label="Name", max_length=60)
    code = forms.CharField(label="Code", max_length=20, help_text="Letters, digits and hyphens, like full")
    votes = forms.DecimalField(label="Votes of each", min_value=0, max_value=9999, max_digits=6, decimal_places=2)
    price_class = forms.TypedChoiceField(
        label="Buys at the prices of", coerce=int, choices=[(int(one), f"{one.words.capitalize()}s" if
        one in (PriceClass.MEMBER, PriceClass.ASSOCIATE, PriceClass.NON_MEMBER) else f"{one.words} buyers") for one in CLASSES],
    )  # fmt: skip


@finance_page(READ_AND_WRITE, section="finance-customers")
def classes(request: FinanceRequest) -> HttpResponse:
    """The classes of members; a finance manager adds one."""
    form = ClassForm(posted(request), initial={"votes": 1, "price_class": int(PriceClass.MEMBER)})
    if request.method == "POST":
        request.actor.require(Role.FINANCE_MANAGER, to=TO)
        if form.is_valid():
            given = form.cleaned_data
            try:
                made = add_member_class(
                    code=given["code"], name=given["name"], votes=given["votes"],
                    price_class=PriceClass(given["price_class"]), actor=request.actor,
                )  # fmt: skip
            except DomainError as error:
                form.add_error("code", " ".join(said(error)))
            else:
                messages.success(request, f"{made.name} is a class of members.")
                return redirect(url("finance-member-classes"))
    context = {
        "form": form, "rows": [
            [one.name, one.code, votes_words(one.votes), PriceClass(one.price_class).words]
            for one in member_classes(request.actor)
        ],
        "may_add": request.actor.has(Role.FINANCE_MANAGER), "back_url": url("finance-members"),
    }  # fmt: skip
    return show(request, "member_classes.html", context, status=400 if form.is_bound else 200)
