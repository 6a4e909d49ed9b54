"""Rates: proposals, counter-proposals and what was agreed."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Func, Q, Value

from marketplace.core.triggers import install
from providers.rates.guards import FUNCTIONS, TRIGGERS

BROKERAGE = [
    ("inclusive", "A share of the price"),
    ("additive", "A share on top"),
    ("fixed", "A fixed sum on top"),
]
SIDES = [("provider", "Provider"), ("partnership", "Partnership")]


def guard(apps, schema_editor):
    install(schema_editor.connection, FUNCTIONS, TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0001_schema"),
        ("core", "0002_schema_guards"),
        ("providers", "0003_accreditation"),
    ]
    operations = [
        migrations.CreateModel(
            name="MileageRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("pence", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                Func(
                                    F("valid_from"),
                                    F("valid_to"),
                                    Value("[)"),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            )
                        ],
                        name="mileage_no_overlap",
                    ),
                    models.CheckConstraint(
                        condition=Q(("valid_to__isnull", True), ("valid_to__gt", F("valid_from")), _connector="OR"),
                        name="mileage_dates",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RateProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=24, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("agreed", "Agreed"), ("withdrawn", "Withdrawn")],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("waits_for", models.CharField(choices=SIDES, max_length=11)),
                ("opened_on", models.DateField()),
                ("closed_on", models.DateField(null=True)),
                (
                    "consultant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rate_proposals",
                        to="providers.consultant",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["consultant", "-id"], name="rateproposal_consultant"),
                    models.Index(fields=["state", "waits_for", "id"], name="rateproposal_waiting"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("state", "open")), fields=("consultant",), name="rateproposal_one_open"
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("closed_on__isnull", True), ("state", "open")),
                            Q(Q(("state", "open"), _negated=True), ("closed_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="rateproposal_closed_if_dated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RateStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("propose", "Proposed"),
                            ("counter", "Proposed otherwise"),
                            ("agree", "Agreed"),
                            ("withdraw", "Withdrawn"),
                        ],
                        max_length=8,
                    ),
                ),
                ("side", models.CharField(choices=SIDES, max_length=11)),
                ("on", models.DateField()),
                ("words", models.CharField(blank=True, max_length=600)),
                ("valid_from", models.DateField()),
                ("brokerage", models.CharField(choices=BROKERAGE, max_length=9)),
                ("share", models.DecimalField(decimal_places=5, default=0, max_digits=6)),
                ("fixed_pence", models.BigIntegerField(default=0)),
                ("day_pence", models.BigIntegerField()),
                ("other_day_pence", models.BigIntegerField()),
                ("half_day_percent", models.PositiveSmallIntegerField(default=0)),
                ("twilight_percent", models.PositiveSmallIntegerField(default=0)),
                ("hour_percent", models.PositiveSmallIntegerField(default=0)),
                ("by_mile", models.BooleanField(default=False)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="providers.rateproposal",
                    ),
                ),
            ],
            options={
                "ordering": ["proposal_id", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("proposal", "position"), name="ratestep_once"),
                    models.CheckConstraint(
                        condition=Q(("day_pence__gt", 0), ("other_day_pence__gt", 0)), name="ratestep_pence"
                    ),
                ],
            },
        ),
        migrations.AddField("rate", "last_used_on", models.DateField(null=True)),
        migrations.AddField(
            "rate",
            "step",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rates",
                to="providers.ratestep",
            ),
        ),
        migrations.AddConstraint(
            "rate",
            models.CheckConstraint(
                condition=Q(
                    Q(("last_used_on__isnull", True), ("used_on__isnull", True)),
                    Q(("last_used_on__gte", F("used_on")), ("used_on__isnull", False)),
                    _connector="OR",
                ),
                name="rate_used_from_to",
            ),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
