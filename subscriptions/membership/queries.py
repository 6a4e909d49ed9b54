"""Reads over the register and the rounds, from the actor: finance and the auditor see all, members their own."""

from datetime import date
from decimal import Decimal

from django.db.models import F, QuerySet, Sum

from invoicing.queries import require_finance_reader
from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.people import on_day
from subscriptions.membership.models import ContributionRound, ContributionShare, MemberClass, MemberEntry


def members_on(actor: Actor, on: date, *, member_class: str = "") -> QuerySet[MemberEntry]:
    """The register as on a day, by name; of one class where its code is given."""
    require_finance_reader(actor)
    found = MemberEntry.objects.filter(on_day(on)).select_related("organisation", "member_class", "voter")
    if member_class:
        found = found.filter(member_class__code=member_class)
    return found.order_by("organisation__name", "pk")


def votes_of(entries: QuerySet[MemberEntry]) -> Decimal:
    """All their votes together."""
    found: Decimal | None = entries.order_by().aggregate(votes=Sum("member_class__votes"))["votes"]
    return found or Decimal(0)


def member_classes(actor: Actor) -> QuerySet[MemberClass]:
    """Every class, most votes first."""
    require_finance_reader(actor)
    return MemberClass.objects.order_by("-votes", "name")


def entries_for(actor: Actor, organisation: Organisation) -> QuerySet[MemberEntry]:
    """All entries of one organisation, latest first."""
    require_finance_reader(actor)
    return entries_of(organisation)


def entries_of(organisation: Organisation) -> QuerySet[MemberEntry]:
    """The same for a page that has made sure whose it is."""
    rows = MemberEntry.objects.filter(organisation=organisation).select_related("member_class", "voter", "organisation")
    return rows.order_by("-valid_from")


def entry_for(actor: Actor, pk: int) -> MemberEntry:
    """One entry, or NotFound."""
    require_finance_reader(actor)
    found = MemberEntry.objects.filter(pk=pk).select_related("organisation", "member_class", "voter").first()
    if found is None:
        raise NotFound("There is no such entry in the register of members.")
    return found


def class_for(actor: Actor, code: str) -> MemberClass:
    """One class by its code, or NotFound."""
    found = member_classes(actor).filter(code=code).first()
    if found is None:
        raise NotFound(f"There is no class of members {code}.")
    return found


def rounds_for(actor: Actor) -> QuerySet[ContributionRound]:
    """Every round, latest term first."""
    require_finance_reader(actor)
    return ContributionRound.objects.select_related("member_class", "previous").order_by("-term_from", "-pk")


def round_for(actor: Actor, code: str) -> ContributionRound:
    """One round by its code, or NotFound."""
    found = rounds_for(actor).filter(code=code).first()
    if found is None:
        raise NotFound(f"There is no contribution round {code}.")
    return found


def shares_in(round: ContributionRound) -> QuerySet[ContributionShare]:
    """The shares of a round, by name; who joined later after the others."""
    rows = round.shares.select_related("organisation", "agreement")
    return rows.order_by(F("joined_on").asc(nulls_first=True), "organisation__name", "pk")


def members_over(round: ContributionRound) -> list[Organisation]:
    """Who is in the register on the first day of the round's term, by name and number."""
    entries = MemberEntry.objects.filter(on_day(round.term_from)).select_related("organisation")
    if round.member_class_id is not None:
        entries = entries.filter(member_class=round.member_class_id)
    return [one.organisation for one in entries.order_by("organisation__name", "organisation__number")]


def last_year_of(round: ContributionRound) -> dict[int, int]:
    """What each paid for the whole term of the round before, in pence by organisation; empty where there was none."""
    if round.previous_id is None:
        return {}
    rows = ContributionShare.objects.filter(round_id=round.previous_id)
    return {row.organisation_id: row.whole_pence for row in rows}


def contributions_of(organisation: Organisation) -> QuerySet[ContributionShare]:
    """What an organisation contributes by agreed rounds, latest first."""
    rows = ContributionShare.objects.filter(organisation=organisation, agreement__isnull=False)
    return rows.select_related("round", "agreement").order_by("-round__term_from", "-pk")
