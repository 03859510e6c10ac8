"""Which addresses a probe may contact: never one that answers whoever is on this machine or on its wire.

Link-local addresses, and the metadata services of the clouds, hand out logins to anybody who can ask from here. A
name is resolved once, and what was checked is what is connected to: a second answer cannot lead elsewhere.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from typing import Any, NamedTuple

from orqo_vault.backend import Deadline
from orqo_vault.probes.contract import Answer, Outcome, StoppedError

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

METADATA = frozenset(
    ipaddress.ip_address(each)
    for each in ("168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")
)
"""Azure, Alibaba, Oracle, AWS and Google outside of the link-local range, where the others are."""
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Address(NamedTuple):
    """One place a name stands for."""

    family: int
    where: Any
    """As :mod:`socket` takes it."""
    ip: Ip


def resolve(host: str, port: int, deadline: Deadline) -> list[Address]:
    """Return where ``host`` is, or end the test: not to be found, or an address that may not be contacted."""
    found: list[Address] = []
    failed: list[OSError] = []

    def look_up() -> None:
        try:
            for family, _, _, _, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                found.append(Address(family, where, ipaddress.ip_address(str(where[0]).partition("%")[0])))
        except OSError as error:
            failed.append(error)

    # The system's resolver knows no deadline; a thread that is left behind ends with it, at the latest.
    thread = threading.Thread(target=look_up, name="orqo-vault-resolve", daemon=True)
    thread.start()
    thread.join(deadline.remaining())
    if thread.is_alive():
        raise StoppedError(Answer(Outcome.UNREACHABLE, f"{host}: its address was not found in time"))
    if failed or not found:
        raise StoppedError(Answer(Outcome.UNREACHABLE, f"{host}: no such host is known"))
    for address in found:
        refusal = forbidden(address.ip)
        if refusal is not None:
            raise StoppedError(Answer(Outcome.REFUSED, f"{host} is {refusal} ({address.ip}): not contacted"))
    return found


def forbidden(ip: Ip) -> str | None:
    """Return what an address is that no probe may contact; None when it may."""
    inner = _carried(ip)
    if inner is not None:
        return forbidden(inner)
    if ip in METADATA:
        return "a metadata service"
    if ip.is_link_local:
        return "a link-local address"
    if ip.is_multicast or ip.is_unspecified or (ip.version == 4 and ip.is_reserved):
        return "not the address of a host"
    return None


def _carried(ip: Ip) -> Ip | None:
    """Return the IPv4 address that an IPv6 one stands for."""
    if not isinstance(ip, ipaddress.IPv6Address):
        return None
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
