"""What makes the pages of council journals longer."""

from django.urls import reverse

from invoicing.council_journals.models import CouncilJournal, CouncilJournalItem, CouncilJournalLine
from invoicing.receivables.models import ReceivableItem
from invoicing.services import run_billing
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.schools import add_authority
from tests.frontend.lists.world import World
from tests.invoicing.council_journals.maintained import school


def _council_school(world: World) -> Organisation:
    def make() -> Organisation:
        authority = add_authority(organisation=world.customer, code="978", actor=world.actor)
        return school(authority, "Fernhill Primary School", "990978", world.actor, cost_centre="FH1044")

    return world.kept("council's school", make)


def sent_journals(world: World, numbers: range) -> None:
    """Journals with the customer, which stands for a council."""
    CouncilJournal.objects.bulk_create(
        CouncilJournal(
            number=f"CJ-9{number:05d}", authority=world.customer, state="sent", prepared_on=world.today,
            sent_on=world.today, net_pence=100, vat_pence=20, gross_pence=120,
        )
        for number in numbers
    )  # fmt: skip


def ready(world: World, numbers: range) -> None:
    """Invoices of the council's school that wait for a journal."""
    pays = _council_school(world)
    for number in numbers:
        world.charges(pays, 1_000, on=world.today, key=f"council:{number}", purchase_order=f"CJ {number}")
    run_billing(on=world.today, actor=world.actor)


def long_journal(world: World, numbers: range) -> None:
    """A newest journal with as many lines as there are in all."""
    if not ReceivableItem.objects.exists():
        ready(world, range(1))
    made = CouncilJournal.objects.create(
        number=f"CJ-8{numbers.stop:05d}", authority=world.customer, prepared_on=world.today, net_pence=numbers.stop,
        vat_pence=0, gross_pence=numbers.stop,
    )  # fmt: skip
    item = ReceivableItem.objects.earliest("pk")
    part = CouncilJournalItem.objects.create(
        journal=made, item=item, cost_centre="FH1044", pence=numbers.stop, live=False
    )
    CouncilJournalLine.objects.bulk_create(
        CouncilJournalLine(part=part, cfr_code=f"X{number:05d}", net_pence=1, vat_pence=0, gross_pence=1)
        for number in range(numbers.stop)
    )
    CouncilJournal.objects.filter(pk=made.pk).update(state="sent", sent_on=world.today)


def newest(world: World) -> str:
    return reverse("finance-council-journal", kwargs={"number": CouncilJournal.objects.latest("pk").number})


def newest_of_council(world: World) -> str:
    keys = {"kind": "customer", "code": world.customer.number, "number": CouncilJournal.objects.latest("pk").number}
    return reverse("school-council-journal", kwargs=keys)


def preview(world: World) -> str:
    new = reverse("finance-council-journal-new")
    return f"{new}?council={world.customer.number}&on={world.today.isoformat()}"
