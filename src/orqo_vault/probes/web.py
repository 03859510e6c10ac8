"""Tests what is sent in a header: to the address that ``test:`` declares, or to the provider's own."""

from __future__ import annotations

from collections.abc import Mapping

from orqo_vault.probes.contract import Answer, Outcome, StoppedError, Subject
from orqo_vault.probes.headers import basic, declared_header, with_scheme
from orqo_vault.probes.http_exchange import Request, exchange
from orqo_vault.probes.judging import judged
from orqo_vault.probes.presets import PRESETS, Preset

HOW = "declare test: {url: https://…}"


def probe_token(subject: Subject) -> Answer:
    """Test a token: where ``test: url`` says, else as its provider is tested."""
    if "url" in subject.credential.test:
        return _ask(subject, _headers(subject, "token"))
    return _ask_provider(subject, _preset(subject))


def probe_login(subject: Subject) -> Answer:
    """Test a user name and a password."""
    return _ask_pair(subject, "username", "password")


def probe_key_pair(subject: Subject) -> Answer:
    """Test a key and its secret, as user name and password unless ``test: headers`` places them."""
    return _ask_pair(subject, "key", "secret")


def probe_custom(subject: Subject) -> Answer:
    """Test a credential with fields of its own: one field as a token, several as ``test: headers`` places them."""
    fields = subject.credential.custom_fields
    return _ask(subject, _headers(subject, fields[0]))


def _ask_pair(subject: Subject, username: str, password: str) -> Answer:
    test = subject.credential.test
    if "headers" in test:
        return _ask(subject, _placed(subject, test["headers"]))
    if "url" not in test:
        return _ask(subject, {})
    return _ask(subject, {"Authorization": basic(subject.plain(username), subject.plain(password))})


def _headers(subject: Subject, field: str) -> dict[str, str]:
    test = subject.credential.test
    if "headers" in test:
        return _placed(subject, test["headers"])
    return declared_header(test, subject.plain(field)) if "url" in test else {}


def _placed(subject: Subject, headers: Mapping[str, str]) -> dict[str, str]:
    return {name: subject.plain(field) for name, field in headers.items()}


def _ask(subject: Subject, headers: Mapping[str, str]) -> Answer:
    test = subject.credential.test
    if "url" not in test:
        raise StoppedError(Answer(Outcome.NOT_TESTABLE, f"nothing is declared that could be asked; {HOW}"))
    reply = exchange(Request(test["url"], test.get("method", "GET"), headers), subject)
    return judged(reply, [*subject.secrets(), *headers.values()], expected=test.get("expect"))


def _ask_provider(subject: Subject, preset: Preset) -> Answer:
    base_url = subject.credential.test.get("base_url", preset.base_url)
    if base_url is None:
        how = "declare test: {base_url: https://…}"
        raise StoppedError(
            Answer(Outcome.NOT_TESTABLE, f"every customer of {subject.credential.provider} has an own address; {how}")
        )
    headers = {**preset.more, preset.header: with_scheme(preset.scheme, subject.plain("token"))}
    reply = exchange(Request(base_url.rstrip("/") + preset.path, headers=headers), subject)
    return judged(reply, subject.secrets(), says_ok=preset.says_ok)


def _preset(subject: Subject) -> Preset:
    provider = subject.credential.provider
    preset = PRESETS.get(provider.lower()) if provider is not None else None
    if preset is None:
        about = "no provider is declared" if provider is None else f"provider {provider!r} is not a known one"
        raise StoppedError(Answer(Outcome.NOT_TESTABLE, f"{about}; {HOW}, or one of: {', '.join(PRESETS)}"))
    return preset
