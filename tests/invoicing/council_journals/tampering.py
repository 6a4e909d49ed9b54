"""How each invariant of council journals is broken by someone who switched the guards off."""

from collections.abc import Callable

from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation
from tests.invoicing.council_journals.maintained import build_council_journals
from tests.invoicing.tampering import after


def _built() -> None:
    """Journals in each of their states."""
    build_council_journals(
        ours=Organisation.objects.get(kind=Organisation.Kind.PARTNERSHIP),
        council=Organisation.objects.get(kind=Organisation.Kind.AUTHORITY),
        actor=platform("test"),
    )


_after = after(_built)


TAMPERINGS: dict[str, Callable[[], None]] = {
    "council-journals-to-be-received": _after(
        "UPDATE invoicing_counciljournal SET received_pence = received_pence + 1 WHERE state = 'confirmed'"
    ),
    "council-journals-add-up": _after(
        "UPDATE invoicing_counciljournalline SET vat_pence = vat_pence - 1, net_pence = net_pence + 1"
    ),
    "on-one-council-journal": _after(
        "UPDATE invoicing_counciljournalitem SET live = true, settled_pence = NULL WHERE NOT live",
        "invoicing_counciljournalitem",
    ),
    "council-journal-numbers-gapless": _after(
        "UPDATE invoicing_counciljournal SET number = 'CJ-000009' WHERE number = 'CJ-000001'"
    ),
}
