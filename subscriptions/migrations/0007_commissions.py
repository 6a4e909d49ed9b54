"""Council contracts: lines, packages and what is drawn of them, indicators, returns, approvals of invoices."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


from marketplace.core.triggers import install
from subscriptions.commissions.guards import FUNCTIONS, TRIGGERS


def guards(apps, schema_editor):
    install(schema_editor.connection, FUNCTIONS, TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0003_presenters"),
        ("invoicing", "0006_payment_batches"),
        ("organisations", "0001_schema"),
        ("subscriptions", "0006_hubs"),
    ]

    operations = [
        migrations.CreateModel(
            name="CouncilContract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "contract",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="council",
                        to="subscriptions.outcomecontract",
                    ),
                ),
                ("statutory_basis", models.CharField(max_length=240)),
                ("notice_days", models.PositiveSmallIntegerField(default=90)),
                ("return_days", models.PositiveSmallIntegerField(default=21)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("statutory_basis", ""), _negated=True), name="council_contract_basis"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FundingLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "council",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="subscriptions.councilcontract",
                    ),
                ),
                ("year_from", models.DateField()),
                (
                    "block",
                    models.CharField(
                        choices=[
                            ("dedelegated", "De-delegated"),
                            ("high_needs", "High needs block"),
                            ("central", "Central school services block"),
                            ("public_health", "Public health grant"),
                            ("council", "Council's own budget"),
                        ],
                        max_length=13,
                    ),
                ),
                ("pence", models.BigIntegerField()),
            ],
            options={
                "ordering": ["year_from", "block"],
                "constraints": [
                    models.UniqueConstraint(fields=("council", "year_from", "block"), name="funding_line_once"),
                    models.CheckConstraint(condition=models.Q(("pence__gt", 0)), name="funding_line_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("year_from__day", 1), ("year_from__month", 4)), name="funding_line_year"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandoverStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "council",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handover",
                        to="subscriptions.councilcontract",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=200)),
                ("due_on", models.DateField()),
                ("done_on", models.DateField(null=True)),
                (
                    "done_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("council", "position"), name="handover_step_position"),
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="handover_step_said"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Package",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "council",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="packages",
                        to="subscriptions.councilcontract",
                    ),
                ),
                ("code", models.SlugField(max_length=40)),
                ("title", models.CharField(max_length=120)),
                ("what", models.TextField(blank=True)),
                ("unit", models.CharField(max_length=30)),
                (
                    "block",
                    models.CharField(
                        choices=[
                            ("dedelegated", "De-delegated"),
                            ("high_needs", "High needs block"),
                            ("central", "Central school services block"),
                            ("public_health", "Public health grant"),
                            ("council", "Council's own budget"),
                        ],
                        max_length=13,
                    ),
                ),
                ("price_pence", models.BigIntegerField()),
                ("allocation", models.DecimalField(decimal_places=2, max_digits=10)),
                ("drawn", models.DecimalField(decimal_places=2, default=0, max_digits=10)),
                ("each_most", models.DecimalField(decimal_places=2, max_digits=10, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                ("by", models.CharField(choices=[("list", "A list"), ("rule", "A rule")], max_length=4)),
                (
                    "phases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), default=list, size=None
                    ),
                ),
                (
                    "billing_classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24), default=list, size=None
                    ),
                ),
                ("confidential", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(fields=("council", "code"), name="package_code"),
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gt", models.F("valid_from"))), name="package_dates"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("allocation__gt", 0),
                            ("drawn__gte", 0),
                            ("drawn__lte", models.F("allocation")),
                            ("price_pence__gte", 0),
                        ),
                        name="package_within_allocation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("each_most__isnull", True), ("each_most__gt", 0), _connector="OR"),
                        name="package_each_most",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidential", False), ("by", "list"), _connector="OR"),
                        name="package_confidential_list",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PackageSchool",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "package",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="schools",
                        to="subscriptions.package",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="funded_packages",
                        to="organisations.organisation",
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("package", "school"),
                        name="package_school_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="package_school_dates",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PackageOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "package",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="subscriptions.package",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="funded_by", to="catalogue.offer"
                    ),
                ),
                ("share", models.DecimalField(decimal_places=4, max_digits=5)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("package", "offer"), name="package_offer_once"),
                    models.CheckConstraint(
                        condition=models.Q(("share__gt", 0), ("share__lte", 1)), name="package_offer_share"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PackageDraw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "package",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draws",
                        to="subscriptions.package",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                ("source_key", models.CharField(max_length=120, unique=True)),
                ("label", models.CharField(help_text="What it was for; no person's name.", max_length=120)),
                ("on", models.DateField()),
                ("units", models.DecimalField(decimal_places=2, max_digits=10)),
                ("released", models.DecimalField(decimal_places=2, default=0, max_digits=10)),
                ("price_pence", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["package", "school", "on"], name="package_draw_school")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released__gte", 0), ("released__lte", models.F("units")), ("units__gt", 0)
                        ),
                        name="package_draw_within",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PackageMovement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "draw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="subscriptions.packagedraw",
                    ),
                ),
                ("kind", models.CharField(choices=[("drawn", "Drawn"), ("released", "Given back")], max_length=8)),
                ("units", models.DecimalField(decimal_places=2, max_digits=10)),
                ("on", models.DateField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("units__gt", 0)), name="package_movement_positive"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "drawn")), fields=("draw",), name="package_movement_drawn_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Indicator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "council",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="indicators",
                        to="subscriptions.councilcontract",
                    ),
                ),
                ("code", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=160)),
                ("definition", models.TextField(blank=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("number", "Number"),
                            ("percentage", "Percentage"),
                            ("within_weeks", "Percentage within statutory weeks"),
                        ],
                        max_length=12,
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=40)),
                ("weeks", models.PositiveSmallIntegerField(null=True)),
                ("target", models.DecimalField(decimal_places=4, max_digits=14)),
                ("lower_is_better", models.BooleanField(default=False)),
                ("due_on", models.DateField()),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(fields=("council", "code"), name="indicator_code"),
                    models.CheckConstraint(condition=models.Q(("target__gte", 0)), name="indicator_target"),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "number"), ("target__lte", 100), _connector="OR"),
                        name="indicator_percentage_of_a_hundred",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "within_weeks"), ("weeks__gt", 0)),
                            models.Q(models.Q(("kind", "within_weeks"), _negated=True), ("weeks__isnull", True)),
                            _connector="OR",
                        ),
                        name="indicator_weeks",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IndicatorMeasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "indicator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="subscriptions.indicator",
                    ),
                ),
                (
                    "measure",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="indicator_link",
                        to="subscriptions.measure",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["indicator", "measure"], name="indicator_measure")],
            },
        ),
        migrations.CreateModel(
            name="QuarterReturn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "council",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="subscriptions.councilcontract",
                    ),
                ),
                ("ordinal", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("sent", "To accept"),
                            ("queried", "Queried"),
                            ("accepted", "Accepted"),
                        ],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("quarter_from", models.DateField()),
                ("quarter_to", models.DateField()),
                ("due_on", models.DateField()),
                ("narrative", models.TextField(blank=True)),
                ("figures", models.JSONField(default=dict)),
                ("sent_on", models.DateField(null=True)),
                (
                    "sent_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                ("decided_on", models.DateField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                ("query", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["ordinal"],
                "indexes": [models.Index(fields=["state", "due_on", "id"], name="quarter_return_state")],
                "constraints": [
                    models.UniqueConstraint(fields=("council", "ordinal"), name="quarter_return_ordinal"),
                    models.CheckConstraint(
                        condition=models.Q(("quarter_to__gt", models.F("quarter_from"))), name="quarter_return_dates"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_on__isnull", True), ("state", "draft")),
                            models.Q(models.Q(("state", "draft"), _negated=True), ("sent_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="quarter_return_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "accepted"), _negated=True),
                            ("decided_on__isnull", False),
                            _connector="OR",
                        ),
                        name="quarter_return_accepted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "queried"), _negated=True),
                            models.Q(("query", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="quarter_return_query_said",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sent_by__isnull", True),
                            ("decided_by__isnull", True),
                            models.Q(("sent_by", models.F("decided_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="quarter_return_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IndicatorReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "indicator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="subscriptions.indicator",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="subscriptions.quarterreturn",
                    ),
                ),
                ("value", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ("part", models.PositiveIntegerField(null=True)),
                ("whole", models.PositiveIntegerField(null=True)),
                ("excepted", models.PositiveIntegerField(default=0)),
                ("source", models.CharField(max_length=160)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("indicator", "report"), name="indicator_reading_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("part__isnull", True), ("whole__isnull", True)),
                            ("part__lte", models.F("whole")),
                            _connector="OR",
                        ),
                        name="indicator_reading_part",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="indicator_reading_source"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceApproval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commissioner_approval",
                        to="invoicing.document",
                    ),
                ),
                ("purchase_order", models.CharField(max_length=20)),
                (
                    "approved_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                ("approved_on", models.DateField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("purchase_order", ""), _negated=True), name="invoice_approval_order"
                    )
                ],
            },
        ),
        migrations.RunPython(guards, migrations.RunPython.noop),
    ]
