"""The addresses of the pages about webhooks: the same ones for a buyer and for the office."""

from django.urls import path

from frontend.school.urls import BUYER
from frontend.webhooks import keeping, looking

_ONE = "webhooks/<uuid:number>"

urlpatterns = [
    path(f"{BUYER}/webhooks", keeping.webhooks, name="school-webhooks"),
    path(f"{BUYER}/webhooks/add", keeping.add, name="school-webhook-add"),
    path(f"{BUYER}/{_ONE}", looking.webhook, name="school-webhook"),
    path(f"{BUYER}/{_ONE}/change", keeping.change, name="school-webhook-change"),
    path(f"{BUYER}/{_ONE}/events/<int:event>", looking.delivery, name="school-webhook-delivery"),
    path("office/webhooks", keeping.webhooks, name="webhooks"),
    path("office/webhooks/add", keeping.add, name="webhook-add"),
    path(f"office/{_ONE}", looking.webhook, name="webhook"),
    path(f"office/{_ONE}/change", keeping.change, name="webhook-change"),
    path(f"office/{_ONE}/events/<int:event>", looking.delivery, name="webhook-delivery"),
]
