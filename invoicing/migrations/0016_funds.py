import django.db.models.deletion
from django.db import migrations, models

from invoicing.funds import guards
from marketplace.core import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)


def _of_fund() -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="invoicing.fund",
    )


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0015_council_journals")]

    operations = [
        migrations.CreateModel(
            name="Fund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[("restricted", "Restricted by its funder"), ("designated", "Set aside by us")],
                        max_length=10,
                    ),
                ),
                ("purpose", models.CharField(max_length=240)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("closed_on", models.DateField(null=True)),
                (
                    "funder",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", ""), _negated=True), models.Q(("purpose", ""), _negated=True)
                        ),
                        name="fund_has_purpose",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "restricted"), ("funder__isnull", True), _connector="OR"),
                        name="fund_own_has_no_funder",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                        ),
                        name="fund_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_on__isnull", True), ("closed_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="fund_closed_after_start",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="movement",
            name="fund",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="movements",
                to="invoicing.fund",
            ),
        ),
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(condition=models.Q(("fund__isnull", False)), fields=["fund"], name="movement_fund"),
        ),
        migrations.AddField(model_name="charge", name="fund", field=_of_fund()),
        migrations.AddField(model_name="manualjournalline", name="fund", field=_of_fund()),
        migrations.AddField(model_name="purchaseline", name="fund", field=_of_fund()),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fund__isnull", True), models.Q(("instalments", 1), ("recognition", "at_once")), _connector="OR"
                ),
                name="charge_of_fund_at_once",
            ),
        ),
        migrations.CreateModel(
            name="FundSupport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("share", models.DecimalField(decimal_places=4, max_digits=5)),
                ("pence", models.BigIntegerField()),
                ("supported_on", models.DateField()),
                (
                    "charge",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fund_support", to="invoicing.charge"
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="invoicing.journalentry"
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="supports", to="invoicing.fund"
                    ),
                ),
                (
                    "reduction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="invoicing.reduction"
                    ),
                ),
                (
                    "returned_entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.journalentry",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pence__gt", 0)), name="fund_support_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("share__gt", 0), ("share__lt", 1)), name="fund_support_share"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("returned_entry", models.F("entry")), _negated=True),
                        name="fund_support_two_entries",
                    ),
                ],
            },
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
