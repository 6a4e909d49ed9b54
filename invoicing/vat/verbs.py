"""Adding and ending VAT rules, and recording how an organisation stands with regard to VAT."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from invoicing.vat.models import VatBox, VatFacts, VatReason, VatRule
from invoicing.vat.rules.deciding import NO_SUPPLY
from invoicing.vat.rules.kinds import FOLLOWING, Buyer, Funding, Place, Question, Relation, Standing, SupplyKind
from invoicing.vat.seeding import SINCE
from invoicing.vat.treatment import CATEGORIES
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation


class VatRuleOverlaps(DomainError):
    """Another rule of the same key holds on some of the days."""

    code = "vat_rule_overlaps"


class VatRuleEnded(DomainError):
    """A rule ends once."""

    code = "vat_rule_ended"


class VatFactsOverlap(DomainError):
    """Facts are added after those that are on record, never between or before them."""

    code = "vat_facts_overlap"


@transaction.atomic
def add_vat_rule(
    *,
    question: Question,
    category: str,
    source: str,
    valid_from: date,
    actor: Actor,
    reason: str = "",
    counts_in_box_six: bool | None = None,
    kind: SupplyKind = SupplyKind.ANY,
    standing: Standing = Standing.ANY,
    place: Place = Place.ANY,
    relation: Relation = Relation.ANY,
    funding: Funding = Funding.ANY,
    buyer: Buyer = Buyer.ANY,
    valid_to: date | None = None,
) -> VatRule:
    """A rule over ``[valid_from, valid_to)``. ``category`` is an EN 16931 code, or ``NO_SUPPLY`` to refuse.

    ``reason`` is printed on the line; one that is new and outside the scope must say whether it counts in box 6.
    ``source`` names the Act or notice. Refuses days on which a rule of the same key holds.
    """
    actor.require(Role.FINANCE_MANAGER, to="change VAT rules")
    if kind in FOLLOWING:
        raise WrongInput(f"{kind.words} follows the VAT of what it belongs to and has no rule of its own")
    if valid_to is not None and valid_to <= valid_from:
        raise WrongInput("A rule must end after it starts")
    found = _reason(category, reason, counts_in_box_six)
    rule = VatRule(
        question=question, kind=kind, standing=standing, place=place, relation=relation, funding=funding, buyer=buyer,
        reason=found, source=clean_line(source, what="Source"), valid_from=valid_from, valid_to=valid_to,
    )  # fmt: skip
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
    except IntegrityError as error:
        if "vat_rule_no_overlap" not in str(error):
            raise
        raise VatRuleOverlaps(
            "Another rule for just these facts holds on some of these days. End that one first."
        ) from None
    _record("vat_rule.added", rule, actor)
    return rule


def _reason(category: str, words: str, counts: bool | None) -> VatReason:
    """The reason of these words, made where it is new."""
    if category not in (*CATEGORIES, NO_SUPPLY):
        raise WrongInput(f"VAT category must be one of {', '.join((*CATEGORIES, NO_SUPPLY))}, not {category}")
    words = clean_line(words, what="Reason printed on the line", required=category != "S")
    if category == "S" and words:
        raise WrongInput("The standard rate needs no reason. Leave the reason empty.")
    if (known := VatReason.objects.filter(category=category, words__iexact=words).first()) is not None:
        return known
    if category == "O" and counts is None:
        raise WrongInput("Say whether this reason counts in box 6: services supplied abroad do, grants do not")
    last = VatReason.objects.count() + 1
    made = VatReason.objects.create(code=f"{slugify(words)[:32]}-{last}", category=category, words=words)
    if category != NO_SUPPLY:
        VatBox.objects.create(reason=made, valid_from=SINCE, in_box_six=True if counts is None else counts)
    return made


@transaction.atomic
def end_vat_rule(*, rule: VatRule, valid_to: date, actor: Actor) -> None:
    """Sets the open end of a rule: the first day on which it no longer holds. Once only.

    A rule that was never used may end on its first day: it is taken out.
    """
    actor.require(Role.FINANCE_MANAGER, to="change VAT rules")
    [locked] = VatRule.objects.select_for_update(of=("self",)).select_related("reason").filter(pk=rule.pk) or [None]
    if locked is None or locked.valid_to is not None:
        raise VatRuleEnded("This rule has an end already. Add a new rule for the days after it.")
    if valid_to < locked.valid_from or (valid_to == locked.valid_from and locked.used):
        raise WrongInput(f"A rule must end after its first day, {locked.valid_from:%-d %B %Y}")
    if valid_to == locked.valid_from:
        _record("vat_rule.taken_out", locked, actor)
        locked.delete()
        return
    VatRule.objects.filter(pk=locked.pk).update(valid_to=valid_to)
    rule.valid_to = locked.valid_to = valid_to
    _record("vat_rule.ended", locked, actor)


def pin_vat_rule(*, rule_id: int | None) -> None:
    """Marks a rule as used: it is never taken out from then on. Nothing happens without a rule."""
    if rule_id is not None:
        VatRule.objects.filter(pk=rule_id, used=False).update(used=True)


@transaction.atomic
def set_vat_facts(
    *,
    organisation: Organisation,
    valid_from: date,
    registered: bool,
    evidence: str,
    actor: Actor,
    vat_number: str = "",
    eligible_body: bool = False,
    private_school: bool = False,
    abroad: bool = False,
) -> VatFacts:
    """How an organisation stands from a day on; the facts before end on it. ``evidence`` says from what that is known.

    Refuses a day that is not after the first day of the facts on record.
    """
    actor.require(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="record VAT facts")
    if vat_number and not registered:
        raise WrongInput("Who is not registered for VAT has no VAT number. Leave the number empty, or say registered.")
    if eligible_body and private_school:
        raise WrongInput("A private school is not an eligible body. Choose one of the two.")
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    rows = VatFacts.objects.filter(organisation=organisation)
    last = rows.order_by("-valid_from").first()
    if last is not None and (valid_from <= last.valid_from or (last.valid_to and valid_from < last.valid_to)):
        raise VatFactsOverlap(
            f"Facts from {last.valid_from:%-d %B %Y} are on record. Choose a later day: what was decided stays."
        )
    if last is not None and last.valid_to is None:
        rows.filter(pk=last.pk).update(valid_to=valid_from)
    made = VatFacts.objects.create(
        organisation=organisation,
        valid_from=valid_from,
        registered=registered,
        vat_number=clean_line(vat_number, what="VAT number", limit=20, required=False).upper(),
        eligible_body=eligible_body,
        private_school=private_school,
        abroad=abroad,
        evidence=clean_line(evidence, what="Evidence", limit=240),
    )
    events.record(
        kind="vat_facts.set",
        subject_kind="organisation",
        subject=organisation.number,
        organisation_ids=[organisation.pk],
        payload={"before": _told(last), "after": _told(made), "from": valid_from.isoformat()},
        actor=actor,
        text={"evidence": made.evidence},
    )
    return made


def _told(facts: VatFacts | None) -> dict[str, Any] | None:
    names = ("registered", "vat_number", "eligible_body", "private_school", "abroad")
    return {name: getattr(facts, name) for name in names} if facts else None


def _record(kind: str, rule: VatRule, actor: Actor) -> None:
    events.record(
        kind=kind,
        subject_kind="vat_rule",
        subject=str(rule.pk),
        organisation_ids=[],
        payload={
            "key": {name: getattr(rule, name) for name in VatRule.KEY},
            "category": rule.reason.category,
            "reason": rule.reason.code,
            "from": rule.valid_from.isoformat(),
            "to": rule.valid_to.isoformat() if rule.valid_to else None,
        },
        actor=actor,
    )
