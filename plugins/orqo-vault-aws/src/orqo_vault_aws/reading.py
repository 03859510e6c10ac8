"""Reads: twenty secrets a call where that is allowed, one by one where it is not, each place once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from orqo_vault.backend import Deadline, Stored
from orqo_vault.backend.contract import merged
from orqo_vault.errors import OrqoVaultError
from orqo_vault_aws.alongside import all_of
from orqo_vault_aws.asking import Said, Service
from orqo_vault_aws.batching import MOST, Answer, Batches
from orqo_vault_aws.description import ABSENT, CURRENT
from orqo_vault_aws.payload import Payload, decode
from orqo_vault_aws.recent import Recent
from orqo_vault_aws.reference import AwsReference

if TYPE_CHECKING:
    from orqo_vault.backend import BackendContext
    from orqo_vault_aws.settings import AwsSettings

Asked = tuple[str, str | None, str | None]
"""What one question is about: secret id, version id, stage."""


class Reader:
    """Reads for one backend."""

    def __init__(self, service: Service, recent: Recent, settings: AwsSettings, context: BackendContext) -> None:
        self._service = service
        self._recent = recent
        self._prefix = settings.prefix
        self.batches = Batches(service, context, allowed=settings.batch)

    def read_many(self, references: Iterable[AwsReference], deadline: Deadline) -> dict[AwsReference, Stored]:
        """Return what is stored at each reference; absent ones are left out, one failure fails all and names all."""
        found = self.look(references, deadline)
        failed = {str(reference): each for reference, each in found.items() if isinstance(each, OrqoVaultError)}
        if failed:
            raise merged(failed)
        return {reference: each for reference, each in found.items() if isinstance(each, Stored)}

    def look(
        self, references: Iterable[AwsReference], deadline: Deadline
    ) -> dict[AwsReference, Stored | OrqoVaultError | None]:
        """Return for each reference what is stored, the error it got, or None where there is nothing."""
        wanted = {reference: self._asked(reference) for reference in references}
        deadline.check(self._service.doing(str(next(iter(wanted))) if len(wanted) == 1 else ""))
        questions = {asked: str(reference) for reference, asked in wanted.items()}
        answers = self._answers(list(questions), questions, deadline)
        return {reference: _stored(answers[asked], reference) for reference, asked in wanted.items()}

    def requests(self, references: Iterable[AwsReference]) -> int:
        """Return how many requests reading these takes when none has to be asked for again."""
        questions = list(dict.fromkeys(self._asked(reference) for reference in references))
        batchable = sum(asked[1:] == (None, None) for asked in questions)
        if batchable < 2 or not self.batches.allowed:
            return len(questions)
        return len(questions) - batchable + -(-batchable // MOST)

    def _answers(
        self, questions: Sequence[Asked], about: dict[Asked, str], deadline: Deadline
    ) -> dict[Asked, Answer | OrqoVaultError | None]:
        batchable = [asked for asked in questions if asked[1:] == (None, None)]
        answers: dict[Asked, Answer | OrqoVaultError | None] = {}
        if len(batchable) > 1 and self.batches.allowed:
            slices = [batchable[start : start + MOST] for start in range(0, len(batchable), MOST)]
            names = {asked[0]: about[asked] for asked in batchable}
            calls: list[Callable[[], Any]] = [partial(self._batch, each, names, deadline) for each in slices]
            alone = [asked for asked in questions if asked[1:] != (None, None)]
            calls += [partial(self._single, asked, about[asked], deadline) for asked in alone]
            for found in all_of(calls, deadline, self._service.doing("")):
                answers.update(found)
        rest = [asked for asked in questions if asked not in answers]
        singles = [partial(self._single, asked, about[asked], deadline) for asked in rest]
        doing = self._service.doing(about[rest[0]] if len(rest) == 1 else "")
        for found in all_of(singles, deadline, doing) if singles else ():
            answers.update(found)
        return answers

    def _batch(
        self, asked: Sequence[Asked], names: dict[str, str], deadline: Deadline
    ) -> dict[Asked, Answer | OrqoVaultError | None]:
        found = self.batches.ask([secret_id for secret_id, _, _ in asked], names, deadline)
        return {
            (secret_id, None, None): answer
            for secret_id, answer in found.items()
            if not self._outdated(secret_id, answer)
        }

    def _outdated(self, secret_id: str, answer: Answer | OrqoVaultError | None) -> bool:
        """Whether the answer may be older than the secret is: such a one is asked for again, alone."""
        if isinstance(answer, OrqoVaultError):
            return False
        if answer is not None and CURRENT not in answer.get("VersionStages", [CURRENT]):
            return True
        return self._recent.outdated(secret_id, answer["VersionId"] if answer is not None else None)

    def _single(self, asked: Asked, about: str, deadline: Deadline) -> dict[Asked, Answer | OrqoVaultError | None]:
        try:
            return {asked: self.value(asked, about, deadline)}
        except OrqoVaultError as error:
            return {asked: error}

    def value(self, asked: Asked, about: str, deadline: Deadline) -> Answer | None:
        """Return the service's answer for one secret, None when there is none. Runs in this thread."""
        secret_id, version_id, stage = asked
        pins = {"VersionId": version_id, "VersionStage": stage if version_id or stage else CURRENT}
        parameters = {name: pin for name, pin in pins.items() if pin is not None}
        while True:
            try:
                answer: Answer | None = self._service.answer(
                    "get_secret_value",
                    deadline,
                    about=about,
                    expected=[ABSENT],
                    SecretId=secret_id,
                    **parameters,
                )
            except Said:
                answer = None
            version = answer["VersionId"] if answer is not None else None
            if version_id or stage or not self._recent.outdated(secret_id, version):
                return answer
            self._recent.pause(deadline)

    def _asked(self, reference: AwsReference) -> Asked:
        return reference.secret_id(self._prefix), reference.version_id, reference.version_stage


def _stored(answer: Answer | OrqoVaultError | None, reference: AwsReference) -> Stored | OrqoVaultError | None:
    if not isinstance(answer, dict):
        return answer
    try:
        return Stored(decode(Payload.of(answer), reference.format, str(reference)), answer["VersionId"])
    except OrqoVaultError as error:
        return error
