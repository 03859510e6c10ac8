"""Tests what is sent in a header: to the address that ``test:`` declares, or to the provider's own."""

from __future__ import annotations

from collections.abc import Mapping

from orqo_vault.probes.contract import Answer, Outcome, StoppedError, Subject
from orqo_vault.probes.headers import AUTHORIZATION, basic, declared_header, with_scheme
from orqo_vault.probes.http_exchange import Request, exchange
from orqo_vault.probes.judging import judged
from orqo_vault.providers import PRESETS, Preset

HOW = "declare test: {url: https://…}"


def probe_token(subject: Subject) -> Answer:
    """Test a token: where ``test: url`` says, else as its provider is tested."""
    if "url" in subject.credential.test:
        return _ask(subject, _one_or_placed(subject, "token"))
    return _ask_provider(subject, _preset(subject))


def probe_login(subject: Subject) -> Answer:
    """Test a user name and a password."""
    _refuse_without_url(subject)
    return _ask(subject, _pair_or_placed(subject, "username", "password"))


def probe_key_pair(subject: Subject) -> Answer:
    """Test a key and its secret, as user name and password unless ``test: headers`` places them."""
    _refuse_without_url(subject)
    return _ask(subject, _pair_or_placed(subject, "key", "secret"))


def probe_custom(subject: Subject) -> Answer:
    """Test a credential with fields of its own: the only one as a token, several as ``test: headers`` places them."""
    _refuse_without_url(subject)
    first, *others = subject.credential.custom_fields
    if others and "headers" not in subject.credential.test:
        how = "say which header carries which: test: {headers: {HEADER: FIELD}}"
        raise StoppedError(Answer(Outcome.NOT_TESTABLE, f"it has several fields; {how}"))
    return _ask(subject, _one_or_placed(subject, first))


def _refuse_without_url(subject: Subject) -> None:
    if "url" not in subject.credential.test:
        raise StoppedError(Answer(Outcome.NOT_TESTABLE, f"nothing is declared that could be asked; {HOW}"))


def _one_or_placed(subject: Subject, field: str) -> dict[str, str]:
    return _placed(subject) or declared_header(subject.credential.test, subject.plain(field))


def _pair_or_placed(subject: Subject, username: str, password: str) -> dict[str, str]:
    return _placed(subject) or {AUTHORIZATION: basic(subject.plain(username), subject.plain(password))}


def _placed(subject: Subject) -> dict[str, str]:
    return {name: subject.plain(field) for name, field in subject.credential.test.get("headers", {}).items()}


def _ask(subject: Subject, headers: Mapping[str, str]) -> Answer:
    test = subject.credential.test
    reply = exchange(Request(test["url"], test.get("method", "GET"), headers), subject)
    return judged(reply, subject.secrets(), expected=test.get("expect"))


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
