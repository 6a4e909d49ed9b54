"""The VAT rules of the United Kingdom as the platform knows them, seeded by a service that may run any number of times.

They are data: a finance manager ends a row and adds another when the law changes. Facts and sources are those of
the Acts and notices named in each row; what a notice says beyond them is for a person to judge.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from invoicing.vat.models import VatBox, VatReason, VatRule
from invoicing.vat.rules.deciding import NO_SUPPLY
from invoicing.vat.rules.kinds import Buyer, Funding, Place, Question, Relation, Standing, SupplyKind

SINCE = date(1994, 9, 1)  # the commencement of the Value Added Tax Act 1994
PRIVATE_SCHOOLS_TAXED = date(2025, 1, 1)  # Finance Act 2025 s47

# Code → category, words printed on the line, counted in box 6 (None: never on a document of ours).
REASONS: dict[str, tuple[str, str, bool | None]] = {
    "standard": ("S", "", True),
    "zero-other": ("Z", "", True),
    "exempt-other": ("E", "", True),
    "reverse-charge-other": ("AE", "", True),
    "eligible-training": ("E", "training by an eligible body", True),
    "seconded-teacher": ("E", "teacher seconded between eligible bodies", True),
    "printed": ("Z", "printed books and e-books", True),
    "exported": ("Z", "goods exported", True),
    "abroad": ("O", "supplied abroad", True),
    "grant": ("O", "a grant, not a supply", False),
    "late-payment": ("O", "compensation for late payment, not a supply", False),
    "not-registered": ("O", "supplier not registered for VAT", False),
    "one-person": (NO_SUPPLY, "they are one legal person", None),
    "council-own-school": (NO_SUPPLY, "a council supplies its own maintained schools within itself", None),
}


@dataclass(frozen=True)
class _Seed:
    question: Question
    reason: str
    source: str
    kind: SupplyKind = SupplyKind.ANY
    standing: Standing = Standing.ANY
    place: Place = Place.ANY
    relation: Relation = Relation.ANY
    funding: Funding = Funding.ANY
    buyer: Buyer = Buyer.ANY
    valid_from: date = SINCE
    valid_to: date | None = None


_GROUP_6 = "VAT Act 1994, Schedule 9, Group 6, item 1; VAT Notice 701/30"
_STAFF = "VAT Act 1994, Schedule 9, Group 6, item 1(a); HMRC manuals VATEDU53600 and VATGPB8860"
_PRIVATE = "Finance Act 2025, section 47; VAT Act 1994, Schedule 9, Part 3, items 1 and 2"
_SECTION_4 = "VAT Act 1994, sections 2 and 4"
_ONE = "VAT Act 1994, section 5(5) and (6): nobody supplies itself but by order; HMRC manual VATSC02150"
# What governors buy for themselves is not the council's purchase (HMRC manual VATEDU66000): it is no delegated budget.
_COUNCIL = "VAT Notice 749; HMRC manual VATEDU66000 on what governors buy for themselves"
_AGENT = (
    "School Standards and Framework Act 1998, section 49(5): governors spend the delegated budget as the council's "
    "agent; HMRC manual VATGPB7580"
)
_ABROAD = "VAT Act 1994, section 7A; VAT Notice 741A"
_GOODS_ABROAD = "VAT Act 1994, section 7: goods are supplied where they are"
_PRINTED = "VAT Act 1994, Schedule 8, Group 3, items 1 to 6, and item 7 for e-books since 1 May 2020; VAT Notice 701/10"
_HERE = (Standing.ELIGIBLE_BODY, Standing.REGISTERED, Standing.PRIVATE_SCHOOL)
_EXPORT = "VAT Act 1994, section 30(6); VAT Notice 703"

RULES = [
    _Seed(Question.SUPPLY, "one-person", _ONE, relation=Relation.SAME_PERSON),
    _Seed(Question.SUPPLY, "council-own-school", _AGENT, relation=Relation.COUNCIL_OWN_SCHOOL,
          funding=Funding.DELEGATED),
    _Seed(Question.SUPPLY, "council-own-school", _COUNCIL, relation=Relation.COUNCIL_OWN_SCHOOL,
          funding=Funding.OWN),
    _Seed(Question.SUPPLY, "council-own-school", _COUNCIL, relation=Relation.COUNCIL_OWN_SCHOOL,
          funding=Funding.GRANT),
    _Seed(Question.SUPPLY, "grant", "VAT Act 1994, section 5(2): nothing is done in return", kind=SupplyKind.GRANT),
    _Seed(Question.SUPPLY, "late-payment", "VAT Act 1994, section 5(2); HMRC manual VATSC06810: compensation",
          kind=SupplyKind.LATE_PAYMENT),
    _Seed(Question.CHARGES, "not-registered", "VAT Act 1994, sections 3 and 4: only a taxable person charges VAT",
          standing=Standing.NOT_REGISTERED),
    _Seed(Question.PLACE, "abroad", _ABROAD, place=Place.ABROAD),
    _Seed(Question.PLACE, "exported", _EXPORT, place=Place.ABROAD, kind=SupplyKind.GOODS),
    _Seed(Question.PLACE, "exported", _EXPORT, place=Place.ABROAD, kind=SupplyKind.PRINTED),
    *(_Seed(Question.PLACE, "abroad", _GOODS_ABROAD, place=Place.ABROAD, kind=kind, standing=Standing.ABROAD)
      for kind in (SupplyKind.GOODS, SupplyKind.PRINTED)),
    _Seed(Question.LIABILITY, "eligible-training", _GROUP_6, kind=SupplyKind.TRAINING,
          standing=Standing.ELIGIBLE_BODY),
    _Seed(Question.LIABILITY, "eligible-training", _GROUP_6, kind=SupplyKind.TRAINING,
          standing=Standing.PRIVATE_SCHOOL, valid_to=PRIVATE_SCHOOLS_TAXED),
    _Seed(Question.LIABILITY, "standard", _PRIVATE, kind=SupplyKind.TRAINING,
          standing=Standing.PRIVATE_SCHOOL, valid_from=PRIVATE_SCHOOLS_TAXED),
    _Seed(Question.LIABILITY, "seconded-teacher", _STAFF, kind=SupplyKind.SECONDMENT,
          standing=Standing.ELIGIBLE_BODY, buyer=Buyer.ELIGIBLE_BODY),
    *(_Seed(Question.LIABILITY, "printed", _PRINTED, kind=SupplyKind.PRINTED, standing=standing) for standing in _HERE),
    *(_Seed(Question.LIABILITY, "standard", _SECTION_4, standing=standing) for standing in _HERE),
]  # fmt: skip


@transaction.atomic
def seed_vat_rules() -> None:
    """Makes the reasons, their boxes and the rules that are missing. Where a key has any row, ended or not, it is a
    person's business and nothing is added."""
    VatReason.objects.bulk_create(
        [VatReason(code=code, category=category, words=words) for code, (category, words, _) in REASONS.items()],
        ignore_conflicts=True,
    )
    reasons = {reason.code: reason for reason in VatReason.objects.filter(code__in=REASONS)}
    boxed = set(VatBox.objects.values_list("reason_id", flat=True))
    VatBox.objects.bulk_create(
        VatBox(reason=reasons[code], valid_from=SINCE, in_box_six=counts)
        for code, (_, _, counts) in REASONS.items()
        if counts is not None and reasons[code].pk not in boxed
    )
    known = set(VatRule.objects.values_list(*VatRule.KEY))
    rows = [
        VatRule(**{**seed.__dict__, "reason": reasons[seed.reason]})
        for seed in RULES
        if tuple(int(getattr(seed, name)) for name in VatRule.KEY) not in known
    ]
    VatRule.objects.bulk_create(rows)
