"""The contract register: what schools hold elsewhere, its documents and reminders, and their own rules for quotes."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_joints"),
        ("organisations", "0005_cost_centre"),
        ("subscriptions", "0011_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutsideContract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outside_contracts",
                        to="organisations.organisation",
                    ),
                ),
                ("supplier", models.CharField(max_length=160)),
                ("title", models.CharField(max_length=160)),
                ("cfr_code", models.CharField(max_length=6)),
                ("year_pence", models.BigIntegerField()),
                ("vat_category", models.CharField(max_length=2)),
                ("vat_rate", models.DecimalField(decimal_places=4, max_digits=5)),
                ("term_from", models.DateField()),
                ("term_to", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                ("notice_weeks", models.PositiveSmallIntegerField(default=0)),
                ("notice_by", models.DateField(null=True)),
                (
                    "renewal",
                    models.CharField(
                        choices=[
                            ("ask", "Only if you renew it"),
                            ("automatic", "By itself, unless you give notice"),
                            ("none", "Ends with its term"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("", "Not decided"), ("keep", "To be kept"), ("notice", "Notice given")],
                        default="",
                        max_length=6,
                    ),
                ),
                ("decided_on", models.DateField(null=True)),
                (
                    "owner_person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                (
                    "related",
                    models.CharField(
                        choices=[
                            ("none", "Nobody is related"),
                            ("interest", "A trustee or governor has an interest"),
                            ("declared", "An interest, and it is declared"),
                        ],
                        default="none",
                        max_length=8,
                    ),
                ),
                ("related_role", models.CharField(blank=True, max_length=80)),
                ("quotes", models.PositiveSmallIntegerField(default=0)),
                ("notes", models.CharField(blank=True, max_length=1000)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation", "term_to"], name="outside_contract_organisation"),
                    models.Index(
                        condition=models.Q(("decision", ""), ("ended_on__isnull", True)),
                        fields=["notice_by"],
                        name="outside_contract_notice",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("term_to__gt", models.F("term_from"))), name="outside_contract_term"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on__isnull", True),
                            models.Q(("ended_on__gte", models.F("term_from")), ("ended_on__lte", models.F("term_to"))),
                            _connector="OR",
                        ),
                        name="outside_contract_ended_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year_pence__gte", 0)), name="outside_contract_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("vat_rate__gte", 0),
                            ("vat_rate__lt", 1),
                            models.Q(("vat_category", "S"), ("vat_rate", 0), _connector="OR"),
                        ),
                        name="outside_contract_vat",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("notice_by__isnull", True),
                            models.Q(("notice_by__lt", models.F("term_to")), ("notice_weeks__gt", 0)),
                            _connector="OR",
                        ),
                        name="outside_contract_notice_in_term",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("notice_weeks__lte", 104)), name="outside_contract_notice_sensible"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_on__isnull", True), ("decision", "")),
                            models.Q(models.Q(("decision", ""), _negated=True), ("decided_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="outside_contract_decided_iff_dated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("related", "none"), ("related_role", "")),
                            models.Q(
                                models.Q(("related", "none"), _negated=True),
                                models.Q(("related_role", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="outside_contract_related_by_role",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "contract",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="subscriptions.outsidecontract",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("contract", "Contract or terms"),
                            ("quote", "Quote"),
                            ("declaration", "Declaration of interest"),
                            ("other", "Other"),
                        ],
                        max_length=11,
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("version", models.PositiveSmallIntegerField()),
                (
                    "stored",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.storedfile"
                    ),
                ),
                ("added_on", models.DateField()),
                ("ended_on", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("contract", "title", "version"), name="contract_document_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on__isnull", True)),
                        fields=("contract", "title"),
                        name="contract_document_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stored__isnull", False), ("ended_on__isnull", False), _connector="OR"),
                        name="contract_document_current_has_file",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ContractReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "contract",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="subscriptions.outsidecontract",
                    ),
                ),
                ("notice_by", models.DateField()),
                ("days_before", models.PositiveSmallIntegerField()),
                ("reminded_on", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contract", "notice_by", "days_before"), name="contract_reminder_once"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="QuoteRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("bands", models.JSONField()),
                ("source", models.CharField(max_length=160)),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    models.F("organisation_id"),
                                    models.F("organisation_id"),
                                    models.Value("[]"),
                                    function="int8range",
                                ),
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
                        name="quote_rule_no_overlap",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="quote_rule_dates",
                    ),
                ],
                "indexes": [],
            },
        ),
    ]
