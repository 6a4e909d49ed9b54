"""How services are agreed, what they promise, and terms of service."""

from decimal import Decimal

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from marketplace.core import triggers
from subscriptions.slas import guards
from subscriptions.slas.models import one_year


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [
        ("subscriptions", "0009_shared"),
        ("catalogue", "0012_runs"),
        ("core", "0006_lighter_places"),
        ("organisations", "0005_cost_centre"),
    ]

    operations = [
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("how", models.CharField(choices=[("page", "On the page"), ("paper", "On paper")], max_length=5)),
                ("note", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "ordering": ["agreement_id", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Promise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "priority",
                    models.CharField(
                        choices=[
                            ("P1", "P1: nobody can work"),
                            ("P2", "P2: some cannot work"),
                            ("P3", "P3: hindered"),
                            ("P4", "P4: a question"),
                        ],
                        max_length=2,
                    ),
                ),
                ("response_minutes", models.PositiveIntegerField()),
                ("fix_minutes", models.PositiveIntegerField()),
                ("credit_percent", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=5)),
            ],
            options={
                "ordering": ["table_id", "priority"],
            },
        ),
        migrations.CreateModel(
            name="PromiseTable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.CharField(blank=True, max_length=20)),
                ("valid_from", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="ServiceTerms",
            fields=[
                (
                    "offer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="service_terms",
                        serialize=False,
                        to="catalogue.offer",
                    ),
                ),
                (
                    "years",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), default=one_year, size=None
                    ),
                ),
                (
                    "maintained_starts",
                    models.CharField(
                        blank=True,
                        max_length=5,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A(\\d{2}-\\d{2})?\\Z", "A day of the year must be like 04-01"
                            )
                        ],
                    ),
                ),
                (
                    "academy_starts",
                    models.CharField(
                        blank=True,
                        max_length=5,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A(\\d{2}-\\d{2})?\\Z", "A day of the year must be like 04-01"
                            )
                        ],
                    ),
                ),
                (
                    "prorate",
                    models.CharField(
                        choices=[("months", "By months"), ("days", "By days"), ("full", "The full year")], max_length=6
                    ),
                ),
                (
                    "part_year",
                    models.CharField(
                        choices=[
                            ("first", "It is the first of the years agreed"),
                            ("before", "It comes before the years agreed"),
                        ],
                        max_length=6,
                    ),
                ),
                ("frozen_years", models.PositiveSmallIntegerField(default=1)),
                ("uplift", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=5)),
                ("notice_weeks", models.PositiveSmallIntegerField(default=12)),
                (
                    "renewal",
                    models.CharField(
                        choices=[
                            ("ask", "When the school says so"),
                            ("automatic", "By itself, unless notice is given"),
                            ("none", "Ends with its term"),
                        ],
                        default="ask",
                        max_length=9,
                    ),
                ),
                (
                    "credit",
                    models.CharField(
                        choices=[
                            ("months", "Whole months not used"),
                            ("days", "Each day not used"),
                            ("none", "Nothing"),
                        ],
                        max_length=6,
                    ),
                ),
                ("terms_code", models.SlugField(default="services", max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name="TermsDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40)),
                ("version", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=120)),
                ("body", models.TextField()),
                ("published_on", models.DateField(null=True)),
            ],
            options={
                "ordering": ["code", "-version"],
            },
        ),
        migrations.AddField(
            model_name="acceptance",
            name="agreement",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="acceptances",
                to="subscriptions.agreement",
            ),
        ),
        migrations.AddField(
            model_name="acceptance",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.person",
            ),
        ),
        migrations.AddField(
            model_name="acceptance",
            name="scan",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="promisetable",
            name="offer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="promise_tables",
                to="catalogue.offer",
            ),
        ),
        migrations.AddField(
            model_name="promise",
            name="table",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="promises",
                to="subscriptions.promisetable",
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("years__len__gte", 1), ("years__len__lte", 7)), name="service_terms_years"
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("uplift__gte", 0), ("uplift__lte", 25)), name="service_terms_uplift"
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("frozen_years__gte", 1), ("frozen_years__lte", 7), ("notice_weeks__lte", 104)),
                name="service_terms_sensible",
            ),
        ),
        migrations.AddConstraint(
            model_name="termsdocument",
            constraint=models.UniqueConstraint(fields=("code", "version"), name="terms_version_once"),
        ),
        migrations.AddConstraint(
            model_name="termsdocument",
            constraint=models.UniqueConstraint(
                condition=models.Q(("published_on__isnull", True)), fields=("code",), name="terms_one_draft"
            ),
        ),
        migrations.AddConstraint(
            model_name="termsdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("version__gte", 1), models.Q(("title", ""), _negated=True), models.Q(("body", ""), _negated=True)
                ),
                name="terms_say_something",
            ),
        ),
        migrations.AddField(
            model_name="acceptance",
            name="terms",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="acceptances",
                to="subscriptions.termsdocument",
            ),
        ),
        migrations.AddConstraint(
            model_name="promisetable",
            constraint=models.UniqueConstraint(fields=("offer", "level", "valid_from"), name="promise_table_once"),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.UniqueConstraint(fields=("table", "priority"), name="promise_once"),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(("fix_minutes__gte", models.F("response_minutes")), ("response_minutes__gte", 1)),
                name="promise_minutes",
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(("credit_percent__gte", 0), ("credit_percent__lte", 100)), name="promise_credit"
            ),
        ),
        migrations.AddConstraint(
            model_name="acceptance",
            constraint=models.UniqueConstraint(fields=("agreement", "terms"), name="acceptance_once"),
        ),
        migrations.AddConstraint(
            model_name="acceptance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("how", "page"), ("note", ""), ("scan__isnull", True)),
                    models.Q(("how", "paper"), ("scan__isnull", False), models.Q(("note", ""), _negated=True)),
                    _connector="OR",
                ),
                name="acceptance_paper_has_scan",
            ),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
