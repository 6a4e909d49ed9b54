"""The tables of trading, as one step. It replaces the steps by which they came about, which an older database has taken."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('trading', '0001_initial'), ('trading', '0002_approvals'), ('trading', '0003_guards'), ('trading', '0004_invoice_choices'), ('trading', '0005_budget'), ('trading', '0006_delegates'), ('trading', '0007_policies'), ('trading', '0008_waiting'), ('trading', '0009_registers'), ('trading', '0010_networks'), ('trading', '0011_licences'), ('trading', '0012_desk'), ('trading', '0013_offer_version'), ('trading', '0014_order_numbers')]

    initial = True

    dependencies = [
        ('catalogue', '0001_schema'),
        ('core', '0001_schema'),
        ('organisations', '0001_schema'),
    ]

    operations = [
        migrations.CreateModel(
            name='Basket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'Open'), ('ordered', 'Ordered')], default='open', max_length=7)),
                ('apart', models.BooleanField(db_default=False, default=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='baskets', to='organisations.organisation')),
                ('owner_person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='baskets', to='organisations.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('apart', False), ('state', 'open')), fields=('organisation', 'owner_person'), name='one_open_basket')],
            },
        ),
        migrations.CreateModel(
            name='BudgetLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year_starts_on', models.DateField()),
                ('code', models.CharField(max_length=20)),
                ('pence', models.BigIntegerField()),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='budget_lines', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'year_starts_on', 'code'), name='budget_line_once'), models.CheckConstraint(condition=models.Q(('pence__gt', 0)), name='budget_line_positive'), models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='budget_line_has_code'), models.CheckConstraint(condition=models.Q(('year_starts_on__day', 1)), name='budget_year_starts_a_month')],
            },
        ),
        migrations.CreateModel(
            name='CancellationPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40)),
                ('version', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=80)),
                ('rule', models.JSONField()),
                ('used', models.BooleanField(default=False)),
                ('newest', models.BooleanField(default=True)),
                ('added_on', models.DateField()),
                ('added_by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
            ],
            options={
                'ordering': ['code', '-version'],
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='cancellation_policy_version_once'), models.UniqueConstraint(condition=models.Q(('newest', True)), fields=('code',), name='cancellation_policy_one_newest'), models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='cancellation_policy_version_from_one')],
            },
        ),
        migrations.CreateModel(
            name='CpdEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('held_on', models.DateField()),
                ('title', models.CharField(max_length=120)),
                ('provider', models.CharField(blank=True, max_length=120)),
                ('theme', models.CharField(blank=True, max_length=40)),
                ('minutes', models.PositiveIntegerField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cpd_entries', to='organisations.person')),
            ],
            options={
                'ordering': ['-held_on', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('minutes__gt', 0), ('minutes__lte', 60000)), name='cpd_minutes')],
            },
        ),
        migrations.CreateModel(
            name='Network',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('purpose', models.CharField(blank=True, max_length=500)),
                ('closed_on', models.DateField(null=True)),
                ('offer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='network', to='catalogue.offer')),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Register',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open', max_length=6)),
                ('closed_on', models.DateField(null=True)),
                ('closed_by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('meeting', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='register', to='catalogue.meeting')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registers', to='catalogue.courserun')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', True), ('state', 'open')), models.Q(('closed_on__isnull', False), ('state', 'closed')), _connector='OR'), name='register_closed_iff_dated')],
            },
        ),
        migrations.CreateModel(
            name='RunMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(unique=True)),
                ('subject', models.CharField(max_length=120)),
                ('text', models.TextField(max_length=4000)),
                ('readers', models.PositiveIntegerField()),
                ('sent_at', models.DateTimeField(auto_now_add=True)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='catalogue.courserun')),
                ('sent_by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('readers__gt', 0)), name='run_message_has_readers')],
            },
        ),
        migrations.CreateModel(
            name='WaitingEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked', models.PositiveSmallIntegerField()),
                ('seats', models.PositiveSmallIntegerField()),
                ('together', models.BooleanField()),
                ('facts', models.JSONField(blank=True, default=dict)),
                ('joined_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('offered', 'Places offered'), ('taken', 'Places taken'), ('declined', 'Places declined'), ('lapsed', 'Offer ran out'), ('left', 'Left the list'), ('closed', 'List closed')], default='waiting', max_length=8)),
                ('closed_on', models.DateField(null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waiting_entries', to='organisations.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waiting_entries', to='organisations.person')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='waiting_entries', to='catalogue.courserun')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['run', 'state', 'id'], name='waiting_run_state'), models.Index(fields=['school'], name='waiting_school')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'offered'))), fields=('run', 'school'), name='waiting_once_for_a_school'), models.CheckConstraint(condition=models.Q(('asked__gte', 1), ('seats__lte', models.F('asked')), models.Q(models.Q(('seats', 0), ('state', 'taken')), models.Q(models.Q(('state', 'taken'), _negated=True), ('seats__gte', 1)), _connector='OR')), name='waiting_seats_within'), models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', True), ('state__in', ('waiting', 'offered'))), models.Q(models.Q(('state__in', ('waiting', 'offered')), _negated=True), ('closed_on__isnull', False)), _connector='OR'), name='waiting_closed_iff_dated')],
            },
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('placed_on', models.DateField()),
                ('purchase_order', models.CharField(blank=True, max_length=20)),
                ('invoice_on', models.DateField(null=True)),
                ('state', models.CharField(choices=[('awaiting_approval', 'With approver'), ('placed', 'Placed'), ('declined', 'Not approved'), ('withdrawn', 'Withdrawn'), ('expired', 'Ran out'), ('cancelled', 'Cancelled')], default='placed', max_length=17)),
                ('net_pence', models.BigIntegerField()),
                ('vat_pence', models.BigIntegerField()),
                ('total_pence', models.BigIntegerField()),
                ('basket', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='order', to='trading.basket')),
                ('invoice_to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='organisations.organisation')),
                ('placed_by_person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='organisations.person')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', '-id'], name='order_organisation')],
                'constraints': [models.CheckConstraint(condition=models.Q(('net_pence__gte', 0), ('total_pence', django.db.models.expressions.CombinedExpression(models.F('net_pence'), '+', models.F('vat_pence'))), ('vat_pence__gte', 0)), name='order_adds_up'), models.CheckConstraint(condition=models.Q(('invoice_on__isnull', True), ('invoice_on__gte', models.F('placed_on')), _connector='OR'), name='order_invoiced_after')],
            },
        ),
        migrations.CreateModel(
            name='BasketLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=8)),
                ('delegates', models.JSONField(blank=True, default=list)),
                ('emails', models.JSONField(blank=True, db_default=[], default=list)),
                ('needs', models.JSONField(blank=True, db_default=[], default=list)),
                ('use_included', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('facts', models.JSONField(blank=True, default=dict)),
                ('service_from', models.DateField(blank=True, null=True)),
                ('quoted_pence', models.BigIntegerField()),
                ('basket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='trading.basket')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.offer')),
                ('run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.courserun')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('basket', 'offer', 'run', 'school'), name='basket_line_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='basket_line_quantity_positive')],
            },
        ),
        migrations.CreateModel(
            name='NetworkLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=120)),
                ('body', models.TextField(max_length=4000)),
                ('sent_at', models.DateTimeField()),
                ('readers', models.PositiveIntegerField()),
                ('by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('network', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='trading.network')),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.courserun')),
            ],
            options={
                'ordering': ['-sent_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='NetworkMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('member', 'Member'), ('associate', 'Associate')], default='member', max_length=9)),
                ('contact_name', models.CharField(blank=True, max_length=120)),
                ('contact_email', models.EmailField(blank=True, max_length=254)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('no_mail', models.BooleanField(default=False)),
                ('network', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='trading.network')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='network_memberships', to='organisations.organisation')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='network_contacts', to='organisations.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('network', 'organisation'), name='network_member_once'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='network_member_dates')],
            },
        ),
        migrations.CreateModel(
            name='OrderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('description', models.CharField(max_length=240)),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=8)),
                ('included', models.PositiveIntegerField(default=0)),
                ('facts', models.JSONField(default=dict)),
                ('steps', models.JSONField(default=list)),
                ('net_pence', models.BigIntegerField()),
                ('unit_price_pence', models.BigIntegerField()),
                ('charged_quantity', models.DecimalField(decimal_places=3, max_digits=12)),
                ('vat_category', models.CharField(max_length=2)),
                ('vat_rate', models.DecimalField(decimal_places=4, max_digits=5)),
                ('vat_reason', models.CharField(blank=True, max_length=240)),
                ('cancellation', models.JSONField()),
                ('service_from', models.DateField(null=True)),
                ('service_to', models.DateField(null=True)),
                ('place_source_key', models.CharField(blank=True, max_length=120)),
                ('charge_source_key', models.CharField(blank=True, max_length=120)),
                ('instalments', models.PositiveSmallIntegerField(db_default=1, default=1)),
                ('term', models.JSONField(null=True)),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='order_lines', to='catalogue.offer')),
                ('offer_version', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='order_lines', to='catalogue.offerversion')),
                ('price', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='order_lines', to='catalogue.price')),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='order_lines', to='catalogue.courserun')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='order_lines', to='organisations.organisation')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='trading.order')),
            ],
            options={
                'indexes': [models.Index(fields=['school', '-id'], name='order_line_school'), models.Index(condition=models.Q(('charge_source_key', ''), _negated=True), fields=['charge_source_key'], name='order_line_charge')],
                'constraints': [models.CheckConstraint(condition=models.Q(('net_pence__gte', 0)), name='order_line_not_negative'), models.CheckConstraint(condition=models.Q(('included__lte', models.F('quantity'))), name='order_line_included_within'), models.CheckConstraint(condition=models.Q(('net_pence', django.db.models.expressions.CombinedExpression(models.F('unit_price_pence'), '*', models.F('charged_quantity')))), name='order_line_unit_times_quantity'), models.CheckConstraint(condition=models.Q(models.Q(('place_source_key', ''), ('run__isnull', True)), models.Q(('run__isnull', False), models.Q(('place_source_key', ''), _negated=True)), _connector='OR'), name='order_line_places_iff_run'), models.CheckConstraint(condition=models.Q(('instalments', 1), models.Q(('instalments__gte', 2), ('instalments__lte', 12), ('run__isnull', True)), _connector='OR'), name='order_line_instalments')],
            },
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('approved', 'Approved'), ('declined', 'Not approved'), ('withdrawn', 'Withdrawn'), ('expired', 'Ran out')], default='waiting', max_length=9)),
                ('asked_on', models.DateField()),
                ('committed_pence', models.BigIntegerField()),
                ('over_pence', models.BigIntegerField(default=0)),
                ('kept_until', models.DateField()),
                ('approver_role', models.CharField(blank=True, max_length=20)),
                ('approver_email', models.EmailField(blank=True, max_length=254)),
                ('approver_title', models.CharField(blank=True, max_length=80)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('closed_on', models.DateField(null=True)),
                ('how', models.CharField(blank=True, choices=[('', 'Not decided'), ('signed_in', 'Signed in'), ('link', 'By link'), ('paper', 'On paper')], default='', max_length=9)),
                ('minute_reference', models.CharField(blank=True, max_length=60)),
                ('minuted_on', models.DateField(null=True)),
                ('approver_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('asked_by_person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals_asked', to='organisations.person')),
                ('decided_by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='approvals_decided', to='organisations.person')),
                ('on_behalf_of_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='organisations.organisation')),
                ('recorded_by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('rule', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='organisations.approvalrule')),
                ('scan', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='approval', to='trading.order')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'state'], name='approval_organisation_state'), models.Index(condition=models.Q(('state', 'waiting')), fields=['kept_until'], name='approval_waiting_until')],
                'constraints': [models.CheckConstraint(condition=models.Q(('decided_by_person__isnull', True), models.Q(('decided_by_person', models.F('asked_by_person')), _negated=True), _connector='OR'), name='approval_second_person'), models.CheckConstraint(condition=models.Q(('on_behalf_of_person__isnull', True), models.Q(('on_behalf_of_person', models.F('asked_by_person')), _negated=True), _connector='OR'), name='approval_not_for_the_asker'), models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', True), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('closed_on__isnull', False)), _connector='OR'), name='approval_closed_iff_dated'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['approved', 'declined']), models.Q(('how', ''), _negated=True)), models.Q(models.Q(('state__in', ['approved', 'declined']), _negated=True), ('how', '')), _connector='OR'), name='approval_decided_somehow'), models.CheckConstraint(condition=models.Q(models.Q(('decided_by_person__isnull', True), ('how', ''), ('recorded_by_person__isnull', True)), models.Q(('decided_by_person__isnull', False), ('how', 'signed_in'), ('recorded_by_person__isnull', True)), models.Q(('decided_by_person__isnull', True), ('how', 'link'), ('recorded_by_person__isnull', True), models.Q(('approver_email', ''), _negated=True)), models.Q(('decided_by_person__isnull', True), ('how', 'paper'), ('recorded_by_person__isnull', False), ('minuted_on__isnull', False), models.Q(('minute_reference', ''), _negated=True)), _connector='OR'), name='approval_decided_by_whom'), models.CheckConstraint(condition=models.Q(('recorded_by_person__isnull', True), models.Q(('recorded_by_person', models.F('asked_by_person')), _negated=True), ('scan__isnull', False), _connector='OR'), name='approval_own_paper_has_scan'), models.CheckConstraint(condition=models.Q(('committed_pence__gte', 0), ('over_pence__gte', 0), ('kept_until__gte', models.F('asked_on'))), name='approval_sums_and_dates')],
            },
        ),
        migrations.CreateModel(
            name='WaitingOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('places', models.PositiveSmallIntegerField()),
                ('free_places', models.PositiveIntegerField()),
                ('passed_over', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('by_hand', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('offered_on', models.DateField()),
                ('until', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('taken', 'Taken'), ('declined', 'Declined'), ('lapsed', 'Ran out'), ('ended', 'Ended')], default='open', max_length=8)),
                ('closed_on', models.DateField(null=True)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='trading.waitingentry')),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='waiting_offers', to='trading.order')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['until'], name='waiting_offer_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('entry',), name='waiting_offered_once'), models.CheckConstraint(condition=models.Q(('places__gte', 1), ('places__lte', models.F('free_places'))), name='waiting_offer_of_free_places'), models.CheckConstraint(condition=models.Q(models.Q(('by_hand', False), ('reason', '')), models.Q(('by_hand', True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='waiting_hand_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('closed_on__isnull', False)), _connector='OR'), name='waiting_offer_closed_iff_dated'), models.CheckConstraint(condition=models.Q(models.Q(('order__isnull', False), ('state', 'taken')), models.Q(models.Q(('state', 'taken'), _negated=True), ('order__isnull', True)), _connector='OR'), name='waiting_offer_taken_by_order')],
            },
        ),
        migrations.CreateModel(
            name='Booking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('delegate_name', models.CharField(blank=True, max_length=120)),
                ('delegate_email', models.EmailField(blank=True, max_length=254)),
                ('needs', models.CharField(blank=True, max_length=500)),
                ('included', models.BooleanField(default=False)),
                ('net_pence', models.BigIntegerField()),
                ('state', models.CharField(choices=[('held', 'Kept until approved'), ('booked', 'Booked'), ('cancelled', 'Cancelled')], default='booked', max_length=9)),
                ('cancelled_on', models.DateField(null=True)),
                ('place_returned', models.BooleanField(default=False, help_text='An included place that was cancelled in time: it may be used again.')),
                ('delegate_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='places_booked', to='organisations.person')),
                ('moved_from', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moved_to', to='trading.booking')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='catalogue.courserun')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='organisations.organisation')),
                ('order_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='trading.orderline')),
            ],
            options={
                'ordering': ['order_line_id', 'position'],
                'indexes': [models.Index(fields=['run', 'state'], name='booking_run_state'), models.Index(fields=['school', 'state'], name='booking_school_state'), models.Index(condition=models.Q(('delegate_person__isnull', True), models.Q(('delegate_email', ''), _negated=True)), fields=['delegate_email'], name='booking_to_claim')],
                'constraints': [models.UniqueConstraint(fields=('order_line', 'position'), name='booking_once_for_a_place'), models.CheckConstraint(condition=models.Q(models.Q(('included', True), ('net_pence', 0)), models.Q(('included', False), ('net_pence__gte', 0)), _connector='OR'), name='booking_included_costs_nothing'), models.CheckConstraint(condition=models.Q(models.Q(('cancelled_on__isnull', False), ('state', 'cancelled')), models.Q(('cancelled_on__isnull', True), ('state__in', ['held', 'booked'])), _connector='OR'), name='booking_cancelled_iff_dated'), models.CheckConstraint(condition=models.Q(('place_returned', False), models.Q(('included', True), ('state', 'cancelled')), _connector='OR'), name='booking_returned_if_included')],
            },
        ),
        migrations.CreateModel(
            name='LineCode',
            fields=[
                ('order_line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='own_code', serialize=False, to='trading.orderline')),
                ('code', models.CharField(max_length=20)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='line_code_given')],
            },
        ),
        migrations.CreateModel(
            name='Licence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts', models.DateField()),
                ('ends', models.DateField(null=True)),
                ('revoked_on', models.DateField(null=True)),
                ('reminded_on', models.DateField(null=True)),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='licences', to='catalogue.offer')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='licences', to='organisations.organisation')),
                ('order_line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='licence', to='trading.orderline')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', '-starts'], name='licence_organisation'), models.Index(condition=models.Q(('reminded_on__isnull', True), ('revoked_on__isnull', True)), fields=['ends'], name='licence_to_remind')],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('revoked_on__isnull', True)), expressions=[(models.Func(models.F('organisation_id'), models.F('organisation_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('offer_id'), models.F('offer_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('starts'), models.F('ends'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='licence_no_overlap'), models.CheckConstraint(condition=models.Q(('ends__isnull', True), ('ends__gt', models.F('starts')), _connector='OR'), name='licence_dates')],
            },
        ),
        migrations.CreateModel(
            name='ApprovalLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('approval', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='trading.approval')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gte', models.F('made_at'))), name='approval_link_dates')],
            },
        ),
        migrations.CreateModel(
            name='ApprovalRecusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('interest', 'Has an interest'), ('not_for_me', 'Not for them')], max_length=10)),
                ('on', models.DateField()),
                ('approval', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recusals', to='trading.approval')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('approval', 'person', 'kind'), name='approval_recusal_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('here', 'Here'), ('late', 'Late'), ('absent', 'Not here'), ('not_asked', 'Not asked')], max_length=9)),
                ('marked_at', models.DateTimeField()),
                ('corrected_on', models.DateField(null=True)),
                ('marked_by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='catalogue.meeting')),
                ('booking', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='trading.booking')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('booking', 'meeting'), name='attendance_once')],
            },
        ),
        migrations.CreateModel(
            name='BookingFee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('cancelled', 'Cancelled late'), ('not_attended', 'Did not attend')], max_length=12)),
                ('pence', models.BigIntegerField()),
                ('charged_on', models.DateField()),
                ('charge_source_key', models.CharField(max_length=120, unique=True)),
                ('undone_on', models.DateField(null=True)),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fees', to='trading.booking')),
            ],
            options={
                'ordering': ['booking_id', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('pence__gt', 0)), name='booking_fee_positive'), models.UniqueConstraint(condition=models.Q(('undone_on__isnull', True)), fields=('booking',), name='booking_fee_one_standing'), models.CheckConstraint(condition=models.Q(('undone_on__isnull', True), ('kind', 'not_attended'), _connector='OR'), name='booking_fee_undone_if_attended')],
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('issued_on', models.DateField()),
                ('minutes', models.PositiveIntegerField()),
                ('attended', models.PositiveSmallIntegerField()),
                ('meetings', models.PositiveSmallIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('withdrawn_on', models.DateField(null=True)),
                ('booking', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='certificate', to='trading.booking')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('attended__gt', 0), ('attended__lte', models.F('meetings'))), name='certificate_attended_within')],
            },
        ),
        migrations.CreateModel(
            name='Evaluation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.PositiveSmallIntegerField()),
                ('recommends', models.BooleanField()),
                ('change', models.CharField(blank=True, max_length=500)),
                ('comment', models.CharField(blank=True, max_length=500)),
                ('given_on', models.DateField()),
                ('booking', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='evaluation', to='trading.booking')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='catalogue.courserun')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('score__gte', 1), ('score__lte', 5)), name='evaluation_score')],
            },
        ),
        migrations.CreateModel(
            name='JoiningSent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.PositiveIntegerField()),
                ('days', models.PositiveSmallIntegerField()),
                ('sent_on', models.DateField()),
                ('booking', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='joining_sent', to='trading.booking')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('booking', 'sequence', 'days'), name='joining_sent_once')],
            },
        ),
        migrations.CreateModel(
            name='Waiver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=20)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('evidence_gone_on', models.DateField(null=True)),
                ('asked_on', models.DateField()),
                ('kept_pence', models.BigIntegerField()),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('granted', 'Granted'), ('refused', 'Refused')], default='asked', max_length=7)),
                ('decided_on', models.DateField(null=True)),
                ('answer', models.CharField(blank=True, max_length=300)),
                ('given_pence', models.BigIntegerField(default=0)),
                ('asked_by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='trading.booking')),
                ('decided_by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('evidence', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['state', 'id'], name='waiver_state'), models.Index(condition=models.Q(('evidence__isnull', False)), fields=['decided_on'], name='waiver_evidence_kept')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'granted'])), fields=('booking',), name='waiver_one_for_a_place'), models.CheckConstraint(condition=models.Q(models.Q(('decided_by_person__isnull', True), ('decided_on__isnull', True), ('state', 'asked')), models.Q(('decided_by_person__isnull', False), ('decided_on__isnull', False), ('state__in', ['granted', 'refused'])), _connector='OR'), name='waiver_decided_iff_dated'), models.CheckConstraint(condition=models.Q(('asked_by_person__isnull', True), models.Q(('asked_by_person', models.F('decided_by_person')), _negated=True), _connector='OR'), name='waiver_decided_by_another'), models.CheckConstraint(condition=models.Q(('given_pence', 0), models.Q(('given_pence__gt', 0), ('given_pence__lte', models.F('kept_pence')), ('state', 'granted')), _connector='OR'), name='waiver_given_within'), models.CheckConstraint(condition=models.Q(('kept_pence__gte', 0)), name='waiver_kept_not_negative')],
            },
        ),
    ]
