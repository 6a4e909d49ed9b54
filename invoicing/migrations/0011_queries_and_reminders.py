import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

from invoicing.credit_control import guards
from marketplace.core import triggers


def install(apps, schema_editor):
    """A query moves only where it may; what a claim has used stays."""
    triggers.install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0010_vat_rules"), ("organisations", "0003_delegation")]

    operations = [
        migrations.CreateModel(
            name="LatePaymentPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField(unique=True)),
                ("claims", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="InvoiceQuery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=24, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits for finance"),
                            ("answered", "Waits for the school"),
                            ("resolved", "Resolved"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("agreed", "Agreed as invoiced"),
                            ("credited", "Credited"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=9,
                    ),
                ),
                ("opened_on", models.DateField()),
                ("resolved_on", models.DateField(null=True)),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="queries",
                        to="invoicing.document",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="queries",
                        to="organisations.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QueryLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("live", models.BooleanField(default=True)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="queried", to="invoicing.documentline"
                    ),
                ),
                (
                    "query",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="invoicing.invoicequery"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QueryMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(choices=[("customer", "The school"), ("finance", "Finance")], max_length=8)),
                ("written_at", models.DateTimeField()),
                ("text", models.TextField(max_length=2000)),
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
                (
                    "query",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="invoicing.invoicequery",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReferenceRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("half_from", models.DateField(unique=True)),
                ("rate", models.DecimalField(decimal_places=5, max_digits=6)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("rate__gte", 0), ("rate__lt", 1)), name="reference_rate_is_a_fraction"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("half_from__day", 1), ("half_from__month__in", [1, 7])),
                        name="reference_rate_half_year",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LateClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField()),
                ("until_on", models.DateField()),
                ("interest_pence", models.BigIntegerField()),
                ("fixed_pence", models.BigIntegerField(default=0)),
                (
                    "fixed_charge",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="invoicing.charge"
                    ),
                ),
                (
                    "interest_charge",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="invoicing.charge"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="late_claims",
                        to="invoicing.receivableitem",
                    ),
                ),
                (
                    "rate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="invoicing.referencerate"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sent_on", models.DateField()),
                ("pence", models.BigIntegerField()),
                ("in_query_pence", models.BigIntegerField(default=0)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "E-mail with the statement"),
                            ("letter", "Letter to post, and the same by e-mail"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "copied_to",
                    models.CharField(
                        choices=[
                            ("nobody", "Nobody"),
                            ("approvers", "Those who approve orders there"),
                            ("trust", "Those who approve, and the trust's finance"),
                        ],
                        max_length=9,
                    ),
                ),
                ("words", models.TextField(max_length=2000)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="organisations.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReminderLevel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(unique=True)),
                ("name", models.CharField(max_length=60)),
                ("days_after", models.PositiveSmallIntegerField(unique=True)),
                ("words", models.TextField(max_length=2000)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "E-mail with the statement"),
                            ("letter", "Letter to post, and the same by e-mail"),
                        ],
                        default="email",
                        max_length=6,
                    ),
                ),
                (
                    "copied_to",
                    models.CharField(
                        choices=[
                            ("nobody", "Nobody"),
                            ("approvers", "Those who approve orders there"),
                            ("trust", "Those who approve, and the trust's finance"),
                        ],
                        default="nobody",
                        max_length=9,
                    ),
                ),
                ("minimum_pence", models.BigIntegerField(default=0)),
                ("used", models.BooleanField(default=True, help_text="Whether reminders of this level are sent.")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("days_after__gte", 1), ("days_after__lte", 365)),
                        name="reminder_level_days_sensible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minimum_pence__gte", 0)), name="reminder_level_minimum_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReminderItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pence", models.BigIntegerField()),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="invoicing.receivableitem",
                    ),
                ),
                (
                    "reminder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="invoicing.reminder"
                    ),
                ),
                (
                    "level",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.reminderlevel",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="reminder",
            name="level",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reminders",
                to="invoicing.reminderlevel",
            ),
        ),
        migrations.CreateModel(
            name="ReminderPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField()),
                ("until_on", models.DateField()),
                ("reason", models.CharField(max_length=240)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminder_pauses",
                        to="organisations.organisation",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="invoicequery",
            index=models.Index(fields=["document"], name="query_document"),
        ),
        migrations.AddIndex(
            model_name="invoicequery",
            index=models.Index(fields=["organisation", "-id"], name="query_organisation"),
        ),
        migrations.AddIndex(
            model_name="invoicequery",
            index=models.Index(
                condition=models.Q(("state", "resolved"), _negated=True), fields=["state", "id"], name="query_live"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicequery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "resolved"), ("resolved_on__isnull", False), models.Q(("outcome", ""), _negated=True)
                    ),
                    models.Q(
                        models.Q(("state", "resolved"), _negated=True), ("outcome", ""), ("resolved_on__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="query_resolved_iff_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicequery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("resolved_on__isnull", True), ("resolved_on__gte", models.F("opened_on")), _connector="OR"
                ),
                name="query_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="queryline",
            constraint=models.UniqueConstraint(fields=("query", "line"), name="query_line_once"),
        ),
        migrations.AddConstraint(
            model_name="queryline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("live", True)), fields=("line",), name="query_line_live_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="querymessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="query_message_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="lateclaim",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(models.F("item_id"), models.F("item_id"), models.Value("[]"), function="int8range"),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.F("from_on"),
                            models.F("until_on"),
                            models.Value("[)"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="late_claim_days_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="lateclaim",
            constraint=models.UniqueConstraint(
                condition=models.Q(("fixed_pence__gt", 0)), fields=("item",), name="late_claim_fixed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="lateclaim",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_on__gt", models.F("from_on"))), name="late_claim_days_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="lateclaim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("interest_charge__isnull", False), ("interest_pence__gt", 0)),
                    models.Q(("interest_charge__isnull", True), ("interest_pence", 0)),
                    _connector="OR",
                ),
                name="late_claim_interest_iff_charge",
            ),
        ),
        migrations.AddConstraint(
            model_name="lateclaim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fixed_charge__isnull", False), ("fixed_pence__in", [4000, 7000, 10000])),
                    models.Q(("fixed_charge__isnull", True), ("fixed_pence", 0)),
                    _connector="OR",
                ),
                name="late_claim_fixed_iff_charge",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminderitem",
            constraint=models.UniqueConstraint(fields=("item", "level"), name="reminder_item_level_once"),
        ),
        migrations.AddConstraint(
            model_name="reminderitem",
            constraint=models.CheckConstraint(condition=models.Q(("pence__gt", 0)), name="reminder_item_positive"),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(fields=["organisation", "-id"], name="reminder_organisation"),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(("in_query_pence__gte", 0), ("pence__gt", 0)), name="reminder_asks_for_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminderpause",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_on__gte", models.F("from_on"))), name="reminder_pause_in_order"
            ),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
