"""Reads over council contracts: a commissioner sees those of their council, organisers and finance all, nobody else any.

Confidential packages (schools that cause concern) are seen by the commissioner and the organisers alone: whoever else asks gets
contracts, draws, schools and figures without them.
"""

from collections.abc import Collection
from datetime import date

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.lookups import IsNull

from invoicing.credit_control.models.queries import InvoiceQuery
from invoicing.documents.models import Document
from invoicing.models import Charge
from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation, School
from marketplace.organisations.models.schools import BillingClass
from subscriptions.commissions.models import (
    CouncilContract,
    Package,
    PackageDraw,
    PackageSchool,
    QuarterReturn,
)
from subscriptions.commissions.rules.blocks import may_fund
from subscriptions.outcomes.models import OutcomeContract, Statement

READERS = FINANCE_READERS | {Role.ORGANISER}
SHOWN = (OutcomeContract.State.OFFERED, OutcomeContract.State.ACTIVE, OutcomeContract.State.ENDED, OutcomeContract.State.TERMINATED)  # fmt: skip
"""A draft is the partnership's own affair until it is offered."""
SHUT = (School.Status.CLOSED, School.Status.PROPOSED)
"""A school that is closed, or not open yet, is eligible for nothing."""


def council_contracts_for(actor: Actor) -> QuerySet[CouncilContract]:
    """All for organisers, finance and the auditor; for a commissioner those of their council. Latest first."""
    found = CouncilContract.objects.select_related("contract__party").order_by("-contract__valid_from", "-pk")
    if actor.system or actor.has(*READERS):
        return found
    own = actor.organisations(Role.COMMISSIONER)
    return found.filter(contract__party_id__in=own, contract__state__in=SHOWN)


def council_contract_for(actor: Actor, number: str) -> CouncilContract:
    """One by its number, or NotFound whether it is missing or not the actor's."""
    found = council_contracts_for(actor).filter(contract__number=number).first()
    if found is None:
        raise NotFound(f"There is no council contract {number}.")
    return found


def sees_confidential(actor: Actor) -> bool:
    """Whether confidential packages of the contracts that the actor sees are shown to them.

    To commissioners (who see contracts of their own council alone) and to organisers; not to finance or the auditor.
    """
    return actor.system or actor.has(Role.ORGANISER) or not actor.has(*FINANCE_READERS)


def packages_for(actor: Actor) -> QuerySet[Package]:
    """The packages of the contracts that the actor sees, without those that are confidential to others."""
    found = Package.objects.filter(council__in=council_contracts_for(actor)).select_related("council__contract__party")
    return found if sees_confidential(actor) else found.filter(confidential=False)


def package_for(actor: Actor, number: str, code: str) -> Package:
    """One by its contract and its code, or NotFound."""
    found = packages_for(actor).filter(council__contract__number=number, code=code).first()
    if found is None:
        raise NotFound("There is no such package.")
    return found


def draws_for(actor: Actor) -> QuerySet[PackageDraw]:
    """What was drawn of the packages that the actor sees, latest first."""
    found = PackageDraw.objects.filter(package__in=packages_for(actor))
    return found.select_related("package__council__contract", "school").order_by("-on", "-pk")


def returns_for(actor: Actor) -> QuerySet[QuarterReturn]:
    """Quarterly returns; a commissioner sees one from when it was sent. First the earliest quarter."""
    found = QuarterReturn.objects.filter(council__in=council_contracts_for(actor))
    if not (actor.system or actor.has(*READERS)):
        found = found.exclude(state=QuarterReturn.State.DRAFT)
    return found.select_related("council__contract__party", "sent_by", "decided_by").order_by("quarter_from", "pk")


def return_for(actor: Actor, number: str, ordinal: int) -> QuarterReturn:
    """One by its contract and its ordinal, or NotFound."""
    found = returns_for(actor).filter(council__contract__number=number, ordinal=ordinal).first()
    if found is None:
        raise NotFound("There is no such return.")
    return found


def eligible_of(package: Package, on: date) -> QuerySet[School]:
    """The schools for which a package pays on a day, by name: those listed, or those that its rule finds in the council's
    area. A school that is closed is none."""
    found = School.objects.select_related("organisation").order_by("organisation__name", "pk")
    found = found.exclude(status__in=SHUT)
    if package.by == Package.By.LIST:
        return found.filter(pk__in=listed_on([package.pk], on).values("school"))
    found = found.filter(authority_id=package.council.contract.party_id)
    if package.phases:
        found = found.filter(phase_code__in=package.phases)
    if package.billing_classes:
        found = found.filter(billing_class__in=package.billing_classes)
    return found.filter(billing_class__in=[one for one in BillingClass if may_fund(package.block, one)])


def listed_on(packages: Collection[int], on: date) -> QuerySet[PackageSchool]:
    """Who stands on the lists of packages on a day."""
    rows = PackageSchool.objects.filter(package__in=packages, valid_from__lte=on)
    return rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))


def is_eligible(package: Package, school: Organisation, on: date) -> bool:
    """Whether a package pays for a school on a day."""
    return eligible_of(package, on).filter(pk=school.pk).exists()


def contract_numbers_of(documents: Collection[Document]) -> dict[int, list[str]]:
    """By a document's id the numbers of the contracts whose statements it charges; two queries."""
    rows = Charge.objects.filter(
        document_line__document__in=[one.pk for one in documents], source_key__startswith="outcome-statement:"
    ).values_list("document_line__document_id", "source_key")
    keys: dict[int, list[str]] = {}
    for document, key in rows:
        keys.setdefault(document, []).append(":".join(key.split(":")[:2]))
    wanted = {key for found in keys.values() for key in found}
    numbers = dict(
        Statement.objects.filter(pk__in=[int(key.split(":")[1]) for key in wanted]).values_list(
            "pk", "contract__number"
        )
    )
    return {
        pk: sorted({numbers[int(key.split(":")[1])] for key in found if int(key.split(":")[1]) in numbers})
        for pk, found in keys.items()
    }


def in_query(document: Document) -> bool:
    """Whether somebody asked about the invoice and was not answered for good."""
    return InvoiceQuery.objects.filter(document=document).exclude(state=InvoiceQuery.State.RESOLVED).exists()


def invoices_to_approve(actor: Actor) -> QuerySet[Document]:
    """Issued invoices to the commissioner's councils with ``commissioner_approval`` where it is given: those without it first,
    then the latest."""
    own = actor.organisations(Role.COMMISSIONER)
    issued = Document.objects.filter(
        customer_id__in=own, state=Document.State.ISSUED, kind=Document.Kind.INVOICE
    ).select_related("customer", "commissioner_approval__approved_by")
    return issued.order_by(IsNull(F("commissioner_approval"), False), "-issued_on", "-pk")


def drawn_by_school(packages: Collection[Package], *, start: date, end: date) -> dict[int, dict[int, int]]:
    """By package and school what was drawn over ``[start, end)`` and kept, in pence before VAT. One query."""
    rows = PackageDraw.objects.filter(package__in=packages, on__gte=start, on__lt=end, units__gt=F("released"))
    found: dict[int, dict[int, int]] = {}
    for one in rows:
        schools = found.setdefault(one.package_id, {})
        schools[one.school_id] = schools.get(one.school_id, 0) + one.pence
    return found


def figures_of(report: QuarterReturn) -> dict[str, object]:
    """What the platform counted for a quarter, as plain facts for ``QuarterReturn.figures``. See ``rules.figures``.

    Confidential packages are in one sum, without titles and without a count of schools.
    """
    council = report.council
    packages = list(council.packages.select_related("council__contract"))
    drawn = drawn_by_school(packages, start=report.quarter_from, end=report.quarter_to)
    open_ones = [one for one in packages if not one.confidential]
    reached = {school for one in open_ones for school in drawn.get(one.pk, {})}
    eligible = {pk for one in open_ones for pk in eligible_of(one, report.quarter_to).values_list("pk", flat=True)}
    settled = Statement.objects.filter(
        contract=council.contract_id, cut_off__lt=report.quarter_to, state__in=["frozen", "paid"]
    ).aggregate(pence=Sum("total_pence"))
    return {
        "charged_pence": settled["pence"] or 0,
        "value_pence": council.contract.value_pence,
        "schools_reached": len(reached & eligible),
        "schools_eligible": len(eligible),
        "packages": [
            {
                "code": one.code, "title": one.title, "unit": one.unit, "schools": len(drawn.get(one.pk, {})),
                "pence": sum(drawn.get(one.pk, {}).values()),
            }
            for one in open_ones
        ],
        "confidential_pence": sum(sum(drawn.get(one.pk, {}).values()) for one in packages if one.confidential),
    }  # fmt: skip
