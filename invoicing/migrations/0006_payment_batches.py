"""Payment batches."""

import django.db.models.deletion
from django.db import migrations, models

from invoicing.paying_out import guards
from marketplace.core.triggers import install


def install_guards(apps, schema_editor):
    install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0005_payees"), ("organisations", "0005_cost_centre")]
    operations = [
        migrations.CreateModel(
            name='PaymentBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('state', models.CharField(choices=[('prepared', 'To approve'), ('approved', 'To release'), ('sent', 'Sent'), ('unknown', 'Not known'), ('confirmed', 'Confirmed'), ('withdrawn', 'Withdrawn')], default='prepared', max_length=9)),
                ('pay_on', models.DateField()),
                ('bank_account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoicing.ledgeraccount')),
                ('from_name', models.CharField(max_length=70)),
                ('from_sort_code', models.CharField(max_length=6)),
                ('from_account_number', models.CharField(max_length=8)),
                ('count', models.PositiveIntegerField()),
                ('pence', models.BigIntegerField()),
                ('content_hash', models.CharField(blank=True, max_length=64)),
                ('prepared_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('prepared_on', models.DateField()),
                ('approved_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('approved_on', models.DateField(null=True)),
                ('released_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('released_on', models.DateField(null=True)),
                ('reason', models.CharField(blank=True, max_length=240)),
            ],
            options={
                'verbose_name_plural': 'payment batches',
                'indexes': [models.Index(fields=['state', '-id'], name='payment_batch_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('count__gt', 0), ('pence__gt', 0)), name='payment_batch_pays'), models.CheckConstraint(condition=models.Q(('from_account_number__regex', '^[0-9]{8}$'), ('from_sort_code__regex', '^[0-9]{6}$')), name='payment_batch_from_digits'), models.CheckConstraint(condition=models.Q(models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('prepared_by')), _negated=True), _connector='OR'), models.Q(('released_by__isnull', True), models.Q(models.Q(('released_by', models.F('prepared_by')), _negated=True), models.Q(('released_by', models.F('approved_by')), _negated=True)), _connector='OR')), name='payment_batch_three_people'), models.CheckConstraint(condition=models.Q(models.Q(('approved_by__isnull', True), ('content_hash', ''), ('state', 'prepared')), ('state', 'withdrawn'), models.Q(('approved_by__isnull', False), ('state__in', ['approved', 'sent', 'unknown', 'confirmed']), models.Q(('content_hash', ''), _negated=True)), _connector='OR'), name='payment_batch_frozen_when_approved'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['sent', 'unknown', 'confirmed']), _negated=True), ('released_by__isnull', False), _connector='OR'), name='payment_batch_released_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='payment_batch_says_why')],
            },
        ),
        migrations.CreateModel(
            name='PaymentBatchLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='invoicing.paymentbatch')),
                ('position', models.PositiveIntegerField()),
                ('provider', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='payment_lines', to='organisations.organisation')),
                ('payee_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='invoicing.payeeaccount')),
                ('pence', models.BigIntegerField()),
                ('reference', models.CharField(max_length=18)),
                ('state', models.CharField(choices=[('to_pay', 'To pay'), ('sent', 'On its way'), ('paid', 'Paid'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn')], default='to_pay', max_length=9)),
                ('paid_entry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='paid_lines', to='invoicing.journalentry')),
                ('back_entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoicing.journalentry')),
                ('reason', models.CharField(blank=True, max_length=240)),
            ],
            options={
                'indexes': [models.Index(fields=['provider', '-id'], name='payment_line_provider'), models.Index(condition=models.Q(('state', 'sent')), fields=['pence'], name='payment_line_on_its_way')],
                'constraints': [models.UniqueConstraint(fields=('batch', 'position'), name='payment_line_position_once'), models.UniqueConstraint(fields=('batch', 'provider'), name='payment_line_once_a_provider'), models.CheckConstraint(condition=models.Q(('pence__gt', 0), models.Q(('reference', ''), _negated=True)), name='payment_line_positive'), models.CheckConstraint(condition=models.Q(models.Q(('back_entry__isnull', True), ('paid_entry__isnull', False), ('state', 'paid')), models.Q(('back_entry__isnull', False), ('paid_entry__isnull', True), ('state', 'rejected'), models.Q(('reason', ''), _negated=True)), models.Q(('back_entry__isnull', True), ('paid_entry__isnull', True), ('state__in', ['to_pay', 'sent', 'withdrawn'])), _connector='OR'), name='payment_line_has_its_posting')],
            },
        ),
        migrations.CreateModel(
            name='PaymentBatchPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='invoicing.paymentbatchline')),
                ('provider_invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payment_parts', to='invoicing.providerinvoice')),
                ('pence', models.BigIntegerField()),
                ('state', models.CharField(choices=[('under_way', 'Under way'), ('paid', 'Paid'), ('given_back', 'Given back')], default='under_way', max_length=10)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'under_way')), fields=('provider_invoice',), name='payment_part_one_under_way'), models.UniqueConstraint(fields=('line', 'provider_invoice'), name='payment_part_once_a_line'), models.CheckConstraint(condition=models.Q(('pence', 0), _negated=True), name='payment_part_not_nought')],
            },
        ),
        migrations.CreateModel(
            name='PaymentSending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sendings', to='invoicing.paymentbatch')),
                ('ordinal', models.PositiveIntegerField()),
                ('command_key', models.CharField(max_length=80, unique=True)),
                ('state', models.CharField(choices=[('sent', 'Sent'), ('unknown', 'Not known'), ('failed', 'Failed'), ('confirmed', 'Confirmed')], default='sent', max_length=9)),
                ('form', models.CharField(choices=[('standard18', 'Bacs Standard 18'), ('pain001', 'ISO 20022 pain.001'), ('csv', 'Plain CSV')], max_length=10)),
                ('content', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoicing.journalentry')),
                ('sent_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('sent_on', models.DateField()),
                ('reason', models.CharField(blank=True, max_length=240)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('batch', 'ordinal'), name='payment_sending_ordinal_once'), models.UniqueConstraint(condition=models.Q(('state', 'failed'), _negated=True), fields=('batch',), name='payment_sending_one_at_a_time'), models.CheckConstraint(condition=models.Q(('state__in', ['sent', 'confirmed']), models.Q(('reason', ''), _negated=True), _connector='OR'), name='payment_sending_says_why')],
            },
        ),
        migrations.CreateModel(
            name='ReleaserAppointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
                ('appointed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__gt', models.F('valid_from'))), name='releaser_period'), models.CheckConstraint(condition=models.Q(('appointed_by', models.F('person')), _negated=True), name='releaser_not_by_oneself')],
            },
        ),
        migrations.RunPython(install_guards, migrations.RunPython.noop),
    ]
