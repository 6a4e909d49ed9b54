"""Contracts that pay on outcomes, beside those of hubs and the council: a draft, and a variation that waits for the council."""

from datetime import date, timedelta
from decimal import Decimal

from frontend.demonstration.directory import Directory
from invoicing.vat.treatment import VatTreatment
from marketplace.core.periods import add_months
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.rules.drawing_up import Outcome, Plan
from subscriptions.outcomes.services.drawing_up import Planned, draft_by_plan
from subscriptions.outcomes.services.repricing import repriced
from subscriptions.outcomes.services.varying import approve_variation, propose_variation

GRANT = VatTreatment("O", Decimal(0), "Grant: not a supply")
DRAFTED_FOR = "Marrambridge School"


def add_outcome_terms(directory: Directory, *, today: date) -> None:
    """A centre drawn up and not offered; the second year of the council's contract cut by a third, approved by us alone."""
    organiser, manager = directory.signed["organiser"], directory.signed["finance_manager"]
    first = add_months(today.replace(day=1), 2)
    plan = Plan(
        first_day=first, months=12, value_pence=12_500_00, every="term", on_time=Decimal(20), on_outputs=Decimal(30),
        on_outcomes=Decimal(50), output="Termly training given",
        outcomes=[Outcome("Pupils back in lessons", Decimal(60)), Outcome("Schools advised", Decimal(40))],
    )  # fmt: skip
    centre = Planned(
        kind="centre", party=directory.find(DRAFTED_FOR), title="Centre for pupils with autism", plan=plan, vat=GRANT,
        account_code="7900", stream_code="GR", evidence_types=("register", "report"),
    )  # fmt: skip
    draft_by_plan(planned=centre, on=today, actor=organiser)
    council = OutcomeContract.objects.filter(kind="council", state="active").earliest("pk")
    year_two = add_months(council.valid_from, 12)
    terms = repriced(council, valid_from=year_two, whole=80_000_00, prices={})
    version = propose_variation(
        contract=council, valid_from=year_two, reason="The council's budget for the second year is a third smaller",
        notice_given_on=today - timedelta(days=6), on=today - timedelta(days=6), actor=organiser, **terms,
    )  # fmt: skip
    approve_variation(version=version, on=today - timedelta(days=5), actor=manager)
