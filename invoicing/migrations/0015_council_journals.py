import django.db.models.deletion
from django.db import migrations, models

from invoicing.council_journals import guards
from marketplace.core import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0014_second_person"), ("organisations", "0005_cost_centre")]

    operations = [
        migrations.AlterField(
            model_name="unallocateditem",
            name="kind",
            field=models.CharField(
                choices=[
                    ("receipt", "Receipt"),
                    ("credit_note", "Credit note"),
                    ("carried", "Carried from another customer"),
                    ("write_off", "Written off"),
                    ("journal", "Council journal"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="CouncilJournal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=24, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("sent", "Sent to the council"),
                            ("confirmed", "Confirmed by the council"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("prepared_on", models.DateField()),
                ("net_pence", models.BigIntegerField()),
                ("vat_pence", models.BigIntegerField()),
                ("gross_pence", models.BigIntegerField()),
                ("sent_on", models.DateField(null=True)),
                ("confirmed_on", models.DateField(null=True)),
                ("council_reference", models.CharField(blank=True, max_length=60)),
                ("confirmed_pence", models.BigIntegerField(null=True)),
                ("received_pence", models.BigIntegerField(db_default=0, default=0)),
                ("withdrawn_on", models.DateField(null=True)),
                ("withdrawn_reason", models.CharField(blank=True, max_length=240)),
            ],
        ),
        migrations.CreateModel(
            name="CouncilJournalItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cost_centre", models.CharField(max_length=20)),
                ("pence", models.BigIntegerField()),
                ("live", models.BooleanField(default=True)),
                ("settled_pence", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CouncilJournalLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cfr_code", models.CharField(blank=True, max_length=6)),
                ("net_pence", models.BigIntegerField()),
                ("vat_pence", models.BigIntegerField()),
                ("gross_pence", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="CouncilJournalReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pence", models.BigIntegerField()),
                ("received_on", models.DateField()),
                ("reference", models.CharField(blank=True, max_length=120)),
                ("undone_on", models.DateField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="counciljournal",
            name="authority",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="council_journals",
                to="organisations.organisation",
            ),
        ),
        migrations.AddField(
            model_name="counciljournal",
            name="on_account",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="invoicing.unallocateditem"
            ),
        ),
        migrations.AddField(
            model_name="counciljournalitem",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="council_journals",
                to="invoicing.receivableitem",
            ),
        ),
        migrations.AddField(
            model_name="counciljournalitem",
            name="journal",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="invoicing.counciljournal",
            ),
        ),
        migrations.AddField(
            model_name="counciljournalline",
            name="part",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="invoicing.counciljournalitem",
            ),
        ),
        migrations.AddField(
            model_name="counciljournalreceipt",
            name="bank_account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoicing.ledgeraccount",
            ),
        ),
        migrations.AddField(
            model_name="counciljournalreceipt",
            name="entry",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="invoicing.journalentry"
            ),
        ),
        migrations.AddField(
            model_name="counciljournalreceipt",
            name="journal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="invoicing.counciljournal"
            ),
        ),
        migrations.AddField(
            model_name="counciljournalreceipt",
            name="undone_entry",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="invoicing.journalentry"
            ),
        ),
        migrations.AddIndex(
            model_name="counciljournal",
            index=models.Index(fields=["-prepared_on", "-id"], name="council_journal_prepared"),
        ),
        migrations.AddIndex(
            model_name="counciljournal",
            index=models.Index(fields=["authority", "-prepared_on", "-id"], name="council_journal_authority"),
        ),
        migrations.AddIndex(
            model_name="counciljournal",
            index=models.Index(
                condition=models.Q(("state__in", ["draft", "sent"])), fields=["id"], name="council_journal_live"
            ),
        ),
        migrations.AddConstraint(
            model_name="counciljournal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gross_pence",
                        models.expressions.CombinedExpression(models.F("net_pence"), "+", models.F("vat_pence")),
                    ),
                    ("net_pence__gt", 0),
                    ("vat_pence__gte", 0),
                ),
                name="council_journal_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="counciljournal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_on__isnull", True), ("state", "draft")),
                    models.Q(
                        ("sent_on__gte", models.F("prepared_on")),
                        ("sent_on__isnull", False),
                        ("state__in", ["sent", "confirmed"]),
                    ),
                    ("state", "withdrawn"),
                    _connector="OR",
                ),
                name="council_journal_sent_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="counciljournal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("confirmed_on__gte", models.F("sent_on")),
                        ("confirmed_on__isnull", False),
                        ("state", "confirmed"),
                        ("confirmed_pence__gt", 0),
                        ("confirmed_pence__isnull", False),
                        ("confirmed_pence__lte", models.F("gross_pence")),
                        ("on_account__isnull", False),
                        models.Q(("council_reference", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "confirmed"), _negated=True),
                        ("confirmed_on__isnull", True),
                        ("confirmed_pence__isnull", True),
                        ("on_account__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="council_journal_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="counciljournal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("received_pence", 0),
                    models.Q(
                        ("confirmed_pence__isnull", False),
                        ("received_pence__gt", 0),
                        ("received_pence__lte", models.F("confirmed_pence")),
                    ),
                    _connector="OR",
                ),
                name="council_journal_received_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="counciljournal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "withdrawn"),
                        ("withdrawn_on__isnull", False),
                        models.Q(("withdrawn_reason", ""), _negated=True),
                    ),
                    models.Q(models.Q(("state", "withdrawn"), _negated=True), ("withdrawn_on__isnull", True)),
                    _connector="OR",
                ),
                name="council_journal_withdrawn_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="counciljournalitem",
            constraint=models.UniqueConstraint(fields=("journal", "item"), name="council_journal_item_once"),
        ),
        migrations.AddConstraint(
            model_name="counciljournalitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("live", True)), fields=("item",), name="council_journal_item_live_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="counciljournalitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("pence__gt", 0)), name="council_journal_item_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="counciljournalitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("cost_centre", ""), _negated=True), name="council_journal_item_cost_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="counciljournalitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_pence__isnull", True),
                    models.Q(("live", False), ("settled_pence__gte", 0), ("settled_pence__lte", models.F("pence"))),
                    _connector="OR",
                ),
                name="council_journal_item_settled_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="counciljournalline",
            constraint=models.UniqueConstraint(fields=("part", "cfr_code"), name="council_journal_line_once"),
        ),
        migrations.AddConstraint(
            model_name="counciljournalline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gross_pence",
                        models.expressions.CombinedExpression(models.F("net_pence"), "+", models.F("vat_pence")),
                    ),
                    ("net_pence__gte", 0),
                    ("vat_pence__gte", 0),
                    ("gross_pence__gt", 0),
                ),
                name="council_journal_line_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="counciljournalreceipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("pence__gt", 0)), name="council_journal_receipt_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="counciljournalreceipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undone_entry__isnull", True), ("undone_on__isnull", True)),
                    models.Q(("undone_entry__isnull", False), ("undone_on__isnull", False)),
                    _connector="OR",
                ),
                name="council_journal_receipt_undone",
            ),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
