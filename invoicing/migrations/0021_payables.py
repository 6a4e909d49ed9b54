"""Amounts due to providers."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from invoicing.payables import guards
from marketplace.core import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0020_payment_requests"),
        ("organisations", "0005_cost_centre"),
    ]
    operations = [
        migrations.CreateModel(
            name="Payable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_key", models.CharField(max_length=120, unique=True)),
                ("facts_hash", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for a customer to pay"),
                            ("owed", "Owed"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=9,
                    ),
                ),
                ("description", models.CharField(max_length=240)),
                ("net_pence", models.BigIntegerField()),
                ("reduced_pence", models.BigIntegerField(default=0)),
                ("owed_pence", models.BigIntegerField(default=0)),
                ("vat_category", models.CharField(max_length=2)),
                ("vat_rate", models.DecimalField(decimal_places=4, max_digits=5)),
                ("vat_reason", models.CharField(blank=True, max_length=240)),
                ("analysis_code", models.CharField(blank=True, max_length=60)),
                ("service_from", models.DateField(null=True)),
                ("service_to", models.DateField(null=True)),
                ("made_on", models.DateField()),
                ("release_on_payment_of", models.CharField(blank=True, max_length=120)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.ledgeraccount",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payables",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "stream",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.incomestream",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PayableMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pence", models.BigIntegerField()),
                ("made_on", models.DateField()),
                ("reason", models.CharField(max_length=240)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="invoicing.journalentry"
                    ),
                ),
                (
                    "payable",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="invoicing.payable"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PayableReduction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_key", models.CharField(max_length=120, unique=True)),
                ("pence", models.BigIntegerField()),
                ("reason", models.CharField(max_length=240)),
                ("reduced_on", models.DateField()),
                ("by_credit", models.BooleanField(default=False)),
                (
                    "payable",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reductions", to="invoicing.payable"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="payable",
            index=models.Index(fields=["provider", "-id"], name="payable_provider"),
        ),
        migrations.AddIndex(
            model_name="payable",
            index=models.Index(fields=["state", "-id"], name="payable_state"),
        ),
        migrations.AddIndex(
            model_name="payable",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["release_on_payment_of"], name="payable_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="payable",
            constraint=models.CheckConstraint(
                condition=models.Q(("net_pence__gt", 0), models.Q(("source_key", ""), _negated=True)),
                name="payable_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="payable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("owed_pence__gte", 0),
                    (
                        "owed_pence__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("net_pence"), "-", models.F("reduced_pence")
                        ),
                    ),
                    ("reduced_pence__gte", 0),
                ),
                name="payable_within_net",
            ),
        ),
        migrations.AddConstraint(
            model_name="payable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("owed_pence", 0), ("reduced_pence", models.F("net_pence")), ("state", "cancelled")),
                    models.Q(("owed_pence__gt", 0), ("state", "owed")),
                    models.Q(
                        ("owed_pence", 0),
                        ("reduced_pence__lt", models.F("net_pence")),
                        ("state", "waiting"),
                        models.Q(("release_on_payment_of", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payable_state_as_owed",
            ),
        ),
        migrations.AddConstraint(
            model_name="payable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("release_on_payment_of", ""), _negated=True),
                    (
                        "owed_pence",
                        django.db.models.expressions.CombinedExpression(
                            models.F("net_pence"), "-", models.F("reduced_pence")
                        ),
                    ),
                    _connector="OR",
                ),
                name="payable_owed_at_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="payable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("service_from__isnull", True), ("service_to__isnull", True)),
                    ("service_to__gt", models.F("service_from")),
                    _connector="OR",
                ),
                name="payable_service_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="payablemove",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("pence", 0), _negated=True), models.Q(("reason", ""), _negated=True)),
                name="payable_move_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="payablereduction",
            constraint=models.CheckConstraint(condition=models.Q(("pence__gt", 0)), name="payable_reduction_positive"),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
