"""The OpenAPI document says what the API does: requests made from it are answered, and none breaks the server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error

from orqo_vault.web.api.document import document
from orqo_vault.web.api.operations import OPERATIONS
from tests.web.stage import Client, Project, logged_in

EXAMPLES = [pytest.param(3, id="few"), pytest.param(40, id="many", marks=pytest.mark.slow)]


def test_the_document_is_served_and_names_every_schema_it_refers_to(client: Client) -> None:
    served = client.api("GET", "/openapi.json").json
    assert served == json.loads(json.dumps(document())) | {"servers": [{"url": "/api/v1"}]}
    text = json.dumps(served)
    for part in text.split('"#/components/schemas/')[1:]:
        assert part.partition('"')[0] in served["components"]["schemas"]


@pytest.mark.parametrize("examples", EXAMPLES)
def test_no_request_that_the_document_allows_or_forbids_breaks_the_server(
    examples: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orqo_vault.web.site.WRITES_A_MINUTE", 1_000_000)
    with logged_in(Project(tmp_path)) as client:
        schema = schemathesis.openapi.from_dict(client.api("GET", "/openapi.json").json)
        headers = {"Authorization": f"Bearer {client.token}", "Origin": client.origin}
        statuses: list[int] = []
        for operation in schema.get_all_operations():
            made = operation.ok()

            @settings(
                max_examples=examples,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=made.as_strategy() | made.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))
            def ask(case: schemathesis.Case) -> None:
                response = case.call(base_url=f"{client.origin}/api/v1", headers=headers)
                statuses.append(response.status_code)
                case.validate_response(response, checks=[not_a_server_error])

            ask()
        assert len(statuses) >= len(OPERATIONS) * examples
        assert {200, 404, 422} <= set(statuses), "what is made from the document gets past the first check"
