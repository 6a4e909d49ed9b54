"""Organisations that are in no register: adding one, and its new name or address. Administrators do both."""

from dataclasses import asdict
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Identity, Organisation
from marketplace.organisations.services.registry import Address, add_organisation

_KIND = Organisation.Kind
BY_HAND = (_KIND.PROVIDER, _KIND.OTHER)
CHANGED_BY_HAND = (*BY_HAND, _KIND.PARTNERSHIP)
LIMITS = {
    "street": 200, "locality": 200, "address3": 200, "town": 100, "county": 100, "postcode": 12, "country": 2,
    "vat_number": 20, "company_number": 20,
}  # fmt: skip


class NameTaken(DomainError):
    """There is an organisation of this name already."""

    code = "name_taken"


@transaction.atomic
def add_by_hand(
    *,
    kind: Organisation.Kind,
    name: str,
    address: Address,
    on: date,
    actor: Actor,
    vat_number: str = "",
    company_number: str = "",
    notify_email: str = "",
) -> Organisation:
    """A provider or another customer, from today (``on``) on. Schools, trusts and councils come by the register's import.

    Raises NotAllowed, NameTaken, and WrongInput for another kind or an address that is none.
    """
    actor.require(Role.ADMINISTRATOR, to="add organisations")
    if kind not in BY_HAND:
        raise WrongInput("Schools, trusts and councils come by an import of the register", field="kind")
    name = clean_line(name, what="Name")
    if same := Organisation.objects.filter(name__iexact=name).first():
        raise NameTaken(f"{same.name} is here already, as {same.number}.")
    if notify_email:
        try:
            validate_email(notify_email)
        except ValidationError as error:
            raise WrongInput("Enter an e-mail address, like office@name.example", field="notify_email") from error
    numbers = _clean({"vat_number": vat_number, "company_number": company_number})
    return add_organisation(
        kind=kind, name=name, valid_from=on, address=Address(**_clean(asdict(address))), notify_email=notify_email,
        actor=actor, **numbers,
    )  # fmt: skip


@transaction.atomic
def change_identity(
    *,
    organisation: Organisation,
    name: str,
    address: Address,
    on: date,
    actor: Actor,
    vat_number: str = "",
    company_number: str = "",
) -> Identity:
    """Another name, address, VAT or company number from today (``on``) on; what was issued before keeps the one before.

    Raises NotAllowed, NameTaken, and WrongInput for one that the register names, or where nothing is changed.
    """
    actor.require(Role.ADMINISTRATOR, to="change an organisation's name and address")
    if organisation.kind not in CHANGED_BY_HAND:
        raise WrongInput("Correct it in the register of schools; the next import brings it here")
    name = clean_line(name, what="Name")
    same = Organisation.objects.filter(name__iexact=name).exclude(pk=organisation.pk).first()
    if same is not None:
        raise NameTaken(f"{same.name} is here already, as {same.number}.")
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    found = Identity.objects.filter(organisation=locked, valid_to__isnull=True).order_by("-valid_from").first()
    given = {"name": name} | _clean(asdict(address) | {"vat_number": vat_number, "company_number": company_number})
    before = {field: getattr(found, field) for field in given} if found else dict.fromkeys(given, "")
    if before == given:
        raise WrongInput("Nothing is changed. Change what is not right, or go back")
    if found is not None and found.valid_from >= on:  # made today: there is no earlier day to keep
        Identity.objects.filter(pk=found.pk).update(**given)
        made = Identity.objects.get(pk=found.pk)
    else:
        if found is not None:
            Identity.objects.filter(pk=found.pk).update(valid_to=on)
        made = Identity.objects.create(organisation=locked, valid_from=on, **given)
    Organisation.objects.filter(pk=locked.pk).update(name=name)
    organisation.name = name
    changed = sorted(field for field in given if given[field] != before[field])
    events.record(
        kind="organisation.identity_changed", subject_kind="organisation", subject=organisation.number,
        organisation_ids=[organisation.pk], payload={"from": on.isoformat(), "changed": changed}, actor=actor,
        text={"before": _line(before), "after": _line(given)},
    )  # fmt: skip
    return made


def _clean(fields: dict[str, str]) -> dict[str, str]:
    words = {field: field.replace("_", " ").replace("vat", "VAT").capitalize() for field in fields}
    return {
        field: clean_line(
            text, what="VAT number" if field == "vat_number" else words[field], limit=LIMITS[field], required=False
        )
        for field, text in fields.items()
    }


def _line(fields: dict[str, str]) -> str:
    return ", ".join(text for field, text in fields.items() if text and field != "country")
