"""What is asked and told when an agreement is made, answered or changed by a program."""

from typing import Any

from rest_framework import serializers

from subscriptions.agreements.models import Agreement
from subscriptions.agreements.rules.forms import CreditRule, Every, Prorate, Timing

REASON, PAPER = 240, 60
SUPPLIES = ("training", "consultancy", "goods", "printed", "secondment", "other")
MOST_SLOTS = 200


class PartRow(serializers.Serializer[Any]):
    """So many pence before VAT for days of one thing; without days it stands beside them."""

    title = serializers.CharField()
    starts = serializers.DateField(allow_null=True)
    ends = serializers.DateField(allow_null=True, help_text="The day after the last.")
    pence = serializers.IntegerField()
    vat_rate = serializers.CharField()


class ChangeSerializer(serializers.Serializer[Any]):
    """What a change comes to. Net, VAT and gross are of now: what is charged less what comes back."""

    done = serializers.BooleanField(help_text="False for a preview: nothing was changed.")
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=Agreement.State.choices)
    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()
    charged = PartRow(many=True)
    later = PartRow(many=True)
    given_back = PartRow(many=True)
    kept = PartRow(many=True)
    sentences = serializers.ListField(child=serializers.CharField())


class PreviewRequest(serializers.Serializer[Any]):
    preview = serializers.BooleanField(default=False, help_text="True works it out and does nothing.")


class AcceptRequest(PreviewRequest):
    """``expected_pence`` is the whole term with VAT, as it was shown. Finance names the paper of the customer."""

    expected_pence = serializers.IntegerField(required=False, min_value=0, max_value=10**12)
    paper = serializers.CharField(required=False, allow_blank=True, max_length=PAPER)


class DeclineRequest(PreviewRequest):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=REASON)


class DayRequest(PreviewRequest):
    """From which day; ``expected_pence`` is the net that was shown."""

    on = serializers.DateField()
    expected_pence = serializers.IntegerField(required=False, min_value=-(10**12), max_value=10**12)


class SuspendRequest(DayRequest):
    reason = serializers.CharField(max_length=REASON)


class EndRequest(DayRequest):
    """``on`` is the first day without it."""

    given_on = serializers.DateField(required=False, help_text="When notice was given; today unless said.")
    credit = serializers.ChoiceField(choices=[(rule.value, rule.words) for rule in CreditRule])
    reason = serializers.CharField(max_length=REASON)


class StopRequest(DayRequest):
    """Which services stop: ``on`` is the first day without them."""

    stop = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=32767), min_length=1, max_length=MOST_SLOTS
    )


class AgreementRequest(PreviewRequest):
    """An agreement by hand. Without ``paper`` it is offered; with it, it runs at once."""

    organisation = serializers.SlugField(max_length=12, help_text="Customer number.")
    title = serializers.CharField(max_length=160)
    kind = serializers.ChoiceField(choices=Agreement.Kind.choices, default=Agreement.Kind.SERVICE)
    term_from = serializers.DateField()
    term_to = serializers.DateField(help_text="The day after the last.")
    pence_a_year = serializers.IntegerField(min_value=1, max_value=10**11)
    supply = serializers.ChoiceField(choices=SUPPLIES, default="other", help_text="What is supplied decides the VAT.")
    account = serializers.SlugField(max_length=10)
    stream = serializers.SlugField(max_length=4)
    cfr_code = serializers.CharField(required=False, allow_blank=True, max_length=6, default="")
    every = serializers.ChoiceField(choices=[(one.value, one.words) for one in Every], default="year")
    timing = serializers.ChoiceField(choices=[(one.value, one.words) for one in Timing], default="advance")
    prorate = serializers.ChoiceField(choices=[(one.value, one.words) for one in Prorate], default="months")
    notice_weeks = serializers.IntegerField(min_value=0, max_value=104, default=0)
    renewal = serializers.ChoiceField(choices=Agreement.Renewal.choices, default=Agreement.Renewal.ASK)
    purchase_order = serializers.CharField(required=False, allow_blank=True, max_length=20, default="")
    paper = serializers.CharField(required=False, allow_blank=True, max_length=PAPER, default="")
    expected_pence = serializers.IntegerField(
        required=False, min_value=0, max_value=10**12, help_text="The whole term with VAT, as it was shown."
    )
