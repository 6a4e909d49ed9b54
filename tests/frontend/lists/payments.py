"""What makes the lists of paying out longer: accounts, batches, holds, and what is due."""

from datetime import timedelta

from invoicing.ledger.chart import BANK
from invoicing.ledger.models import LedgerAccount
from invoicing.payees.services import ask_account, confirm_account, hold_payments
from invoicing.paying_out.preparing import prepare_batch
from invoicing.paying_out.rules.orders import Account
from marketplace.core.actors import Role
from marketplace.organisations.models import Organisation
from tests.frontend.lists.world import World
from tests.invoicing.paying_out.world import add_provider, invoiced


def accounts(world: World, numbers: range) -> None:
    """A provider with an account in force for each number."""
    for number in numbers:
        _paid(world, number)


def due(world: World, numbers: range) -> None:
    """A provider that is due £50.00 for each number."""
    for number in numbers:
        invoiced(_paid(world, number), 5_000, due_on=world.today)


def batches(world: World, numbers: range) -> None:
    """A batch with one payment for each number."""
    for number in numbers:
        provider = _paid(world, number)
        invoiced(provider, 5_000, due_on=world.today)
        prepare_batch(
            pay_on=world.today + timedelta(days=7), payer=Account("Ours", "204511", "55779911"), on=world.today,
            bank_account=LedgerAccount.objects.get(pk=BANK), actor=world.person(Role.FINANCE_OFFICER),
            provider_ids=[provider.pk],
        )  # fmt: skip


def holds(world: World, numbers: range) -> None:
    """A provider whose payments are held for each number."""
    for number in numbers:
        hold_payments(
            source_key=f"list:{number}", provider=add_provider(f"Held Coaching {number}"), reason="A paper lapsed.",
            on=world.today, actor=world.actor,
        )  # fmt: skip


def _paid(world: World, number: int) -> Organisation:
    provider = add_provider(f"List Coaching {number}")
    asked = ask_account(
        organisation=provider, account_name=provider.name, sort_code="60-16-13", account_number="31926819",
        on=world.today, actor=world.person(Role.FINANCE_OFFICER),
    )  # fmt: skip
    confirm_account(
        account=asked, how_checked="Called back", on=world.today, actor=world.person(Role.FINANCE_MANAGER)
    )  # fmt: skip
    return provider
