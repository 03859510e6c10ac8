"""The variables of one run, still silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from orqo_vault.injector.claims import Origin
from orqo_vault.secret import SecretValue

if TYPE_CHECKING:
    from orqo_vault.injector.delivery import Delivery


class Environment(Mapping[str, SecretValue]):
    """Variable → value, immutable. Its repr shows names only."""

    __slots__ = ("_claimed", "_origins", "_values", "deliveries", "secrets")

    def __init__(
        self,
        values: Mapping[str, SecretValue],
        origins: Mapping[str, Origin],
        *,
        deliveries: Iterable[Delivery] = (),
        secrets: Iterable[SecretValue] = (),
    ) -> None:
        self._values = dict(values)
        self._claimed = origins
        self._origins = {variable: origins[variable] for variable in self._values}
        self.deliveries = tuple(deliveries)
        """What has to be put somewhere before the run starts; the variables that say where are not set yet."""
        self.secrets = tuple(secrets)
        """Every secret value among the variables and deliveries, and what is base64 also as the text it stands for."""

    def delivered(self, places: Mapping[str, str]) -> Environment:
        """Return the environment in which these variables are set, too: they say where the deliveries are."""
        values = {**self._values, **{variable: SecretValue(place) for variable, place in places.items()}}
        return Environment(values, self._claimed, secrets=self.secrets)

    @property
    def origins(self) -> Mapping[str, Origin]:
        """Variable → (credential id, field) it comes from."""
        return MappingProxyType(self._origins)

    def reveal(self) -> dict[str, str]:
        """Return the plain values. Call it at the last line before the child starts."""
        return {variable: value.reveal() for variable, value in self._values.items()}

    def __getitem__(self, variable: str) -> SecretValue:
        return self._values[variable]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Environment({', '.join(self._values)})"
