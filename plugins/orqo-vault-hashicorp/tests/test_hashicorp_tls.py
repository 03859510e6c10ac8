"""Who is trusted: authorities, names, dates, versions of TLS."""

from __future__ import annotations

import ssl
import threading
from pathlib import Path
from typing import Any

import pytest
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.testing import Authority
from orqo_vault_hashicorp.testing.fault_server import kv2, slowly

from orqo_vault.backend import Deadline
from orqo_vault.errors import (
    BackendError,
    BackendUnavailableError,
    OrqoVaultError,
    TimedOutError,
)

MAIL = HashicorpReference(path="mail")
FIELDS = {"password": "hunter2"}
RETRIED = (412, 429, 472, 473, 474, 500, 502, 503, 504)

pytestmark = pytest.mark.usefixtures("quick_retries")


def read(backend: HashicorpBackend, seconds: float = 20) -> dict[str, str] | None:
    found = backend.read(MAIL, deadline=Deadline(seconds))
    return found.secret.reveal() if found is not None else None


class TestTLS:
    def context_of(self, authority: Authority, **options: Any) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(*authority.issue("faulty", options.pop("hosts", ["127.0.0.1"]), **options))
        return made

    def test_a_trusted_server_is_read(self, serve: Any, authority: Authority) -> None:
        tls = self.context_of(authority)
        backend, _ = serve(lambda seen: kv2(FIELDS), tls=tls, ca_file=str(authority.certificate))

        assert read(backend) == FIELDS

    def test_drips_under_tls_end_at_the_deadline_too(self, serve: Any, authority: Authority) -> None:
        stopped = threading.Event()
        tls = self.context_of(authority)
        backend, _ = serve(lambda seen: slowly(kv2(FIELDS), stopped), tls=tls, ca_file=str(authority.certificate))

        with pytest.raises(TimedOutError):
            read(backend, seconds=0.5)
        stopped.set()

    @pytest.mark.parametrize(
        ("options", "why"),
        [
            ({"expired": True}, "certificate has expired"),
            ({"hosts": ["other.example"]}, "IP address mismatch"),
        ],
    )
    def test_a_wrong_certificate_is_final(self, serve: Any, authority: Authority, options: Any, why: str) -> None:
        tls = self.context_of(authority, **options)
        backend, server = serve(lambda seen: kv2(FIELDS), tls=tls, ca_file=str(authority.certificate))

        with pytest.raises(BackendError, match=f"certificate is not trusted: .*{why}") as caught:
            read(backend)

        assert not isinstance(caught.value, BackendUnavailableError)
        assert server.seen == []

    def test_an_unknown_authority_is_final_and_says_what_to_set(
        self, serve: Any, authority: Authority, tmp_path: Path
    ) -> None:
        other = Authority(tmp_path / "other")
        backend, server = serve(
            lambda seen: kv2(FIELDS), tls=self.context_of(authority), ca_file=str(other.certificate)
        )

        with pytest.raises(BackendError, match="certificate is not trusted") as caught:
            read(backend)

        assert "ca_file" in str(caught.value.hint)
        assert server.seen == []

    def test_the_servers_name_may_differ_from_the_address(self, serve: Any, authority: Authority) -> None:
        tls = self.context_of(authority, hosts=["vault.test"])
        ca_file = str(authority.certificate)

        backend, _ = serve(lambda seen: kv2(FIELDS), tls=tls, ca_file=ca_file, server_name="vault.test")

        assert read(backend) == FIELDS

    def test_old_tls_is_refused(self, serve: Any, authority: Authority) -> None:
        tls = self.context_of(authority)
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            tls.minimum_version = tls.maximum_version = ssl.TLSVersion.TLSv1_1
        tls.set_ciphers("ALL:@SECLEVEL=0")
        backend, server = serve(lambda seen: kv2(FIELDS), tls=tls, ca_file=str(authority.certificate))

        with pytest.raises(OrqoVaultError):
            read(backend)

        assert server.seen == []

    def test_a_ca_file_that_is_none_is_said(self, serve: Any, authority: Authority) -> None:
        backend, _ = serve(lambda seen: kv2(FIELDS), tls=self.context_of(authority), ca_file="no-such.pem")

        with pytest.raises(OrqoVaultError, match=r"ca_file .*no-such\.pem: cannot be used: No such file"):
            read(backend)
