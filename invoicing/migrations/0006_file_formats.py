from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('invoicing', '0005_bank_formats'),
    ]

    operations = [
        migrations.AlterField(
            model_name='documentfile',
            name='format',
            field=models.CharField(choices=[('pdf', 'PDF'), ('ubl', 'E-invoice (UBL)')], max_length=4),
        ),
    ]
