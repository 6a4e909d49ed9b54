import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from invoicing.journals import guards
from marketplace.core import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0011_queries_and_reminders"), ("organisations", "0003_delegation")]

    operations = [
        migrations.CreateModel(
            name="ManualJournal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=24, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "With approver"),
                            ("sent_back", "Sent back"),
                            ("approved", "Approved"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("sent_back_reason", models.CharField(blank=True, max_length=240)),
                ("kind", models.CharField(choices=[("journal", "Journal"), ("accrual", "Accrual")], max_length=7)),
                ("on", models.DateField()),
                ("reason", models.CharField(max_length=200)),
                ("auto_reverse_on", models.DateField(null=True)),
                ("pence", models.BigIntegerField()),
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
                (
                    "entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="manual_journal",
                        to="invoicing.journalentry",
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                (
                    "reversal",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.journalentry",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ManualJournalLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("pence", models.BigIntegerField()),
                ("analysis_code", models.CharField(blank=True, max_length=60)),
                (
                    "credit_account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.ledgeraccount",
                    ),
                ),
                (
                    "debit_account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.ledgeraccount",
                    ),
                ),
                (
                    "journal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="invoicing.manualjournal"
                    ),
                ),
                (
                    "stream",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.incomestream",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OpeningPosition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=24, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "With approver"),
                            ("sent_back", "Sent back"),
                            ("approved", "Approved"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("sent_back_reason", models.CharField(blank=True, max_length=240)),
                ("on", models.DateField()),
                ("file_name", models.CharField(max_length=120)),
                ("content", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
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
                (
                    "prepared_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OpeningPlaces",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("offer", models.CharField(max_length=200)),
                ("count", models.PositiveIntegerField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "position",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="places",
                        to="invoicing.openingposition",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Purchase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=24, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "With approver"),
                            ("sent_back", "Sent back"),
                            ("approved", "Approved"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("sent_back_reason", models.CharField(blank=True, max_length=240)),
                ("supplier_number", models.CharField(help_text="The number on the supplier's invoice.", max_length=40)),
                ("dated_on", models.DateField()),
                ("due_on", models.DateField()),
                ("net_pence", models.BigIntegerField()),
                ("vat_pence", models.BigIntegerField()),
                ("gross_pence", models.BigIntegerField()),
                ("outstanding_pence", models.BigIntegerField(default=0)),
                ("opening", models.BooleanField(default=False)),
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
                (
                    "entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchase",
                        to="invoicing.journalentry",
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchases",
                        to="organisations.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PurchaseLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("description", models.CharField(max_length=200)),
                ("net_pence", models.BigIntegerField()),
                ("vat_rate", models.DecimalField(decimal_places=4, max_digits=5)),
                ("vat_pence", models.BigIntegerField()),
                (
                    "tag",
                    models.CharField(
                        choices=[
                            ("taxable", "For taxable sales"),
                            ("exempt", "For exempt sales"),
                            ("residual", "For both"),
                            ("non_business", "Outside business"),
                        ],
                        max_length=12,
                    ),
                ),
                ("recovery_rate", models.DecimalField(decimal_places=4, max_digits=5)),
                ("recovered_pence", models.BigIntegerField()),
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
                    "purchase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="invoicing.purchase"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PurchasePayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pence", models.BigIntegerField()),
                ("paid_on", models.DateField()),
                ("reference", models.CharField(blank=True, max_length=120)),
                ("undone_on", models.DateField(null=True)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="invoicing.journalentry"
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="invoicing.purchase"
                    ),
                ),
                (
                    "undone_entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.journalentry",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("rate", models.DecimalField(decimal_places=4, max_digits=5)),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    models.F("valid_from"),
                                    models.F("valid_to"),
                                    models.Value("[)"),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            )
                        ],
                        name="recovery_rate_no_overlap",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate__gte", 0), ("rate__lte", 1)), name="recovery_rate_share"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="recovery_rate_dates",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="manualjournal",
            index=models.Index(fields=["-on", "-id"], name="journal_on"),
        ),
        migrations.AddIndex(
            model_name="manualjournal",
            index=models.Index(condition=models.Q(("state", "submitted")), fields=["id"], name="journal_to_approve"),
        ),
        migrations.AddIndex(
            model_name="manualjournal",
            index=models.Index(
                condition=models.Q(
                    ("auto_reverse_on__isnull", False), ("entry__isnull", False), ("reversal__isnull", True)
                ),
                fields=["auto_reverse_on"],
                name="journal_to_reverse",
            ),
        ),
        migrations.AddConstraint(
            model_name="manualjournal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("prepared_by")), _negated=True),
                    _connector="OR",
                ),
                name="journal_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="manualjournal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_by__isnull", False), ("state", "approved")),
                    ("state", "cancelled"),
                    models.Q(("approved_by__isnull", True), ("state__in", ["draft", "submitted", "sent_back"])),
                    _connector="OR",
                ),
                name="journal_approved_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="manualjournal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "sent_back"), _negated=True),
                    models.Q(("sent_back_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="journal_sent_back_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="manualjournal",
            constraint=models.CheckConstraint(condition=models.Q(("pence__gt", 0)), name="journal_positive"),
        ),
        migrations.AddConstraint(
            model_name="manualjournal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="journal_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="manualjournal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("auto_reverse_on__isnull", True), ("auto_reverse_on__gt", models.F("on")), _connector="OR"
                ),
                name="journal_reverses_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="manualjournal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "accrual"), _negated=True), ("auto_reverse_on__isnull", False), _connector="OR"
                ),
                name="journal_accrual_reverses",
            ),
        ),
        migrations.AddConstraint(
            model_name="manualjournal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entry__isnull", False), ("state", "approved")),
                    models.Q(models.Q(("state", "approved"), _negated=True), ("entry__isnull", True)),
                    _connector="OR",
                ),
                name="journal_posted_iff_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="manualjournal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reversal__isnull", True),
                    models.Q(("auto_reverse_on__isnull", False), ("entry__isnull", False)),
                    _connector="OR",
                ),
                name="journal_reversed_if_posted",
            ),
        ),
        migrations.AddConstraint(
            model_name="manualjournalline",
            constraint=models.UniqueConstraint(fields=("journal", "position"), name="journal_line_once"),
        ),
        migrations.AddConstraint(
            model_name="manualjournalline",
            constraint=models.CheckConstraint(condition=models.Q(("pence__gt", 0)), name="journal_line_positive"),
        ),
        migrations.AddConstraint(
            model_name="manualjournalline",
            constraint=models.CheckConstraint(
                condition=models.Q(("debit_account", models.F("credit_account")), _negated=True),
                name="journal_line_sides_differ",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingposition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("prepared_by")), _negated=True),
                    _connector="OR",
                ),
                name="opening_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingposition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_by__isnull", False), ("state", "approved")),
                    ("state", "cancelled"),
                    models.Q(("approved_by__isnull", True), ("state__in", ["draft", "submitted", "sent_back"])),
                    _connector="OR",
                ),
                name="opening_approved_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingposition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "sent_back"), _negated=True),
                    models.Q(("sent_back_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="opening_sent_back_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingposition",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["submitted", "approved"])),
                fields=("state",),
                name="opening_position_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingposition",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["submitted", "sent_back", "approved"])),
                name="opening_position_states",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingplaces",
            constraint=models.CheckConstraint(condition=models.Q(("count__gt", 0)), name="opening_places_some"),
        ),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(fields=["-dated_on", "-id"], name="purchase_dated"),
        ),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(
                condition=models.Q(("outstanding_pence__gt", 0)), fields=["due_on"], name="purchase_unpaid"
            ),
        ),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(condition=models.Q(("state", "submitted")), fields=["id"], name="purchase_to_approve"),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("prepared_by")), _negated=True),
                    _connector="OR",
                ),
                name="purchase_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_by__isnull", False), ("state", "approved")),
                    ("state", "cancelled"),
                    models.Q(("approved_by__isnull", True), ("state__in", ["draft", "submitted", "sent_back"])),
                    _connector="OR",
                ),
                name="purchase_approved_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "sent_back"), _negated=True),
                    models.Q(("sent_back_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="purchase_sent_back_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "cancelled"), _negated=True),
                fields=("supplier", "supplier_number"),
                name="purchase_supplier_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(("supplier_number", ""), _negated=True), name="purchase_has_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gte", models.F("dated_on"))), name="purchase_due_after_date"
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gross_pence",
                        django.db.models.expressions.CombinedExpression(
                            models.F("net_pence"), "+", models.F("vat_pence")
                        ),
                    ),
                    ("net_pence__gt", 0),
                    ("vat_pence__gte", 0),
                ),
                name="purchase_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outstanding_pence__gte", 0),
                    ("outstanding_pence__lte", models.F("gross_pence")),
                    models.Q(("state", "approved"), ("outstanding_pence", 0), _connector="OR"),
                ),
                name="purchase_outstanding_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entry__isnull", False), ("state", "approved")),
                    ("state", "cancelled"),
                    models.Q(("entry__isnull", True), ("state__in", ["draft", "submitted", "sent_back"])),
                    _connector="OR",
                ),
                name="purchase_posted_iff_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaseline",
            constraint=models.UniqueConstraint(fields=("purchase", "position"), name="purchase_line_once"),
        ),
        migrations.AddConstraint(
            model_name="purchaseline",
            constraint=models.CheckConstraint(
                condition=models.Q(("net_pence__gt", 0), ("vat_pence__gte", 0)), name="purchase_line_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaseline",
            constraint=models.CheckConstraint(
                condition=models.Q(("vat_rate__gt", 0), ("vat_pence", 0), _connector="OR"),
                name="purchase_line_vat_has_rate",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaseline",
            constraint=models.CheckConstraint(
                condition=models.Q(("recovered_pence__gte", 0), ("recovered_pence__lte", models.F("vat_pence"))),
                name="purchase_line_recovered_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaseline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("recovered_pence", models.F("vat_pence")), ("tag", "taxable")),
                    ("tag", "residual"),
                    models.Q(("recovered_pence", 0), ("tag__in", ["exempt", "non_business"])),
                    _connector="OR",
                ),
                name="purchase_line_recovered_by_tag",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchasepayment",
            constraint=models.CheckConstraint(condition=models.Q(("pence__gt", 0)), name="purchase_payment_positive"),
        ),
        migrations.AddConstraint(
            model_name="purchasepayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undone_entry__isnull", True), ("undone_on__isnull", True)),
                    models.Q(("undone_entry__isnull", False), ("undone_on__isnull", False)),
                    _connector="OR",
                ),
                name="purchase_payment_undone_by_entry",
            ),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
