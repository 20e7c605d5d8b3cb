"""Cuts a loopback address off from all others: packets from and to it are dropped, not refused, as by a broken network.

By a table of the packet filter (nft) for each address, so as root alone. A table outlives its maker: whoever isolates heals.
A process on such an address connects to others from 127.0.0.1, whose packets tell nothing; so it runs with a group of its own,
`group_of`, by which the kernel knows them.
"""
import ipaddress
import os
import pathlib
import shutil
import subprocess


def why_unavailable():
    """None, or the reason why this machine cannot isolate."""
    if os.geteuid() != 0:
        return "isolation needs root"
    if shutil.which("nft") is None:
        return "isolation needs nft; `scripts/install cluster` brings it"
    probe = _nft("list", "tables")
    return None if probe.returncode == 0 else f"isolation needs a kernel with nftables: {probe.stderr.strip()}"


def is_isolated(address):
    return why_unavailable() is None and _nft("list", "table", "ip", _table(address)).returncode == 0


def group_of(address):
    """A group id for the process on a loopback address; nobody else's, and it needs no name."""
    return 1 << 24 | int(ipaddress.IPv4Address(address)) & 0xFFFFFF


def isolate(address, pid):
    reason = why_unavailable()
    if reason is not None:
        raise RuntimeError(reason)
    group = group_of(address)
    if pathlib.Path(f"/proc/{pid}").stat().st_gid != group:
        raise RuntimeError(f"isolation needs the process on {address} to have the group {group}; start it as root")
    # Marked on output and dropped on input, because what is dropped on output may be an error to its sender.
    rules = f"""
        table ip {_table(address)} {{
            chain output {{
                type filter hook output priority filter; policy accept;
                meta skgid {group} ip daddr != {address} meta mark set {group}
            }}
            chain input {{
                type filter hook input priority filter; policy accept;
                meta mark {group} drop
                ip saddr {address} ip daddr != {address} drop
                ip daddr {address} ip saddr != {address} drop
            }}
        }}
    """
    heal(address)
    result = _nft("-f", "-", text=rules)
    if result.returncode != 0:
        raise RuntimeError(f"nft: {result.stderr.strip()}")


def heal(address):
    if is_isolated(address):
        result = _nft("delete", "table", "ip", _table(address))
        if result.returncode != 0:
            raise RuntimeError(f"nft: {result.stderr.strip()}")


def _table(address):
    return "cartwheel_" + address.replace(".", "_")


def _nft(*arguments, text=""):
    return subprocess.run(["nft", *arguments], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
