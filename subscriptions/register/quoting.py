"""Which bands of value hold for an organisation on a day: its trust's, its own, else those that hold for everybody."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation, TrustMembership
from marketplace.organisations.services.people import on_day
from subscriptions.register.models import QuoteRule
from subscriptions.register.rules.buying import MOST_BANDS, Band, BandRule, bands_from_json, standing_rule
from subscriptions.register.services import MOST_QUOTES, require_buying


class QuoteRuleStands(DomainError):
    """A rule that begins on that day or later is there already."""

    code = "quote_rule_stands"


def band_rules(organisation_ids: Collection[int], on: date) -> dict[int, BandRule]:
    """The rule of each organisation on a day. Two queries, however many."""
    belongs = dict(
        TrustMembership.objects.filter(on_day(on), school_id__in=organisation_ids).values_list("school_id", "trust_id")
    )
    set_here = {*organisation_ids, *belongs.values()}
    own = {row.organisation_id: row for row in QuoteRule.objects.filter(on_day(on), organisation_id__in=set_here)}
    standing = standing_rule(on)
    found: dict[int, BandRule] = {}
    for pk in organisation_ids:
        row = own.get(belongs.get(pk, 0)) or own.get(pk)
        found[pk] = BandRule(row.valid_from, bands_from_json(row.bands), row.source, own=True) if row else standing
    return found


@transaction.atomic
def set_quote_rule(
    *, organisation: Organisation, bands: Sequence[Band], source: str, valid_from: date, actor: Actor
) -> QuoteRule:
    """The organisation's own bands from a day on; the running ones end there. A trust's hold for its schools.

    Refused: bands that do not begin at nought or do not rise (WrongInput), a day on or before that of bands set already
    (QuoteRuleStands).
    """
    require_buying(organisation.pk, actor)
    _check(bands)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    own = QuoteRule.objects.filter(organisation=organisation)
    if own.filter(valid_from__gte=valid_from).exists():
        raise QuoteRuleStands("Bands that begin on that day or later are set already. Choose a later day.")
    own.filter(valid_to__isnull=True).update(valid_to=valid_from)
    made = QuoteRule.objects.create(
        organisation=organisation,
        valid_from=valid_from,
        bands=[band.as_json() for band in bands],
        source=clean_line(source, what="Where the rule stands", limit=160),
    )
    events.record(
        kind="quote_rule.set",
        subject_kind="organisation",
        subject=organisation.number,
        organisation_ids=[organisation.pk],
        payload={"valid_from": valid_from.isoformat()},
        actor=actor,
    )
    return made


def _check(bands: Sequence[Band]) -> None:
    sums = [one.from_pence for one in bands]
    if not sums or sums[0] != 0 or sums != sorted(set(sums)) or len(sums) > MOST_BANDS:
        raise WrongInput("The sums from which more quotes are needed must rise, the first from £0.00")
    if any(not 0 <= one.quotes <= MOST_QUOTES for one in bands):
        raise WrongInput(f"The number of quotes must be {MOST_QUOTES} or fewer")
    for one in bands:
        clean_line(one.words, what="What is needed", limit=160)
