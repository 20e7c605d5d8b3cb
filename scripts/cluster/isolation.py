"""Cuts a loopback address off from all others: packets from and to it are dropped, not refused, as by a broken network.

By a table of the packet filter (nft) for each address, so as root alone. A table outlives its maker: whoever isolates heals.
"""
import os
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


def isolate(address):
    reason = why_unavailable()
    if reason is not None:
        raise RuntimeError(reason)
    # On input, because what is dropped on output is an error to the sender.
    rules = f"""
        table ip {_table(address)} {{
            chain input {{
                type filter hook input priority filter; policy accept;
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
