"""Login by the operator's own proxy: it checks who comes, and says so in a header that nobody else may send."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from hmac import compare_digest
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.routing import Route

from orqo_vault.errors import Location, SettingsError
from orqo_vault.settings.trust import read_trusted
from orqo_vault.web.auth import Identity, Role

if TYPE_CHECKING:
    from orqo_vault.settings.operator_model import Web

PROOF = "x-orqo-vault-proxy"
SHORTEST_PROOF = 32
LONGEST_NAME = 200


class TrustedHeaders:
    """Believes one proxy. A request that does not come from it, or names nobody with a role, is nobody's."""

    def __init__(
        self,
        *,
        proxies: Iterable[str],
        users: Mapping[str, Role],
        groups: Mapping[str, Role],
        proof: bytes | None = None,
        user_header: str = "X-Forwarded-User",
        groups_header: str = "X-Forwarded-Groups",
    ) -> None:
        """``proxies`` are addresses or networks; ``proof`` is what the proxy sends as ``X-Orqo-Vault-Proxy``.

        Without a proof, no address of this machine may be among the proxies: every user of it could be one.
        """
        self._networks = [ipaddress.ip_network(each) for each in proxies]
        if proof is None and any(each.is_loopback for each in self._networks):
            raise SettingsError("a proxy on this machine needs a proof", hint="every local user could play it")
        if proof is not None and len(proof) < SHORTEST_PROOF:
            raise SettingsError(f"the proxy's proof is shorter than {SHORTEST_PROOF} characters")
        self._proof, self._users, self._groups = proof, dict(users), dict(groups)
        self._user_header, self._groups_header = user_header, groups_header

    async def identify(self, request: Request) -> Identity | None:
        """Return whom the proxy names, None when it is not the proxy that asks."""
        if not (self._is_the_proxy(request) and self._has_proof(request)):
            return None
        names = request.headers.getlist(self._user_header)
        if len(names) != 1 or not names[0] or len(names[0]) > LONGEST_NAME or not names[0].isprintable():
            return None
        role = self._role(names[0], request.headers.getlist(self._groups_header))
        return Identity(names[0], role) if role is not None else None

    def routes(self) -> Sequence[Route]:
        """Return none: people log in at the proxy."""
        return ()

    def _is_the_proxy(self, request: Request) -> bool:
        if request.client is None:
            return False
        try:
            address = ipaddress.ip_address(request.client.host)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in each for each in self._networks)

    def _has_proof(self, request: Request) -> bool:
        if self._proof is None:
            return True
        sent = request.headers.getlist(PROOF)
        return len(sent) == 1 and compare_digest(sent[0].encode("latin-1"), self._proof)

    def _role(self, name: str, groups: list[str]) -> Role | None:
        if len(groups) > 1:  # two lists: one of them may be what the visitor sent
            return None
        named = [each.strip() for each in ",".join(groups).split(",")]
        roles = [self._groups[each] for each in named if each in self._groups]
        if name in self._users:
            roles.append(self._users[name])
        return max(roles, default=None)


def trusted_headers(web: Web) -> TrustedHeaders:
    """Return what the operator's file sets up."""
    return TrustedHeaders(
        proxies=web.proxies,
        users={name: Role[role.upper()] for name, role in web.users.items()},
        groups={name: Role[role.upper()] for name, role in web.groups.items()},
        proof=_proof(web),
        user_header=web.user_header,
        groups_header=web.groups_header,
    )


def _proof(web: Web) -> bytes | None:
    if web.secret_file is None:
        return None
    content = read_trusted(web.secret_file)
    if content is None:
        raise SettingsError("no such file: the proxy's proof", location=Location(str(web.secret_file)))
    return content.strip()
