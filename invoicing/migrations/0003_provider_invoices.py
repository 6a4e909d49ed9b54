import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0006_lighter_places'),
        ('invoicing', '0002_schema_guards'),
        ('organisations', '0005_cost_centre'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProviderInvoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('self_billed', 'Self-billed invoice'), ('self_billed_credit', 'Self-billed credit note'), ('own', "Provider's own invoice"), ('own_credit', "Provider's own credit note")], max_length=18)),
                ('state', models.CharField(choices=[('received', 'To check'), ('queried', 'In query'), ('agreed', 'Agreed'), ('refused', 'Refused')], max_length=8)),
                ('number', models.CharField(max_length=40)),
                ('dated_on', models.DateField()),
                ('due_on', models.DateField()),
                ('net_pence', models.BigIntegerField()),
                ('vat_pence', models.BigIntegerField()),
                ('gross_pence', models.BigIntegerField()),
                ('outstanding_pence', models.BigIntegerField(default=0)),
                ('reason', models.CharField(blank=True, max_length=240)),
                ('credits', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='invoicing.providerinvoice')),
                ('document', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='provider_invoice', to='invoicing.document')),
                ('file', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                ('provider', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='provider_invoices', to='organisations.organisation')),
                ('vat_entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoicing.journalentry')),
            ],
            options={
                'indexes': [models.Index(fields=['provider', '-id'], name='provider_invoice_provider'), models.Index(fields=['state', 'due_on'], name='provider_invoice_state'), models.Index(condition=models.Q(('outstanding_pence__gt', 0)), fields=['due_on', 'provider'], name='provider_invoice_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'refused'), _negated=True), fields=('provider', 'number'), name='provider_invoice_number_once'), models.CheckConstraint(condition=models.Q(('gross_pence', django.db.models.expressions.CombinedExpression(models.F('net_pence'), '+', models.F('vat_pence'))), ('net_pence__gt', 0), ('vat_pence__gte', 0)), name='provider_invoice_adds_up'), models.CheckConstraint(condition=models.Q(('outstanding_pence__gte', 0), ('outstanding_pence__lte', models.F('gross_pence')), models.Q(('state', 'agreed'), ('outstanding_pence', 0), _connector='OR')), name='provider_invoice_outstanding'), models.CheckConstraint(condition=models.Q(models.Q(('document__isnull', False), ('kind__in', ['self_billed', 'self_billed_credit']), ('state', 'agreed')), models.Q(('document__isnull', True), ('kind__in', ['own', 'own_credit'])), _connector='OR'), name='provider_invoice_self_billed_is_document'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'agreed'), ('vat_pence__gt', 0), _negated=True), ('vat_entry__isnull', False), _connector='OR'), name='provider_invoice_vat_posted'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['queried', 'refused']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='provider_invoice_says_why'), models.CheckConstraint(condition=models.Q(('number', ''), _negated=True), name='provider_invoice_has_number')],
            },
        ),
        migrations.CreateModel(
            name='ProviderInvoiceLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('net_pence', models.BigIntegerField()),
                ('vat_category', models.CharField(max_length=2)),
                ('vat_rate', models.DecimalField(decimal_places=4, max_digits=5)),
                ('vat_pence', models.BigIntegerField()),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='invoicing.providerinvoice')),
                ('payable', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoice_lines', to='invoicing.payable')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('invoice', 'position'), name='provider_invoice_line_once'), models.CheckConstraint(condition=models.Q(('net_pence__gt', 0), ('vat_pence__gte', 0)), name='provider_invoice_line_positive')],
            },
        ),
        migrations.CreateModel(
            name='InvoicedMove',
            fields=[
                ('move', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='invoiced', serialize=False, to='invoicing.payablemove')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='invoicing.providerinvoiceline')),
            ],
        ),
    ]
