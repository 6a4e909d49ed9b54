"""Fees for places without a price: an item to invoice of its own, with the VAT and the codes of what was ordered."""

from datetime import date
from decimal import Decimal

from invoicing.services import charge
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.core.money import Money
from marketplace.trading.models import Booking, BookingFee, OrderLine

_WORDS = {
    BookingFee.Kind.CANCELLED: "Place cancelled late",
    BookingFee.Kind.NOT_ATTENDED: "Did not attend",
}
_SUFFIX = {BookingFee.Kind.CANCELLED: "cancelled-fee", BookingFee.Kind.NOT_ATTENDED: "not-attended"}


class FeeStands(DomainError):
    """A place costs one fee at most. ``pence`` is the one that stands."""

    code = "fee_stands"


def standing_fee(booking: Booking) -> BookingFee | None:
    """The fee of the place that was not undone."""
    return BookingFee.objects.filter(booking=booking, undone_on__isnull=True).first()


def charge_fee(*, booking: Booking, kind: BookingFee.Kind, fee: Money, on: date, actor: Actor) -> BookingFee:
    """The fee as an item to invoice, in the caller's transaction, which holds the booking. Once: the same again returns it.

    Key ``booking:{id}:cancelled-fee`` or ``booking:{id}:not-attended``; after one that was undone a number follows.
    VAT is that of the supply: a fee for training that is exempt is exempt.
    """
    if standing := standing_fee(booking):
        if standing.kind != kind:
            raise FeeStands(
                f"This place costs {Money(standing.pence)} already: {standing.get_kind_display().lower()}.",
                pence=standing.pence,
            )
        return standing
    before = BookingFee.objects.filter(booking=booking, kind=kind).count()
    key = f"booking:{booking.pk}:{_SUFFIX[kind]}" + (f":{before + 1}" if before else "")
    line = OrderLine.objects.select_related("order__invoice_to", "offer__sold_by", "school").get(
        pk=booking.order_line_id
    )
    order, offer = line.order, line.offer
    charge(
        source_key=key,
        consumer=line.school,
        invoice_to=order.invoice_to,
        supplier=offer.sold_by,
        description=f"{_WORDS[kind]}: {line.description}"[:240],
        quantity=Decimal(1),
        unit_price=fee,
        net=fee,
        vat=VatTreatment(line.vat_category, line.vat_rate, line.vat_reason),
        account_code=offer.account_code,
        stream_code=offer.stream_code,
        bill_on=on,
        cfr_code=offer.cfr_code,
        aar_code=offer.aar_code,
        purchase_order=order.purchase_order,
        label=order.number,
        steps=[f"{_WORDS[kind]}, fee of the cancellation policy: {fee}"],
        analysis_code=offer.code,
        actor=actor,
    )
    return BookingFee.objects.create(booking=booking, kind=kind, pence=fee.pence, charged_on=on, charge_source_key=key)
