"""Peer review between schools, and the register of secondments and support in kind."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from marketplace.core.triggers import install
from marketplace.trading.engagements.review_guards import FUNCTIONS, TRIGGERS


def guard(apps, schema_editor):
    install(schema_editor.connection, FUNCTIONS, TRIGGERS)


def _organisation(name):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=name, to="organisations.organisation"
    )


def _id():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("trading", "0006_drawing")]
    operations = [
        migrations.CreateModel(
            name="ReviewRound",
            fields=[
                _id(),
                ("number", models.CharField(max_length=24, unique=True)),
                ("title", models.CharField(max_length=120)),
                ("day_pence", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(choices=[("open", "Open"), ("settled", "Settled")], default="open", max_length=8),
                ),
                ("opened_on", models.DateField()),
                ("settled_on", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("day_pence__gt", 0), Q(("title", ""), _negated=True)),
                        name="reviewround_says_what",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("settled_on__isnull", True), ("state", "open")),
                            Q(("settled_on__isnull", False), ("state", "settled")),
                            _connector="OR",
                        ),
                        name="reviewround_settled_if_dated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewDay",
            fields=[
                _id(),
                ("held_on", models.DateField()),
                ("days", models.DecimalField(decimal_places=2, max_digits=5)),
                ("giver", _organisation("review_days_given")),
                ("receiver", _organisation("review_days_received")),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="days", to="trading.reviewround"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("days__gt", 0), Q(("giver", F("receiver")), _negated=True)),
                        name="reviewday_between_two",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SupportEntry",
            fields=[
                _id(),
                ("number", models.CharField(max_length=24, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("secondment", "Secondment"), ("in_kind", "Support in kind")], max_length=10
                    ),
                ),
                ("what", models.CharField(max_length=160)),
                ("days_a_week", models.DecimalField(decimal_places=2, max_digits=3, null=True)),
                ("year_pence", models.BigIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                ("paid", models.BooleanField(default=False)),
                ("source_key", models.CharField(blank=True, max_length=120)),
                ("giver", _organisation("support_given")),
                ("receiver", _organisation("support_received")),
            ],
            options={
                "indexes": [models.Index(fields=["valid_from", "id"], name="supportentry_from")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            ("valid_to__gt", F("valid_from")),
                            ("year_pence__gt", 0),
                            Q(("what", ""), _negated=True),
                            Q(("giver", F("receiver")), _negated=True),
                        ),
                        name="supportentry_says_what",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("paid", False), ("source_key", "")),
                            Q(("paid", True), Q(("source_key", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="supportentry_charged_if_paid",
                    ),
                ],
            },
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
