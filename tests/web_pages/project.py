"""A project with something on every page, credits included, as an operator's machine has it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from orqo_vault.credits import Cost, Tokens
from orqo_vault.ledger import open_ledger
from orqo_vault.ledger.records import Use
from orqo_vault.settings.operator_model import Ledger, Operator, PlatformProvider
from orqo_vault.web.service.changes import Changes, change
from orqo_vault.web.service.details import detail_of

from .site import EMPTY, Site

FULL = (
    EMPTY
    + """\
credentials:
  openai: {name: OpenAI, description: for all agents, key: OPENAI_API_KEY, category: llm_provider, type: api_token,
    mode: platform, provider: openai}
  claude: {name: Claude, key: ANTHROPIC_API_KEY, category: llm_provider, type: api_token, provider: anthropic}
  spare: {name: Spare, key: ANTHROPIC_API_KEY, category: llm_provider, type: api_token, provider: anthropic}
  mail: {name: Outgoing mail, key: SMTP, category: communication, type: email_smtp, values: {host: smtp.acme.example}}
  crm: {name: CRM, key: CRM, category: custom, type: custom, fields: [tenant, api_key],
    expires_at: 2020-01-01T00:00:00Z}
  search: {name: Search service, key: SEARCH_TOKEN, category: mcp_service, type: api_token, enabled: false}
llm:
  default: {model: "openai:gpt-4o-mini", credential: openai}
  writer: {model: "anthropic:claude-sonnet-4-5", credential: claude}
runs:
  nightly: {credentials: [mail], llm: [default]}
"""
)
PAGES = (
    "/credentials",
    "/credentials/claude",
    "/credentials/openai",
    "/credentials/mail",
    "/new",
    "/new/llm_provider",
    "/new/llm_provider/api_token",
    "/new/communication/email_smtp",
    "/llm",
    "/llm/default",
    "/llm-new",
    "/backends",
    "/credits",
    "/audit",
)


def full_site(place: Path) -> Site:
    """Return the project, with secrets stored, credits granted, held and used."""
    address = f"sqlite://{place}/ledger.db"
    operator = Operator(ledger=Ledger(address=address), platform_providers={"openai": _provider()})
    site = Site(place, FULL, operator=operator)
    site.organization = "acme"
    with open_ledger(address, create=True) as ledger:
        ledger.grant("acme", 25_000_000, period="2026-11", reason="monthly")
        use = Use(organization="acme", run="nightly", credential="openai", provider="openai")
        for number, (tokens, amount) in enumerate(((1_000, 900_000), (5_000, 2_400_000))):
            hold = ledger.reserve(use, 5_000_000, hold=f"hold-{number}", lasts=timedelta(hours=1))
            ledger.settle(
                "acme",
                f"request-{number}",
                tokens=Tokens(input=tokens, output=100),
                cost=Cost(amount=amount, unit_prices={"input": "1"}, price_version="test"),
                metered="reported",
                hold=hold.id,
                model="openai:gpt-4o-mini",
            )
    with site.vault() as vault:
        vault.put("claude", {"token": "sk-ant-example"})
        vault.put("mail", {"username": "ana", "password": "example"})
        vault.acting(actor="nightly").environment(only=["mail"])
        said = Changes(declaration={"description": "for the team"})
        change(vault.acting(actor="ana"), "claude", detail_of(vault, "claude").revision, said)
    return site


def _provider() -> PlatformProvider:
    return PlatformProvider(name="openai", type="direct")
