import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0004_invoice_choices"),
    ]
    operations = [
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(
                condition=models.Q(("charge_source_key", ""), _negated=True),
                fields=["charge_source_key"],
                name="order_line_charge",
            ),
        ),
        migrations.CreateModel(
            name="BudgetLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year_starts_on", models.DateField()),
                ("code", models.CharField(max_length=20)),
                ("pence", models.BigIntegerField()),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budget_lines",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "year_starts_on", "code"), name="budget_line_once"),
                    models.CheckConstraint(condition=models.Q(("pence__gt", 0)), name="budget_line_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True), name="budget_line_has_code"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year_starts_on__day", 1)), name="budget_year_starts_a_month"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LineCode",
            fields=[
                (
                    "order_line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="own_code",
                        serialize=False,
                        to="trading.orderline",
                    ),
                ),
                ("code", models.CharField(max_length=20)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("code", ""), _negated=True), name="line_code_given")
                ],
            },
        ),
    ]
