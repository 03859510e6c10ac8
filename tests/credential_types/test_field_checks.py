"""Values that real servers and tools use are accepted; what cannot work is refused, with a reason and no quotation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orqo_vault.credential_types.checks.aws import check_access_key_id, check_region
from orqo_vault.credential_types.checks.base64_text import check_base64
from orqo_vault.credential_types.checks.host import check_host
from orqo_vault.credential_types.checks.known_hosts import check_known_hosts
from orqo_vault.credential_types.checks.port import check_port
from orqo_vault.credential_types.checks.stamp import check_stamp
from orqo_vault.credential_types.checks.url import check_url

Check = Callable[[str], None]

HOSTS = [
    *("localhost", "smtp.acme.example", "email-smtp.eu-central-1.amazonaws.com", "mail", "a", "SMTP.Gmail.COM"),
    *("smtp.acme.example.", "my_mailer", "mail_1.default.svc.cluster.local", "3com.example", "1.example", "a--b.c"),
    *("xn--bcher-kva.example", "bücher.example", "почта.рф", "例え.テスト", "straße.de", "paral·lel.cat", "i❤.ws"),
    *(
        "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.com",
        "127.0.0.1",
        "10.0.0.255",
        "::1",
        "2001:db8::25",
        "fe80::1%eth0",
        "::ffff:10.0.0.1",
    ),
    *("a" * 63 + ".example", ".".join(["a" * 49] * 5)),
]
NOT_HOSTS = [
    *("", ".", "..", "a..b", ".a", "-a.example", "a-.example", "smtp acme", " a", "a ", "a\n", "a\tb", "a\0", "a;b"),
    *("smtp://mail.example", "mail.example/", "mail.example:587", "user@mail.example", "[::1]", "::1]", "1.2.3"),
    *("1.2.3.256", "1.2.3.4.5", "256", "0x7f.1", "1:2", ":::", "12345::1", "fe80::1%", "2001:db8::g"),
    *(
        "a" * 64,
        "ü" * 63,
        ".".join(["a" * 50] * 5),
        "a\u2100b.example",
        "a\uff0fb.example",
        "a\u200bb",
        "a\ud800b",
        "x。y",
    ),
]
PORTS = ["1", "25", "465", "587", "2525", "65535"]
NOT_PORTS = [
    "",
    "0",
    "00",
    "025",
    "65536",
    "99999",
    "100000",
    "-1",
    "+25",
    "2 5",
    " 25",
    "25\n",
    "25.0",
    "2_5",
    "٢٥",
    "²",
    "x",
]
URLS = [
    *("https://oauth2.googleapis.com/token", "http://localhost:8080/token", "HTTPS://Login.Example/oauth2/v2.0/token"),
    *("https://example.com", "https://example.com/", "https://example.com?tenant=a%20b&x=1", "https://[::1]:8443/t"),
    *("https://10.0.0.1/token", "https://bücher.example/ä", "https://example.com:443", "https://a/b?c=d@e:f"),
]
NOT_URLS = [
    *(
        "",
        "example.com/token",
        "ftp://example.com",
        "https:/example.com",
        "https://",
        "https:///token",
        "//example.com",
    ),
    *("https://user:pw@example.com/t", "https://user@example.com", "https://example.com/a b", "https://example.com\n"),
    *("https://example.com/#frag", "https://example.com:0/", "https://example.com:/", "https://example.com:x/"),
    *("https://example.com:70000", "https://exa mple.com", "https://[::1/", "https://[::1]x/", "https://[host]/"),
    *("https://example.com\\@evil.example/", "https://ex\uff0fample.com/", "javascript:alert(1)", "https://-a.example"),
]
STAMPS = [
    *("2027-01-31T12:00:00Z", "2027-01-31t12:00:00z", "2027-01-31 12:00:00+00:00", "2027-01-31T12:00:00.123Z"),
    *("2027-01-31T12:00:00.123456789-05:30", "2024-02-29T23:59:59+14:00", "1700000000", "1700000000.123456"),
    *("999999999", "4102444800"),
]
NOT_STAMPS = [
    *("", "tomorrow", "2027-01-31", "2027-01-31T12:00:00", "2027-01-31T12:00Z", "2027-13-01T00:00:00Z"),
    *("2027-02-29T00:00:00Z", "2027-01-31T24:30:00Z", "2027-01-31T12:00:00+25:00", "20270131T120000Z"),
    *(
        "1700000000000",
        "-1700000000",
        "1.7e9",
        "0",
        "3600",
        "2027-01-31T12:00:00Z\n",
        " 1700000000",
        "\uff12\uff10\uff12\uff17-01-31T12:00:00Z",
    ),
]
ACCESS_KEY_IDS = [
    *(
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        "AKIAI44QH8DHBEXAMPLE",
        "testing",
        "test",
        "FOOBARKEY",
        "mock_key",
    ),
    *("AIDACKCEVSQ6C2EXAMPLE", "A" * 128),
]
NOT_ACCESS_KEY_IDS = [
    *(
        "",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AKIA IOSFODNN7EXAMPLE",
        "AKIAIOSFODNN7EXAMPLE\n",
        "A" * 129,
        "AKIÄ",
    ),
]
REGIONS = [
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-central-1", "eu-west-3", "eu-south-2", "eu-north-1"),
    *("ap-northeast-3", "ap-southeast-7", "ap-east-2", "sa-east-1", "ca-west-1", "mx-central-1", "me-south-1"),
    *("af-south-1", "il-central-1", "us-gov-west-1", "us-gov-east-1", "cn-north-1", "cn-northwest-1"),
    *("us-iso-east-1", "us-isob-east-1", "us-isof-south-1", "eu-isoe-west-1", "eusc-de-east-1"),
]
NOT_REGIONS = [
    "",
    "eu",
    "us-east",
    "eu-central-1a",
    "EU-CENTRAL-1",
    "eu_central_1",
    "eu-central-1 ",
    "eu--central-1",
    "Frankfurt",
]
BASE64 = ["", "AA==", "AAA=", "AAAA", "+/+/", "aGVsbG8="]
NOT_BASE64 = [
    "A",
    "AA",
    "AAA",
    "AA=",
    "AB==",
    "AAB=",
    "-_-_",
    "AA==\n",
    "AAAA\nAAAA",
    " AAAA",
    "AA==AA==",
    "ä",
    "A A A",
    "====",
]

KNOWN = "host ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"
KNOWN_HOSTS = [
    *("", KNOWN, f"{KNOWN}\n", f"# comment\n\n{KNOWN} a comment\r\n{KNOWN}", f"@cert-authority *.{KNOWN}"),
    *("[h]:22,10.0.0.1 ecdsa-sha2-nistp256 AAAA", "|1|F1E1=|x= ssh-rsa AAAA", f"@revoked {KNOWN}"),
]
NOT_KNOWN_HOSTS = [
    *("server", "host ssh-ed25519", "ssh-ed25519 AAAA", "host AAAA ssh-ed25519", "host ssh-ed25519 A*A"),
    f"{KNOWN}\nx y",
    *("@revoked", "@revoked host ssh-rsa", "-----BEGIN OPENSSH PRIVATE KEY-----", "SHA256:abc host ssh"),
]

GOOD: list[tuple[Check, list[str]]] = [
    (check_host, HOSTS),
    (check_port, PORTS),
    (check_url, URLS),
    (check_stamp, STAMPS),
    (check_access_key_id, ACCESS_KEY_IDS),
    (check_region, REGIONS),
    (check_base64, BASE64),
    (check_known_hosts, KNOWN_HOSTS),
]
BAD: list[tuple[Check, list[str]]] = [
    (check_host, NOT_HOSTS),
    (check_port, NOT_PORTS),
    (check_url, NOT_URLS),
    (check_stamp, NOT_STAMPS),
    (check_access_key_id, NOT_ACCESS_KEY_IDS),
    (check_region, NOT_REGIONS),
    (check_base64, NOT_BASE64),
    (check_known_hosts, NOT_KNOWN_HOSTS),
]


def cases(table: list[tuple[Check, list[str]]]) -> list[object]:
    return [
        pytest.param(check, value, id=f"{check.__name__}-{ascii(value)[:50]}")
        for check, values in table
        for value in values
    ]


@pytest.mark.parametrize(("check", "value"), cases(GOOD))
def test_a_real_value_is_accepted(check: Check, value: str) -> None:
    check(value)


@pytest.mark.parametrize(("check", "value"), cases(BAD))
def test_a_value_that_cannot_work_is_refused_without_quoting_it(check: Check, value: str) -> None:
    with pytest.raises(ValueError, match=r"^(is|must|has)\b") as caught:
        check(value)
    assert type(caught.value) is ValueError
    assert len(value) < 4 or value not in str(caught.value)


@pytest.mark.parametrize("check", [check for check, _ in BAD])
@given(value=st.text(max_size=80) | st.text("0123456789:.-/@[]%TZhtps?#", max_size=40))
def test_no_text_makes_a_check_fail_otherwise(check: Check, value: str) -> None:
    """A parser that raises something else, or quotes its input, would show a pasted secret."""
    try:
        check(value)
    except ValueError as error:
        assert type(error) is ValueError  # noqa: PT017  # most texts are refused, some are not: both are fine
        assert error.__context__ is None  # noqa: PT017  # a parser's own error would ride along


def test_milliseconds_are_told_from_seconds() -> None:
    with pytest.raises(ValueError, match="is in milliseconds; seconds are expected"):
        check_stamp("1700000000000")


def test_a_secret_key_in_place_of_the_access_key_id_is_recognised() -> None:
    with pytest.raises(ValueError, match="is it the secret key"):
        check_access_key_id("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
