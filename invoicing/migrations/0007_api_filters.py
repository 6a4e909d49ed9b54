from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('invoicing', '0006_file_formats'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='bankline',
            index=models.Index(condition=models.Q(('state', 'ignored')), fields=['account', 'on'], name='bank_line_ignored'),
        ),
        migrations.AddIndex(
            model_name='bankline',
            index=models.Index(fields=['account', 'pence'], name='bank_line_amount'),
        ),
        migrations.AddIndex(
            model_name='unallocateditem',
            index=models.Index(fields=['received_on'], name='unallocated_received'),
        ),
    ]
