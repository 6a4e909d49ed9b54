"""The pupils of a whole trust, for prices that depend on them."""

from dataclasses import replace
from datetime import date

from catalogue.rules.facts import BuyerFacts, Counted, TrustCount
from marketplace.organisations.models import Organisation, PupilCount, TrustMembership
from marketplace.organisations.services.people import on_day


def trust_count_on(organisation: Organisation, on: date) -> TrustCount | None:
    """The latest counts, on or before the day, of all schools that are of the organisation's trust on that day.

    For a trust itself, or for the trust of a school. None where there is no trust, or where one of its schools has no count:
    a sum that leaves a school out would be a wrong price.
    """
    here = TrustMembership.objects.filter(on_day(on))
    own = here.filter(school_id=organisation.pk).select_related("trust__organisation").first()
    trust = own.trust.organisation if own else organisation
    schools = set(here.filter(trust_id=trust.pk).values_list("school_id", flat=True))
    latest = (
        PupilCount.objects.filter(school_id__in=schools, counted_on__lte=on)
        .order_by("school_id", "-counted_on", "-pk")
        .distinct("school_id")
    )
    counts = tuple(Counted(one.pupils, one.source, one.counted_on) for one in latest)
    return TrustCount(trust.name, counts) if schools and len(counts) == len(schools) else None


def with_trust(facts: BuyerFacts, organisation: Organisation | None, on: date) -> BuyerFacts:
    """The facts of a buyer with the pupils of the whole trust."""
    return replace(facts, trust_pupils=trust_count_on(organisation, on)) if organisation else facts
