"""Price classes for those outside the area and for those whose local authority pays."""

from django.db import migrations, models

CLASSES = [
    (0, "everybody"),
    (1, "member"),
    (2, "associate"),
    (3, "non-member"),
    (4, "out-of-area"),
    (5, "LA-funded"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0007_meetings"),
        ("invoicing", "0021_payables"),
        ("organisations", "0005_cost_centre"),
    ]
    operations = [
        migrations.AlterField("price", "price_class", models.PositiveSmallIntegerField(choices=CLASSES)),
        migrations.RemoveConstraint("price", "price_class_known"),
        migrations.AddConstraint(
            "price", models.CheckConstraint(condition=models.Q(("price_class__lte", 5)), name="price_class_known")
        ),
    ]
