import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from invoicing.recognition import triggers as recognition
from marketplace.core import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, recognition.FUNCTIONS, recognition.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0012_manual_journals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Deferral",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_key", models.CharField(max_length=120)),
                (
                    "pattern",
                    models.CharField(
                        choices=[
                            ("over_time", "Month by month"),
                            ("on_date", "On the day of delivery"),
                            ("on_use", "When used, or when it runs out"),
                            ("on_verification", "When verified"),
                        ],
                        max_length=15,
                    ),
                ),
                ("analysis_code", models.CharField(blank=True, max_length=60)),
                ("since", models.DateField()),
                ("service_from", models.DateField(null=True)),
                ("service_to", models.DateField(null=True)),
                ("expires_on", models.DateField(null=True)),
                ("pence", models.BigIntegerField()),
                ("open_pence", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.ledgeraccount",
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deferral",
                        to="invoicing.documentline",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "stream",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.incomestream",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeferralPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("income_on", models.DateField()),
                ("pence", models.BigIntegerField()),
                ("cancelled_pence", models.BigIntegerField(db_default=0, default=0)),
                ("reversed_pence", models.BigIntegerField(db_default=0, default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "To come"), ("released", "Income")],
                        db_default="waiting",
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("source_key", models.CharField(blank=True, max_length=120)),
                (
                    "deferral",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="invoicing.deferral",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="released_parts",
                        to="invoicing.journalentry",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="deferral",
            index=models.Index(
                condition=models.Q(("open_pence__gt", 0)), fields=["organisation"], name="deferral_open"
            ),
        ),
        migrations.AddIndex(
            model_name="deferral",
            index=models.Index(
                condition=models.Q(("expires_on__isnull", False), ("open_pence__gt", 0)),
                fields=["expires_on", "id"],
                name="deferral_runs_out",
            ),
        ),
        migrations.AddConstraint(
            model_name="deferral",
            constraint=models.UniqueConstraint(fields=("source_key",), name="deferral_source_once"),
        ),
        migrations.AddConstraint(
            model_name="deferral",
            constraint=models.CheckConstraint(
                condition=models.Q(("open_pence__gte", 0), ("open_pence__lte", models.F("pence")), ("pence__gt", 0)),
                name="deferral_within_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="deferral",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_on__isnull", True), ("pattern", "on_use"), _connector="OR"),
                name="deferral_only_use_runs_out",
            ),
        ),
        migrations.AddIndex(
            model_name="deferralpart",
            index=models.Index(
                condition=models.Q(("pence__gt", models.F("cancelled_pence")), ("state", "waiting")),
                fields=["income_on", "id"],
                name="part_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="deferralpart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source_key", ""), _negated=True), fields=("source_key",), name="part_source_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="deferralpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cancelled_pence__gte", 0),
                    ("pence__gt", 0),
                    (
                        "pence__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("cancelled_pence"), "+", models.F("reversed_pence")
                        ),
                    ),
                    ("reversed_pence__gte", 0),
                ),
                name="part_within_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="deferralpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entry__isnull", False), ("state", "released")),
                    models.Q(("entry__isnull", True), ("reversed_pence", 0), ("state", "waiting")),
                    _connector="OR",
                ),
                name="part_released_iff_entry",
            ),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
