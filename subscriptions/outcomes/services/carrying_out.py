"""A variation as its rule reads it, and what is written once both sides have approved.

The caller of ``carry_out`` holds the contract's row, so that what the rule reads stands until it is done.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db.models import Max

from marketplace.core.errors import DomainError
from marketplace.core.periods import Period
from subscriptions.outcomes.models import ContractVersion, OutcomeContract, OutcomeItem, Statement, VolumeReturn
from subscriptions.outcomes.rules import variation as rule
from subscriptions.outcomes.rules.heads_variation import ByHeads, HeadsBand, HeadsPoint, HeadsPrices
from subscriptions.outcomes.services.changes import Changes, from_facts
from subscriptions.outcomes.services.drafting import write_parts, write_statements


class VariationImpossible(DomainError):
    """What was proposed no longer goes with the contract as it stands: something was claimed, verified or frozen since."""

    code = "variation_impossible"


def standing_of(contract: OutcomeContract) -> rule.Contract:
    """The contract as the rule reads it: its amounts, its statements, its prices by heads, and what is paid and retained."""
    items = OutcomeItem.objects.filter(contract=contract).order_by("due_on", "pk")
    statements = Statement.objects.filter(contract=contract).exclude(state=Statement.State.CANCELLED)
    return rule.Contract(
        term=Period(contract.valid_from, contract.valid_to),
        value_pence=contract.value_pence,
        paid_pence=contract.settled_pence + contract.retained_pence,
        amounts=[
            rule.Amount(
                code=one.code, name=one.name, pence=one.pence, service=Period(one.service_from, one.service_to),
                at_risk=one.gate != OutcomeItem.Gate.NOTHING, state=one.state,
            )
            for one in items
        ],
        statements=[
            rule.Paying(one.service_from, one.cut_off, frozen=one.state != Statement.State.OPEN) for one in statements
        ],
        heads=_by_heads(contract),
    )  # fmt: skip


def priced_version(contract: OutcomeContract) -> ContractVersion | None:
    """The last agreed version that says what heads pay; none where the contract does not pay by heads."""
    agreed = ContractVersion.objects.filter(contract=contract, state=ContractVersion.State.AGREED, bands__isnull=False)
    return agreed.order_by("-number").first()


def _by_heads(contract: OutcomeContract) -> ByHeads:
    version = priced_version(contract)
    if version is None:
        return ByHeads()
    returns = VolumeReturn.objects.filter(statement__contract=contract).exclude(state=VolumeReturn.State.REJECTED)
    return ByHeads(
        prices=_prices_of(version),
        target=contract.heads_target,
        set_up_pence=contract.set_up_pence,
        returned_to=returns.aggregate(last=Max("statement__cut_off"))["last"],
        reached=frozenset(returns.values_list("milestone__code", flat=True)),
    )


def whole_prices(contract: OutcomeContract, changes: Changes) -> Changes:
    """A variation of the bands alone keeps the milestones as they are, and the other way round: a version holds both whole."""
    if bool(changes.bands) == bool(changes.milestones) or (version := priced_version(contract)) is None:
        return changes
    there = _prices_of(version)
    return replace(changes, bands=changes.bands or there.bands, milestones=changes.milestones or there.points)


def _prices_of(version: ContractVersion) -> HeadsPrices:
    return HeadsPrices(
        [HeadsBand(one.capacity, one.price_pence, one.service) for one in version.bands.all()],
        [HeadsPoint(one.code, one.name, one.share) for one in version.milestones.all()],
    )


def wish(*, valid_from: date, valid_to: date, value_pence: int, changes: Changes) -> rule.Wish:
    """What is asked for, as the rule takes it."""
    prices = HeadsPrices(changes.bands, changes.milestones)
    return rule.Wish(
        valid_from=valid_from, valid_to=valid_to, value_pence=value_pence, left_out=list(changes.left_out),
        amounts=[
            rule.Amount(code=one.code, name=one.name, pence=one.pence, service=one.service, at_risk=bool(one.measure))
            for one in changes.items
        ],
        statements=[rule.Paying(one.service_from, one.cut_off) for one in changes.statements],
        prices=prices if prices.bands or prices.points else None,
    )  # fmt: skip


def work_out_of(version: ContractVersion, standing: rule.Contract) -> rule.Preview:
    """A proposed variation worked out from a contract as it stands. Raises VariationImpossible."""
    asked = wish(
        valid_from=version.valid_from, valid_to=version.valid_to, value_pence=version.value_pence,
        changes=from_facts(version.changes),
    )  # fmt: skip
    try:
        return rule.work_out(standing, asked)
    except rule.NotPossible as error:
        raise VariationImpossible(f"{error} Withdraw this variation, and propose another.") from None


def carry_out(version: ContractVersion, contract: OutcomeContract) -> None:
    """What is left out is cancelled, what is added is written; value and end are the new ones. Raises VariationImpossible."""
    work_out_of(version, standing_of(contract))
    changes = from_facts(version.changes)
    _leave_out(version, changes.left_out)
    write_parts(
        version, measures=changes.measures, items=changes.items, bands=changes.bands, milestones=changes.milestones
    )  # fmt: skip
    write_statements(contract, changes.statements)
    OutcomeContract.objects.filter(pk=contract.pk).update(value_pence=version.value_pence, valid_to=version.valid_to)
    version.state = ContractVersion.State.AGREED
    version.save(update_fields=["state"])


def _leave_out(version: ContractVersion, codes: Sequence[str]) -> None:
    wanted = OutcomeItem.objects.filter(contract_id=version.contract_id, code__in=codes, state__in=rule.OPEN_STATES)
    done = wanted.update(state=OutcomeItem.State.CANCELLED, reason=f"Left out by variation {version.number}")
    if done != len(set(codes)):
        raise VariationImpossible(
            "An amount that this variation leaves out was claimed meanwhile. Withdraw it, and propose another."
        )
