"""Addresses of the price lists, the calculator and the catalogue's spreadsheet."""

from django.urls import URLPattern, path

from frontend.organise import price_calculator, price_sheets, prices

urlpatterns: list[URLPattern] = [
    path("prices", prices.prices, name="organise-prices"),
    path("prices/calculator", price_calculator.calculator, name="organise-price-calculator"),
    path("offers/<slug:code>/prices", prices.offer_prices, name="organise-offer-prices"),
    path("offers/<slug:code>/prices/add", prices.add, name="organise-price-add"),
    path("offers/<slug:code>/prices/<int:pk>/end", prices.end, name="organise-price-end"),
    path("catalogue", price_sheets.catalogue, name="organise-catalogue"),
    path("catalogue/<slug:sheet>.csv", price_sheets.one_sheet, name="organise-catalogue-file"),
]
