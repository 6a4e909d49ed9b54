"""The tables of messaging, as one step. It replaces the steps by which they came about, which an older database has taken."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('messaging', '0001_initial'), ('messaging', '0002_webhooks')]

    initial = True

    dependencies = [
        ('core', '0001_schema'),
        ('organisations', '0001_schema'),
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
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('url', models.CharField(max_length=500)),
                ('description', models.CharField(blank=True, max_length=80)),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None)),
                ('secret', models.CharField(blank=True, max_length=80)),
                ('previous_secret', models.CharField(blank=True, max_length=80)),
                ('previous_until', models.DateTimeField(null=True)),
                ('active', models.BooleanField(default=True)),
                ('off_reason', models.CharField(blank=True, choices=[('asked', 'Switched off by hand'), ('gone', 'It answered 410 Gone'), ('failing', 'It failed for three days'), ('deleted', 'Deleted')], max_length=7)),
                ('off_at', models.DateTimeField(null=True)),
                ('failures', models.PositiveIntegerField(default=0, help_text='In a row.')),
                ('failing_since', models.DateTimeField(null=True)),
                ('not_before', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='webhook_endpoints', to='organisations.organisation')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('active', True)), fields=['organisation'], name='webhook_endpoint_active')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('active', True), ('off_at__isnull', True), ('off_reason', '')), models.Q(('active', False), ('off_at__isnull', False), models.Q(('off_reason', ''), _negated=True)), _connector='OR'), name='webhook_off_iff_reason'), models.CheckConstraint(condition=models.Q(models.Q(('secret', ''), _negated=True), ('off_reason', 'deleted'), _connector='OR'), name='webhook_has_secret'), models.CheckConstraint(condition=models.Q(models.Q(('previous_secret', ''), ('previous_until__isnull', True)), models.Q(models.Q(('previous_secret', ''), _negated=True), ('previous_until__isnull', False)), _connector='OR'), name='webhook_previous_secret_ends'), models.CheckConstraint(condition=models.Q(('kinds__len__gt', 0)), name='webhook_kinds_chosen')],
            },
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
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Delivered'), ('failed', 'Given up')], db_default='waiting', default='waiting', max_length=7)),
                ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0, help_text='Since it was last asked for.')),
                ('next_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('claim', models.UUIDField(null=True)),
                ('queued_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('done_at', models.DateTimeField(null=True)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='webhook_deliveries', to='core.event')),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='messaging.webhookendpoint')),
            ],
            options={
                'verbose_name_plural': 'webhook deliveries',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['endpoint', 'next_at'], name='webhook_waiting'), models.Index(fields=['endpoint', '-id'], name='webhook_log'), models.Index(condition=models.Q(('claim__isnull', False)), fields=['claim'], name='webhook_claimed')],
                'constraints': [models.UniqueConstraint(fields=('endpoint', 'event'), name='webhook_delivery_once'), models.CheckConstraint(condition=models.Q(('claim__isnull', True), ('state', 'waiting'), _connector='OR'), name='webhook_claim_waits'), models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('done_at__isnull', True)), _connector='OR'), name='webhook_done_iff_dated')],
            },
        ),
        migrations.CreateModel(
            name='WebhookAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('milliseconds', models.PositiveIntegerField()),
                ('answer', models.CharField(blank=True, help_text='The beginning of what the receiver said.', max_length=500)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tries', to='messaging.webhookdelivery')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('status__isnull', False), models.Q(('error', ''), _negated=True), _connector='OR'), name='webhook_attempt_answered')],
            },
        ),
    ]
