"""The pupils of a whole trust, for prices that depend on them."""

from collections import defaultdict
from collections.abc import Sequence
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
    return trust_counts_on([organisation], on)[organisation.pk]


def trust_counts_on(organisations: Sequence[Organisation], on: date) -> dict[int, TrustCount | None]:
    """The same for many organisations, by their ids: three queries however many they are."""
    here = TrustMembership.objects.filter(on_day(on))
    own = here.filter(school_id__in=[one.pk for one in organisations]).select_related("trust__organisation")
    trust_of = {one.school_id: one.trust.organisation for one in own}
    trusts = {one.pk: trust_of.get(one.pk, one) for one in organisations}
    schools: dict[int, set[int]] = defaultdict(set)
    members = here.filter(trust_id__in={trust.pk for trust in trusts.values()})
    for trust_id, school_id in members.values_list("trust_id", "school_id"):
        schools[trust_id].add(school_id)
    latest = (
        PupilCount.objects.filter(school_id__in=set().union(*schools.values()), counted_on__lte=on)
        .order_by("school_id", "-counted_on", "-pk")
        .distinct("school_id")
    )
    counted = {one.school_id: Counted(one.pupils, one.source, one.counted_on) for one in latest}
    found: dict[int, TrustCount | None] = {}
    for pk, trust in trusts.items():
        counts = tuple(counted[school] for school in sorted(schools[trust.pk]) if school in counted)
        whole = bool(counts) and len(counts) == len(schools[trust.pk])
        found[pk] = TrustCount(trust.name, counts) if whole else None
    return found


def with_trust(facts: BuyerFacts, organisation: Organisation | None, on: date) -> BuyerFacts:
    """The facts of a buyer with the pupils of the whole trust."""
    return replace(facts, trust_pupils=trust_count_on(organisation, on)) if organisation else facts
