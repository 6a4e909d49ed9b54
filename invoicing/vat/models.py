"""Dated VAT rules, the reasons that they print, what is known of organisations, and what counts in box 6."""

from datetime import date
from functools import lru_cache

from django.db import models
from django.db.models import F, Q

from invoicing.vat.rules.deciding import NO_SUPPLY, Rule
from invoicing.vat.rules.kinds import Buyer, Funding, Place, Question, Relation, Standing, SupplyKind
from invoicing.vat.treatment import CATEGORIES
from marketplace.core.constraints import no_overlap
from marketplace.organisations.models import Organisation

CATEGORY_CHOICES = [*CATEGORIES.items(), (NO_SUPPLY, "No supply: not invoiced")]


def _dates(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name=name)


class VatReason(models.Model):
    """A treatment with the words printed on the line, and a short code by which the two reasons for ``O`` and their
    like are told apart. Never changed. The row with empty words stands for any other words of its category."""

    code = models.SlugField(max_length=40, unique=True)
    category = models.CharField(max_length=2, choices=CATEGORY_CHOICES)
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(models.F("category"), models.functions.Lower("words"), name="vat_reason_once"),
            models.CheckConstraint(
                condition=~Q(category__in=["O", NO_SUPPLY]) | ~Q(words=""), name="vat_reason_of_o_has_words"
            ),
        ]

    def __str__(self) -> str:
        label = dict(CATEGORY_CHOICES)[self.category]
        return f"{label}: {self.words}" if self.words else label


class VatRule(models.Model):
    """One row of the rule table over dates (half-open); which row wins stands in ``rules.deciding``.

    Rows of one key never overlap. A row changes only by getting an end; one that was ``used`` is never taken out.
    """

    question = models.PositiveSmallIntegerField(choices=Question.choices())
    kind = models.PositiveSmallIntegerField(choices=SupplyKind.choices(), default=0)
    standing = models.PositiveSmallIntegerField(choices=Standing.choices(), default=0)
    place = models.PositiveSmallIntegerField(choices=Place.choices(), default=0)
    relation = models.PositiveSmallIntegerField(choices=Relation.choices(), default=0)
    funding = models.PositiveSmallIntegerField(choices=Funding.choices(), default=0)
    buyer = models.PositiveSmallIntegerField(choices=Buyer.choices(), default=0)
    reason = models.ForeignKey(VatReason, on_delete=models.PROTECT, related_name="rules")
    source = models.CharField(max_length=200, help_text="The Act or notice that says so.")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    used = models.BooleanField(default=False)

    KEY = ("question", "kind", "standing", "place", "relation", "funding", "buyer")

    class Meta:
        ordering = ["question", "-place", "-relation", "-kind", "-standing", "-buyer", "-funding", "valid_from"]
        constraints = [
            no_overlap(
                name="vat_rule_no_overlap",
                keys=["question", "kind", "standing", "place", "relation", "funding", "buyer"],
            ),
            _dates("vat_rule_dates"),
            models.CheckConstraint(condition=~Q(source=""), name="vat_rule_has_source"),
            models.CheckConstraint(condition=Q(kind__lte=8), name="vat_rule_kind_decides"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} from {self.valid_from}"

    READ = (
        "pk", "question", "reason__category", "reason__words", "reason__code", "source", "valid_from", "valid_to", "kind",
        "standing", "place", "relation", "funding", "buyer",
    )  # fmt: skip


@lru_cache(maxsize=1024)
def rule_of(
    pk: int,
    question: int,
    category: str,
    words: str,
    code: str,
    source: str,
    valid_from: date,
    valid_to: date | None,
    *names: int,
) -> Rule:
    """A row (its columns ``VatRule.READ``) as the pure rules know it. The same row gives the same object."""
    kind, standing, place, relation, funding, buyer = names
    return Rule(
        id=pk,
        question=Question(question),
        category=category,
        reason=words,
        reason_code=code,
        source=source,
        valid_from=valid_from,
        valid_to=valid_to,
        kind=SupplyKind(kind),
        standing=Standing(standing),
        place=Place(place),
        relation=Relation(relation),
        funding=Funding(funding),
        buyer=Buyer(buyer),
    )


class VatFacts(models.Model):
    """How an organisation stands with regard to VAT over dates (half-open). Without a row, ``standing`` derives it.

    ``vat_number`` is what a decision was based on; the number printed on paper stays that of the identity. A row
    changes only by getting an end.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="vat_facts")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    registered = models.BooleanField()
    vat_number = models.CharField(max_length=20, blank=True)
    eligible_body = models.BooleanField(default=False)
    private_school = models.BooleanField(default=False)
    abroad = models.BooleanField(default=False)
    evidence = models.CharField(max_length=240)

    class Meta:
        verbose_name_plural = "VAT facts"
        constraints = [
            no_overlap(name="vat_facts_no_overlap", keys=["organisation_id"]),
            _dates("vat_facts_dates"),
            models.CheckConstraint(condition=~Q(evidence=""), name="vat_facts_have_evidence"),
            models.CheckConstraint(condition=Q(registered=True) | Q(vat_number=""), name="vat_number_if_registered"),
            models.CheckConstraint(
                condition=~Q(eligible_body=True, private_school=True), name="private_school_is_not_eligible"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} from {self.valid_from}"


class VatBox(models.Model):
    """Whether lines of a reason count in box 6 of the VAT return, over dates (half-open). Changes only by an end."""

    reason = models.ForeignKey(VatReason, on_delete=models.PROTECT, related_name="boxes")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    in_box_six = models.BooleanField()

    class Meta:
        verbose_name_plural = "VAT boxes"
        constraints = [no_overlap(name="vat_box_no_overlap", keys=["reason_id"]), _dates("vat_box_dates")]

    def __str__(self) -> str:
        return f"{self.reason_id} {'in' if self.in_box_six else 'not in'} box 6"
