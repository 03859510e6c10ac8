"""What ``check`` says: whether the service is reached, the login works, and each reference can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orqo_vault.backend import Deadline, Health
from orqo_vault.errors import OrqoVaultError
from orqo_vault_aws.asking import Said, Service
from orqo_vault_aws.batching import DENIED
from orqo_vault_aws.concerns import about_clock, about_session
from orqo_vault_aws.reading import Reader
from orqo_vault_aws.reference import AwsReference


def examine(
    service: Service,
    reader: Reader,
    references: Sequence[AwsReference],
    environ: Mapping[str, str],
    deadline: Deadline,
) -> Health:
    """Look without changing anything."""
    if not references:
        return _reach(service, environ, deadline)
    try:
        found = reader.look(references, deadline)
    except OrqoVaultError as error:
        return Health.failed([error])
    failed = [each for each in found.values() if isinstance(each, OrqoVaultError)]
    notes: tuple[str, ...] = ()
    if not reader.batches.allowed and reader.batches.wanted:
        notes = ("IAM denies secretsmanager:BatchGetSecretValue: each secret costs a call of its own",)
    return Health.failed(
        failed,
        notes=notes,
        absent=tuple(str(reference) for reference, each in found.items() if each is None),
    )


def _reach(service: Service, environ: Mapping[str, str], deadline: Deadline) -> Health:
    session = tuple(about_session(environ))
    try:
        answer = service.ask("list_secrets", deadline, about="", expected=[DENIED], MaxResults=1)
    except Said:
        note = "reached and logged in; listing is denied by IAM, which reading does not need"
        return Health(notes=(note,), concerns=session)
    except OrqoVaultError as error:
        return Health.failed([error], concerns=session)
    return Health(concerns=(*session, *about_clock(answer)))
