"""What the contract register says and asks for in the API."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from marketplace.core.api.numbers import MOST_PENCE
from subscriptions.models import ContractDocument, OutsideContract
from subscriptions.register.entries import OURS, OUTSIDE
from subscriptions.register.rules.categories import CATEGORIES
from subscriptions.register.services import MOST_QUOTES, MOST_WEEKS, NOTES_LIMIT, VAT_CATEGORIES

STATES = ["offered", "coming", "running", "paused", "over"]
MOST_ROWS = 200
_CODES = [(code, words) for code, words in CATEGORIES.items()]


class ContractsQuery(serializers.Serializer[Any]):
    """What the list is narrowed to. ``cursor`` comes from ``next``."""

    organisation = serializers.SlugField(required=False, max_length=12, help_text="Customer number of who has it.")
    kind = serializers.ChoiceField(required=False, choices=[(OURS, "With us"), (OUTSIDE, "With others")])
    cfr_code = serializers.ChoiceField(required=False, choices=_CODES)
    related = serializers.ChoiceField(required=False, choices=OutsideContract.Related.choices)
    ends_before = serializers.DateField(required=False, help_text="Runs until a day before this one.")
    notice_before = serializers.DateField(required=False, help_text="Notice is in time until a day before this one.")
    cursor = serializers.RegexField(r"^(ours|outside)-[0-9]{1,18}\Z", required=False, max_length=30)
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ROWS)


class ContractRow(serializers.Serializer[Any]):
    """One contract. Dates: ``to`` and ``runs_to`` are the day after the last."""

    kind = serializers.ChoiceField(choices=[OURS, OUTSIDE])
    number = serializers.CharField()
    organisation = serializers.CharField()
    supplier = serializers.CharField()
    title = serializers.CharField()
    cfr_codes = serializers.ListField(child=serializers.CharField())
    year_pence = serializers.IntegerField(help_text="Before VAT.")
    whole_term_net_pence = serializers.IntegerField()
    whole_term_vat_pence = serializers.IntegerField()
    whole_term_gross_pence = serializers.IntegerField()
    term_from = serializers.DateField()
    term_to = serializers.DateField()
    runs_to = serializers.DateField()
    notice_by = serializers.DateField(allow_null=True, help_text="The last day on which notice is in time.")
    state = serializers.ChoiceField(choices=STATES)
    decision = serializers.ChoiceField(choices=["", "keep", "notice"])
    related = serializers.ChoiceField(choices=OutsideContract.Related.choices)
    declaration_missing = serializers.BooleanField()
    band = serializers.CharField(help_text="The band of quotes in which its value lies.")
    quotes_needed = serializers.IntegerField()
    quotes = serializers.IntegerField(help_text="On record.")


class ContractPage(serializers.Serializer[Any]):
    """A page of contracts."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True, help_text="Always empty: the list is read forwards.")
    results = ContractRow(many=True)


class ContractDocumentRow(serializers.Serializer[Any]):
    """A document as it stands."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=ContractDocument.Kind.choices)
    title = serializers.CharField()
    version = serializers.IntegerField()
    file = serializers.IntegerField(help_text="Its content is at `/files/{id}`.")
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    sha256 = serializers.CharField()
    added_on = serializers.DateField()


class ContractSerializer(ContractRow):
    """A contract with others, with what only its own page says."""

    vat_category = serializers.ChoiceField(choices=list(VAT_CATEGORIES))
    vat_rate = serializers.CharField(help_text='A fraction: "0.2000".')
    notice_weeks = serializers.IntegerField()
    renewal = serializers.ChoiceField(choices=OutsideContract.Renewal.choices)
    owner = serializers.CharField(allow_blank=True, help_text="E-mail of who looks after it.")
    related_role = serializers.CharField(allow_blank=True)
    notes = serializers.CharField(allow_blank=True)
    documents = ContractDocumentRow(many=True)


class ContractTermsRequest(serializers.Serializer[Any]):
    """What a contract with another supplier says."""

    supplier = serializers.CharField(max_length=160)
    title = serializers.CharField(max_length=160)
    cfr_code = serializers.ChoiceField(choices=_CODES)
    year_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE)
    vat_category = serializers.ChoiceField(choices=list(VAT_CATEGORIES.items()))
    vat_rate = serializers.DecimalField(max_digits=5, decimal_places=4, min_value=Decimal(0), default=Decimal(0))
    term_from = serializers.DateField()
    term_to = serializers.DateField(help_text="The day after the last.")
    notice_weeks = serializers.IntegerField(min_value=0, max_value=MOST_WEEKS, default=0)
    renewal = serializers.ChoiceField(choices=OutsideContract.Renewal.choices)
    owner = serializers.CharField(
        allow_blank=True, max_length=254, default="", help_text="E-mail of who looks after it."
    )
    related = serializers.ChoiceField(choices=OutsideContract.Related.choices, default="none")
    related_role = serializers.CharField(allow_blank=True, max_length=80, default="")
    quotes = serializers.IntegerField(min_value=0, max_value=MOST_QUOTES, default=0)
    notes = serializers.CharField(allow_blank=True, max_length=NOTES_LIMIT, default="")


class NewContractRequest(ContractTermsRequest):
    """The same, of an organisation."""

    organisation = serializers.SlugField(max_length=12, help_text="Customer number of who has it.")


class ContractEndRequest(serializers.Serializer[Any]):
    """When it ended."""

    ended_on = serializers.DateField(help_text="The first day on which it does not run.")


class ContractDecisionRequest(serializers.Serializer[Any]):
    """What is decided about its coming end; empty takes the note back."""

    decision = serializers.ChoiceField(choices=[("keep", "Kept"), ("notice", "Notice given")], allow_blank=True)


class ContractDocumentRequest(serializers.Serializer[Any]):
    """A file with its title. The title of one that is there makes its next version."""

    kind = serializers.ChoiceField(choices=ContractDocument.Kind.choices)
    title = serializers.CharField(max_length=120)
    file = serializers.FileField(allow_empty_file=True)
