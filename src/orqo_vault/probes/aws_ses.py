"""Tests an AWS key for the Simple Email Service: how much it may send, which says that it may send at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from orqo_vault.credential_types.checks.aws import REGION
from orqo_vault.probes.contract import Answer, Outcome, Subject
from orqo_vault.probes.http_exchange import Request, exchange
from orqo_vault.probes.judging import judged
from orqo_vault.probes.scrubbing import scrubbed
from orqo_vault.probes.sigv4 import Signer

SERVICE = "ses"
QUESTION = b"Action=GetSendQuota&Version=2010-12-01"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CHINA = "cn-"
_ERROR = re.compile(rb"<Code>([A-Za-z]{1,64})</Code>(?:\s*<Message>([^<]{0,2000})</Message>)?")
_QUOTA = re.compile(rb"<Max24HourSend>(-?[0-9.]{1,20})</Max24HourSend>")


def probe_ses(subject: Subject) -> Answer:
    """Test the key with GetSendQuota in its own region, or at ``test: base_url``."""
    region = subject.plain("region")
    if not REGION.fullmatch(region):  # it becomes a part of the host's name
        return Answer(Outcome.REFUSED, "its region is not the name of one")
    domain = "amazonaws.com.cn" if region.startswith(CHINA) else "amazonaws.com"
    base_url = subject.credential.test.get("base_url", f"https://email.{region}.{domain}")
    url = base_url.rstrip("/") + "/"
    signer = Signer(subject.plain("access_key_id"), subject.plain("secret_access_key"), region, SERVICE)
    signed = signer.headers(url, QUESTION, datetime.now(UTC))
    reply = exchange(Request(url, "POST", {**FORM, **signed}, QUESTION), subject)
    answer = judged(reply, subject.secrets())
    error, quota = _ERROR.search(reply.body), _QUOTA.search(reply.body)
    if answer.outcome is Outcome.OK:
        said = f"may send {quota[1].decode()} messages in 24 hours" if quota else ""
        return Answer(Outcome.OK, said, reply.status)
    if error is None:
        return answer
    code = error[1].decode()
    if code.startswith("AccessDenied"):
        said = "the key is genuine and may not ask for its quota: allow ses:GetSendQuota, which reads three numbers"
    else:
        said = scrubbed((error[2] or b"").decode("utf-8", "replace"), subject.secrets())
    return Answer(answer.outcome, f"{reply.status} {code}: {said}".rstrip(": "), reply.status)
