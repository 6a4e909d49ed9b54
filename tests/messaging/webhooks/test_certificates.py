"""The connection goes to the judged address, and the certificate there must still be that of the name."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from marketplace.messaging.services.webhooks_posting import Answer, post
from tests.messaging.webhooks.receiver import Quiet

NAME = "hooks.school.sch.uk"


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate that signs itself, for one name: (certificate, key)."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


class Server:
    """Speaks TLS with one certificate and remembers which name it was asked for."""

    def __init__(self, paths: tuple[Path, Path]) -> None:
        self.asked: list[str | None] = []
        self.hosts: list[str] = []
        outer = self

        class Handler(Quiet):
            def heard(self, body: bytes) -> None:
                outer.hosts.append(self.headers["host"])
                self.say(204)

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*paths)
        context.sni_callback = lambda _, name, __: self.asked.append(name)
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server.server_port


@pytest.fixture
def leads_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every name leads to this machine."""
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: real("127.0.0.1", *rest, **more))
    yield


def sent(port: int, **more: Any) -> Answer:
    name = f"{NAME}:{port}"
    return post(url=f"https://{name}/in", body=b"{}", headers={}, private_hosts=[name], **more)


@pytest.mark.usefixtures("leads_here")
def test_the_name_is_asked_for_and_its_certificate_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = certificate(tmp_path, NAME)
    monkeypatch.setenv("SSL_CERT_FILE", str(paths[0]))
    server = Server(paths)
    answer = sent(server.port)
    assert (answer.status, answer.error) == (204, "")
    assert server.asked == [NAME] and server.hosts == [f"{NAME}:{server.port}"]


@pytest.mark.usefixtures("leads_here")
def test_a_certificate_of_another_name_or_of_nobody_known_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = certificate(tmp_path, "other.school.sch.uk")
    monkeypatch.setenv("SSL_CERT_FILE", str(other[0]))
    server = Server(other)
    answer = sent(server.port)
    assert answer.status is None and "certificate was refused" in answer.error and server.hosts == []
    unknown = Server(certificate(tmp_path, NAME))
    answer = sent(unknown.port)
    assert answer.status is None and "certificate was refused" in answer.error and unknown.hosts == []


@pytest.mark.usefixtures("leads_here")
def test_a_receiver_that_never_shakes_hands_costs_no_more_than_the_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        answer = sent(silent.getsockname()[1], seconds=0.5)
    assert answer.status is None and answer.error == "No whole answer within 0.5 seconds"
    assert answer.milliseconds < 3_000
