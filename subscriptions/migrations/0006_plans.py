"""Subscription levels: plans, their versions and what each includes, with the guards that freeze what is in use."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

from marketplace.core import triggers
from subscriptions.plans import guards


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0013_plans"),
        ("subscriptions", "0005_agreement_guards"),
    ]
    operations = [
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=30, unique=True)),
                ("title", models.CharField(max_length=60)),
                ("summary", models.CharField(blank=True, max_length=600)),
                ("position", models.PositiveSmallIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("withdrawn", "Withdrawn")],
                        default="draft",
                        max_length=9,
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PlanVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published")], default="draft", max_length=9
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("rule", models.JSONField()),
                (
                    "benefit",
                    models.CharField(
                        choices=[
                            ("training", "Training"),
                            ("consultancy", "Consultancy"),
                            ("goods", "Goods"),
                            ("printed", "Printed books and e-books"),
                            ("secondment", "Seconded teacher"),
                            ("other", "Other services"),
                        ],
                        default="other",
                        max_length=11,
                    ),
                ),
                ("apportionment", models.JSONField(default=list)),
                (
                    "price_class",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "member"),
                            (2, "associate"),
                            (3, "non-member"),
                            (4, "out-of-area"),
                            (5, "LA-funded"),
                        ],
                        help_text="The price class of its subscribers.",
                        null=True,
                    ),
                ),
                ("year_from", models.CharField(default="09-01", max_length=5)),
                (
                    "billings",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("year:advance", "Once a year, in advance"),
                                ("year:arrears", "Once a year, in arrears"),
                                ("term:advance", "Each term, in advance"),
                                ("term:arrears", "Each term, in arrears"),
                                ("month:advance", "Each month, in advance"),
                                ("month:arrears", "Each month, in arrears"),
                            ],
                            max_length=14,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "prorate",
                    models.CharField(
                        choices=[("months", "By months"), ("days", "By days"), ("full", "The full year")], max_length=6
                    ),
                ),
                ("notice_weeks", models.PositiveSmallIntegerField(default=0)),
                ("account_code", models.CharField(max_length=10)),
                ("stream_code", models.CharField(max_length=4)),
                ("cfr_code", models.CharField(blank=True, max_length=6)),
                ("aar_code", models.CharField(blank=True, max_length=8)),
                ("used", models.BooleanField(default=False)),
                (
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="subscriptions.plan",
                    ),
                ),
            ],
            options={
                "ordering": ["plan_id", "number"],
            },
        ),
        migrations.CreateModel(
            name="Entitlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("places", "Places on courses"),
                            ("consultant_days", "Consultant days"),
                            ("downloads", "Downloads"),
                            ("percent_off_theme", "Percentage off a theme"),
                            ("network", "Network"),
                            ("group_deal", "Group deal"),
                        ],
                        max_length=17,
                    ),
                ),
                ("quantity", models.PositiveIntegerField(default=0)),
                ("percent", models.DecimalField(decimal_places=2, default=0, max_digits=5)),
                ("theme", models.CharField(blank=True, max_length=40)),
                ("network", models.CharField(blank=True, max_length=120)),
                ("carry_most", models.PositiveIntegerField(default=0)),
                (
                    "offer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.offer"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entitlements",
                        to="subscriptions.planversion",
                    ),
                ),
            ],
            options={
                "ordering": ["version_id", "position"],
            },
        ),
        migrations.AddConstraint(
            model_name="planversion",
            constraint=models.UniqueConstraint(fields=("plan", "number"), name="plan_version_number"),
        ),
        migrations.AddConstraint(
            model_name="planversion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state", "published")),
                expressions=[
                    (
                        models.Func(models.F("plan_id"), models.F("plan_id"), models.Value("[]"), function="int8range"),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.F("valid_from"),
                            models.F("valid_to"),
                            models.Value("[)"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="plan_version_no_overlap",
            ),
        ),
        migrations.AddConstraint(
            model_name="planversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="plan_version_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="planversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("price_class__isnull", True), ("price_class__in", [1, 2, 3, 4, 5]), _connector="OR"
                ),
                name="plan_version_class",
            ),
        ),
        migrations.AddConstraint(
            model_name="planversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("billings__len__gt", 0)), name="plan_version_billed_somehow"
            ),
        ),
        migrations.AddConstraint(
            model_name="planversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("used", False), ("state", "published"), _connector="OR"),
                name="plan_version_used_published",
            ),
        ),
        migrations.AddConstraint(
            model_name="entitlement",
            constraint=models.UniqueConstraint(fields=("version", "position"), name="entitlement_position"),
        ),
        migrations.AddConstraint(
            model_name="entitlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["places", "consultant_days", "downloads"]), ("quantity__gt", 0)),
                    models.Q(
                        ("kind", "percent_off_theme"),
                        ("percent__gt", 0),
                        ("percent__lte", 100),
                        models.Q(("theme", ""), _negated=True),
                    ),
                    models.Q(("kind", "network"), models.Q(("network", ""), _negated=True)),
                    models.Q(("kind", "group_deal"), ("offer__isnull", False)),
                    _connector="OR",
                ),
                name="entitlement_says_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="entitlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("carry_most__lte", models.F("quantity"))), name="entitlement_carries_its_own"
            ),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
