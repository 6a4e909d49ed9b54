"""How it is broken that accreditation is decided by others than those whom it is about."""

from collections.abc import Callable
from datetime import date

from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.registry import add_organisation
from providers.models import Accreditation, Application, Evidence
from tests.invoicing.tampering import after
from tests.providers.making import accredited, consultant, provider
from tests.shop import START

_ON = date(2026, 9, 1)


def _built() -> None:
    """One accredited consultant whose application was decided by one person and signed by two others."""
    actor = platform("tampering")
    firm = add_organisation(kind=Organisation.Kind.OTHER, name="Fernhill Learning", valid_from=START, actor=actor)
    one = accredited(consultant(provider(firm, actor, code="fernhill"), actor, name="Ash Fern"))
    people = [Person.objects.create(name=name) for name in ("Gives", "Decides", "Signs", "Countersigns")]
    Evidence.objects.update(checked_by=people[1])
    made = Application.objects.create(
        number="AP-T", consultant=one, state="accredited", started_on=_ON, submitted_on=_ON, decided_on=_ON,
        submitted_by=people[0], decided_by=people[1], signed_by=people[2], signed_on=_ON, countersigned_by=people[3],
        countersigned_on=_ON,
    )  # fmt: skip
    Accreditation.objects.create(
        consultant=one, application=made, valid_from=date(2031, 1, 1), valid_to=date(2032, 1, 1), decided_on=_ON
    )


_after = after(_built)
TAMPERINGS: dict[str, Callable[[], None]] = {
    "evidence-checked-by-another": _after(
        "UPDATE providers_evidence SET given_by_id = checked_by_id", "providers_evidence"
    ),
    "accreditation-decided-apart": _after(
        "UPDATE providers_application SET countersigned_by_id = signed_by_id", "providers_application"
    ),
    "accreditation-by-decision": _after(
        "UPDATE providers_application SET state = 'panel', countersigned_on = NULL", "providers_application"
    ),
}
