"""Council journals for the walk: one of the council's with a receipt and one that waits for it, and another council's."""

from datetime import date, timedelta
from typing import Any

from invoicing.ledger.models import LedgerAccount
from invoicing.services import (
    confirm_council_journal,
    prepare_council_journal,
    propose_council_journal,
    record_council_receipt,
    run_billing,
    send_council_journal,
)
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from marketplace.organisations.services.schools import add_authority
from tests.conftest import START, Charges
from tests.invoicing.council_journals.maintained import school


def council_journals(
    *, council: Organisation, charges: Charges, officer: Actor, today: date, actor: Actor
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The keys of the council's own, and those of another council."""
    elsewhere = add_organisation(
        kind=Organisation.Kind.AUTHORITY, name="Westmere County Council", valid_from=START, actor=actor
    )
    sent = []
    for place, code, urn in ((council, "978", "990978"), (council, "", ""), (elsewhere, "979", "990979")):
        if code:
            authority = add_authority(organisation=place, code=code, actor=actor)
            pays = school(authority, f"Fernhill {code}", urn, actor, cost_centre="FH1044")
        charges(pays, 10_000, on=today - timedelta(days=40))
        run_billing(on=today - timedelta(days=40), actor=actor)
        ready = propose_council_journal(authority=place, on=today, actor=officer)
        made = prepare_council_journal(authority=place, on=today, expected_pence=ready.gross_pence, actor=officer)
        made = send_council_journal(journal=made, on=today, actor=officer)
        if not sent:
            made = confirm_council_journal(journal=made, reference="GL 1", on=today, actor=officer)
            paid = record_council_receipt(
                journal=made, pence=5_000, received_on=today, reference="BACS", actor=officer,
                bank_account=LedgerAccount.objects.get(pk="1010"),
            )  # fmt: skip
        sent.append(made.number)
    own = {"council_journal": sent[1], "paid_journal": sent[0], "council_receipt": paid.pk}
    return own, {"council_journal": sent[2]}
