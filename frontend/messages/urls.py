"""The addresses of the pages about e-mails."""

from django.urls import path

from frontend.messages import choosing, shared, staff, stopping
from frontend.school.urls import BUYER

urlpatterns = [
    path("account/messages", choosing.choose_messages, name="account-messages"),
    path("messages/stop/<str:token>", stopping.stop_messages, name="messages-stop"),
    path("office/messages", staff.messages_list, name="messages"),
    path("office/messages/<uuid:number>", staff.message, name="message"),
    path("office/messages/<uuid:number>/again", staff.again, name="message-again"),
    path(f"{BUYER}/about/messages", shared.shared_addresses, name="school-addresses"),
]
