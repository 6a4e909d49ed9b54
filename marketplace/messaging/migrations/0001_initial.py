
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0004_guards_of_the_log'),
        ('organisations', '0002_joints'),
    ]

    operations = [
        migrations.CreateModel(
            name='DigestDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('last_person_id', models.BigIntegerField(default=0)),
                ('finished', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('key', models.CharField(help_text='What it tells whom: told once.', max_length=160, unique=True)),
                ('topic', models.CharField(max_length=30)),
                ('to', models.EmailField(max_length=254)),
                ('purpose', models.CharField(blank=True, help_text="Which of the organisation's addresses.", max_length=8)),
                ('subject', models.CharField(max_length=200)),
                ('plain', models.TextField()),
                ('html', models.TextField()),
                ('stop_token', models.CharField(blank=True, max_length=120)),
                ('attachments', models.JSONField(default=list)),
                ('fills', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Sent'), ('failed', 'Given up'), ('refused', 'Refused by the mail server'), ('held', 'For the daily summary'), ('digested', 'In a daily summary'), ('dropped', 'No longer needed')], default='waiting', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('claim', models.UUIDField(null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('sent_at', models.DateTimeField(null=True)),
                ('digest', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='told', to='messaging.message')),
                ('event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='core.event')),
                ('organisation', models.ForeignKey(help_text='Whose shared address, or whose governor, it went to.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='organisations.organisation')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='organisations.person')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_at'], name='message_waiting'), models.Index(fields=['state', '-id'], name='message_state'), models.Index(condition=models.Q(('state', 'held')), fields=['person'], name='message_held')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='message_sent_iff_dated'), models.CheckConstraint(condition=models.Q(models.Q(('digest__isnull', False), ('state', 'digested')), models.Q(models.Q(('state', 'digested'), _negated=True), ('digest__isnull', True)), _connector='OR'), name='message_digested_iff_told'), models.CheckConstraint(condition=models.Q(('claim__isnull', True), ('state', 'waiting'), _connector='OR'), name='message_claim_waits'), models.CheckConstraint(condition=models.Q(('to', ''), _negated=True), name='message_has_address')],
            },
        ),
        migrations.CreateModel(
            name='NotificationAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('invoices', 'Invoices, credit notes and statements'), ('orders', 'Orders and bookings'), ('all', 'What has no address of its own')], max_length=8)),
                ('email', models.EmailField(max_length=254)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notification_addresses', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'purpose'), name='notification_address_once')],
            },
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(max_length=30)),
                ('choice', models.CharField(choices=[('at_once', 'At once'), ('digest', 'In the daily summary'), ('never', 'Not at all')], max_length=7)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='message_preferences', to='organisations.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'topic'), name='preference_once')],
            },
        ),
    ]
