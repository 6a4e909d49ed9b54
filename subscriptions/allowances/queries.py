"""Reads over allowances."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, IntegerField, Q, QuerySet, Sum, Value, When, Window

from catalogue.rules.facts import IncludedPlaces
from marketplace.core.actors import BUYING, FINANCE_READERS, Actor
from marketplace.core.bulk import as_array, rows_prepared
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from subscriptions.allowances.models import Allowance, AllowanceMovement, AllowanceUse
from subscriptions.allowances.rules.units import Unit

SOME_LEFT = Q(granted__gt=F("taken") + F("expired") + F("carried"))
_GIVES = ["granted", "carried_in", "released"]
_TAKES = ["reserved", "reduced", "expired", "carried_over"]
# What a movement does to what is left; what was kept is not taken again when it is used.
_EFFECT = Case(
    When(kind__in=_GIVES, then=F("units")),
    When(kind__in=_TAKES, then=-F("units")),
    default=Value(0),
    output_field=IntegerField(),
)


def included_on(organisation_ids: Iterable[int], on: date, *, unit: Unit = Unit.PLACE) -> dict[int, IncludedPlaces]:
    """What each organisation has left of a unit on a day, by its id: of several allowances the one that ends first. One
    query. A download pays for the whole of what is downloaded, a place for one place."""
    rows = rows_prepared(_INCLUDED, [on, as_array(set(organisation_ids)), unit.value])
    return {
        pk: IncludedPlaces(name, left, granted, allowance=allowance, unit=_WORDS[unit], whole=unit == Unit.DOWNLOAD)
        for pk, name, left, granted, allowance in rows
    }


_WORDS = {
    Unit.PLACE: ("place", "places"), Unit.HALF_DAY: ("half day", "half days"), Unit.DOWNLOAD: ("download", "downloads"),
}  # fmt: skip


_INCLUDED = """
SELECT DISTINCT ON (a.organisation_id) a.organisation_id, a.name, held.remains, a.granted, a.id
FROM subscriptions_allowance a CROSS JOIN (SELECT %s::date AS day) asked
CROSS JOIN LATERAL (SELECT a.granted - a.taken - a.expired - a.carried AS remains) held
WHERE a.organisation_id = ANY(%s::bigint[]) AND a.unit = %s::text AND held.remains > 0
  AND a.valid_from <= asked.day AND a.valid_to > asked.day
ORDER BY a.organisation_id, a.valid_to, a.id
"""


def allowances_for(actor: Actor) -> QuerySet[Allowance]:
    """Those of the organisations for which the actor buys; all of them for finance and the auditor. Latest first."""
    found = Allowance.objects.select_related("organisation").order_by("-valid_to", "-pk")
    if actor.has(*FINANCE_READERS):
        return found
    return found.filter(organisation_id__in=actor.organisations(*BUYING))


def allowance_for(actor: Actor, pk: int) -> Allowance:
    """One by its id, or NotFound."""
    found = allowances_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such allowance.")
    return found


def allowances_of(organisation: Organisation) -> QuerySet[Allowance]:
    """All that the organisation was granted, the latest first."""
    return Allowance.objects.filter(organisation=organisation).order_by("-valid_to", "-pk")


def lapsing(*, organisation_ids: Iterable[int], on: date, until: date) -> QuerySet[Allowance]:
    """Those of which something is left that ends after ``on`` and by ``until``, the first to lapse first."""
    ending = Allowance.objects.filter(SOME_LEFT, organisation_id__in=set(organisation_ids), valid_from__lte=on)
    return ending.filter(valid_to__gt=on, valid_to__lte=until).order_by("valid_to", "pk")


@dataclass(frozen=True)
class Standing:
    """An allowance with how many of its units were used, and how many are kept for what is to come."""

    allowance: Allowance
    used: int
    kept: int

    @property
    def percent(self) -> int:
        """How much of what was granted is kept or used, of 100."""
        return self.allowance.taken * 100 // self.allowance.granted if self.allowance.granted else 0


def standings_of(allowances: Iterable[Allowance]) -> list[Standing]:
    """The same allowances with what became of what was taken. One query."""
    rows = list(allowances)
    used = used_of([row.pk for row in rows])
    return [Standing(row, used.get(row.pk, 0), row.taken - used.get(row.pk, 0)) for row in rows]


def used_of(pks: Iterable[int]) -> dict[int, int]:
    """By an allowance's id how many of its units were used; those of which nothing was are left out. One query."""
    uses = AllowanceUse.objects.filter(allowance__in=pks, consumed=True).order_by()
    return dict(uses.values_list("allowance").annotate(units=Sum(F("places") - F("released"))))


def movements_of(allowances: Iterable[Allowance] | QuerySet[Allowance]) -> QuerySet[AllowanceMovement]:
    """What happened to them, the latest first; each with ``left_after`` it of its allowance."""
    found = AllowanceMovement.objects.filter(allowance__in=allowances).select_related("allowance", "use", "person")
    return found.annotate(left_after=Window(Sum(_EFFECT), partition_by="allowance", order_by="pk")).order_by(
        "-on", "-pk"
    )


def uses_of(organisation: Organisation) -> QuerySet[AllowanceUse]:
    """What was kept for what, the latest first."""
    found = AllowanceUse.objects.filter(allowance__organisation=organisation).select_related("allowance")
    return found.order_by("-on", "-pk")


def kept_keys(*, prefix: str, suffix: str) -> list[str]:
    """The sources of one kind that keep places which are not used yet."""
    rows = AllowanceUse.objects.filter(consumed=False, source_key__startswith=prefix, source_key__endswith=suffix)
    return list(rows.filter(places__gt=F("released")).values_list("source_key", flat=True))
