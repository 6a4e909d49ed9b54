"""No webhook leads into anybody's own network, however its address is written or its name resolves."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from marketplace.core.actors import Actor
from marketplace.messaging.models import WebhookEndpoint
from marketplace.messaging.rules.backoff import WAITS, pause_after, wait_after
from marketplace.messaging.rules.targets import WebhookAddressRefused, choose_address, is_public, read_target
from marketplace.messaging.services import add_webhook, webhooks_posting
from marketplace.messaging.services.webhooks_posting import post
from marketplace.organisations.models import Organisation
from tests.messaging.webhooks.receiver import Heard, receiving

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0.0.0.0",
    "0.1.2.3", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1",
    "2002:7f00:1::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "not-an-address", "",
]  # fmt: skip
PUBLIC = ["93.184.215.14", "1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"]

REFUSED = [
    "", "hooks.school.example", "ftp://hooks.school.example/", "http://hooks.school.example/", "javascript:alert(1)",
    "https://localhost/", "https://redis/", "https://127.0.0.1/", "https://10.0.0.1/", "https://169.254.169.254/latest/",
    "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://0177.0.0.1/", "https://127.1/",
    "https://hooks.school.0x7f/", "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://hooks.school.example.:443/",
    "https://user@hooks.school.example/", "https://user:word@hooks.school.example/", "https://hooks.example@10.0.0.1/",
    "https://hooks.school.example#@10.0.0.1/", "https://hooks.school.example\\@10.0.0.1/", "https://a.b/\r\nHost: x",
    "https://a.b/ x", "https://a.b/\thost", "https://a.b\n.example/", " https://a.b/", "https://a.b/\x00", "https://é.example/",
    "https://hooks.school.example:22/", "https://hooks.school.example:80/", "https://hooks.school.example:99999/",
    "https://hooks.school.example:/", "https://-a.example/", "https://a..example/", "https:///path", "https://a.b/" + "x" * 500,
    "https://１２７.0.0.1/", "https://a.b/?q=\u2028", "//hooks.school.example/", "https:/hooks.school.example/",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_never_reached(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(WebhookAddressRefused):
        choose_address(["93.184.215.14", address], read_target("https://hooks.school.example/"))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_reached(address: str) -> None:
    assert is_public(address)
    assert choose_address([address], read_target("https://hooks.school.example/")) == address


@pytest.mark.parametrize("text", REFUSED)
def test_an_address_that_could_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(WebhookAddressRefused):
        read_target(text)


def test_a_plain_address_is_read_and_written_alike() -> None:
    target = read_target("HTTPS://Hooks.School.Example:8443/in/orders?key=a%20b")
    assert (target.host, target.port, target.path) == ("hooks.school.example", 8443, "/in/orders?key=a%20b")
    assert target.url == "https://hooks.school.example:8443/in/orders?key=a%20b"
    assert read_target("https://hooks.school.example").url == "https://hooks.school.example/"


def test_only_the_very_host_that_the_operator_names_may_be_private() -> None:
    assert read_target("http://127.0.0.1:8123/", private_hosts=["127.0.0.1:8123"]).private_allowed
    for text in ("http://127.0.0.1:8124/", "http://127.0.0.2:8123/", "https://10.0.0.1/"):
        with pytest.raises(WebhookAddressRefused):
            read_target(text, private_hosts=["127.0.0.1:8123"])


class Resolver:
    """Answers each question about a name with the next of its answers, the last one for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked += 1
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Where connections went; none is made."""
    made: list[Any] = []

    def connect(where: Any, *_: Any, **__: Any) -> Any:
        made.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    yield made


def sent(url: str) -> str:
    return post(url=url, body=b"{}", headers={}, private_hosts=()).error


def test_a_name_that_leads_to_a_private_address_is_not_called(
    monkeypatch: pytest.MonkeyPatch, connections: list[Any]
) -> None:
    for address in ("10.0.0.1", "127.0.0.1", "169.254.169.254"):
        monkeypatch.setattr(socket, "getaddrinfo", Resolver([address]))
        assert "leads into a private network" in sent("https://hooks.school.sch.uk/")
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(["93.184.215.14", "10.0.0.1"]))
    assert "leads into a private network" in sent("https://hooks.school.sch.uk/"), "one private among public"
    assert connections == []


def test_a_name_that_changes_after_it_was_judged_is_called_where_it_was_judged(
    monkeypatch: pytest.MonkeyPatch, connections: list[Any]
) -> None:
    resolver = Resolver(["93.184.215.14"], ["127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    assert sent("https://rebind.school.sch.uk/") == "Nothing listens at that address"
    assert connections == [("93.184.215.14", 443)] and resolver.asked == 1, "nobody asks a second time"
    assert "leads into a private network" in sent("https://rebind.school.sch.uk/"), (
        "and the next time it is judged anew"
    )


def test_control_a_client_that_resolves_by_itself_is_led_astray(
    monkeypatch: pytest.MonkeyPatch, connections: list[Any]
) -> None:
    """Judging first and connecting by name afterwards reaches this machine: the pin is what prevents it."""
    resolver = Resolver(["93.184.215.14"], ["127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    judged = webhooks_posting.resolve("rebind.school.sch.uk", 443)
    assert all(is_public(address) for address in judged)
    assert webhooks_posting.resolve("rebind.school.sch.uk", 443) == ["127.0.0.1"], "where it would connect to"


def test_names_kept_for_documentation_are_not_even_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver = Resolver(["93.184.215.14"])
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    assert "does not lead anywhere" in sent("https://hooks.school.example/") and resolver.asked == 0


@pytest.mark.django_db
def test_a_private_name_is_refused_when_it_is_saved(
    oakfield: Organisation, ruth: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(["192.168.0.7"]))
    for url in ("https://intranet.school.sch.uk/", "http://10.0.0.1/"):
        with pytest.raises(WebhookAddressRefused):
            add_webhook(organisation=oakfield, url=url, description="", kinds=["order.placed"], actor=ruth)
    assert not WebhookEndpoint.objects.exists()


def test_a_redirect_is_not_followed(heard: Heard) -> None:
    with receiving("/inside") as inside:
        heard.answer = lambda handler: handler.say(307, Location=inside.url)
        answer = post(url=heard.url, body=b"{}", headers={"webhook-id": "x"}, private_hosts=["127.0.0.1"])
        assert (answer.status, answer.accepted) == (307, False) and "not followed" in answer.error
        assert len(heard.requests) == 1 and inside.requests == []


def test_the_waits_grow_from_seconds_to_a_day_over_three_days() -> None:
    assert sum(wait.total_seconds() for wait in WAITS) / 86_400 > 3
    assert list(WAITS) == sorted(WAITS)
    for tried, wait in enumerate(WAITS, start=1):
        least, most = wait_after(tried, chance=0), wait_after(tried, chance=1)
        assert (least, most) == (wait * 0.9, wait * 1.1)
    assert wait_after(len(WAITS) + 1, chance=0.5) is None
    assert [pause_after(n).total_seconds() for n in (1, 2, 3, 7, 500)] == [5, 10, 20, 300, 300]
