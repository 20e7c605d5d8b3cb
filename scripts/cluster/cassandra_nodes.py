"""Real Apache Cassandra nodes on this machine, for tests and measurements: one or several, each on a loopback address of its own.

    with Cluster(Settings(nodes=3)) as cluster:
        cluster.nodes[1].kill()
        cluster.nodes[1].restart()

A Cluster owns a folder: its settings, the data of every node, their logs and process ids. Within `with` the nodes are children
that die with this process, and their folder goes at the end; `Cluster.open` finds those that `scripts/cassandra start` left
running. Not thread-safe: a child dies with the thread that started it. Whatever fails is a RuntimeError that ends with the last
lines of the node's log.
"""
import dataclasses
import json
import pathlib
import random
import shutil
import socket
import tempfile
import time

import certificates
import native_protocol
from cassandra_node import START_SECONDS, Node
from cassandra_settings import CQL_PORT, STORAGE_PORT, SUPERUSER, SUPERUSER_PASSWORD, Settings


class Cluster:
    def __init__(self, settings=Settings(), folder=None, die_with_parent=True, keep=False):
        """`folder` is made when None, and removed at the end unless `keep`. A folder that was given always stays."""
        self.settings = settings
        self._remove = folder is None and not keep
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="cartwheel-cassandra-")).resolve()
        self.addresses = _addresses(settings)
        self._make_nodes(die_with_parent)

    @classmethod
    def open(cls, folder):
        """The cluster that was started in `folder`, its nodes running or not."""
        self = cls.__new__(cls)
        self.folder = pathlib.Path(folder).resolve()
        try:
            saved = json.loads((self.folder / "cluster.json").read_text())
        except FileNotFoundError:
            raise RuntimeError(f"no cluster was started in {folder}") from None
        self.settings, self.addresses, self._remove = Settings(**saved["settings"]), saved["addresses"], False
        self._make_nodes(die_with_parent=False)
        return self

    def _make_nodes(self, die_with_parent):
        self.nodes = [Node(self, index, address, die_with_parent) for index, address in enumerate(self.addresses)]

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        if self._remove:
            # Nobody comes back to what they have written.
            for node in self.nodes:
                node.kill()
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            self.stop()

    def start(self, seconds=START_SECONDS):
        """Starts what does not run, all nodes at once, and waits until each answers and sees all others up."""
        self._save()
        if self.settings.tls and not (self.certificates / "ca.pem").exists():
            certificates.make(self.certificates, self.addresses)
        for node in self.nodes:
            if not node.is_running():
                node.launch()
        return self.wait_until_whole(seconds)

    def wait_until_whole(self, seconds=START_SECONDS):
        """Until each node answers and sees all others up."""
        end = time.monotonic() + seconds
        for node in self.nodes:
            node.wait_until_ready(end - time.monotonic())
        for node in self.nodes:
            node.wait_until_sees(self.nodes, end - time.monotonic())
        return self

    def mend(self, seconds=START_SECONDS):
        """Undoes every fault: heals, resumes and starts again what was hurt, and waits until the cluster is whole."""
        for node in self.nodes:
            node.heal()
            node.resume()
        return self.start(seconds)

    def stop(self):
        """Ends all nodes, giving them the time to write out what they have."""
        for node in self.nodes:
            node.ask_to_stop()
        for node in self.nodes:
            node.stop()

    @property
    def certificates(self):
        return self.folder / "certificates"

    @property
    def hosts(self):
        return ",".join(f"{address}:{CQL_PORT}" for address in self.addresses)

    @property
    def environment(self):
        """What tests and benchmarks read to find the nodes."""
        variables = {"CARTWHEEL_TEST_CQL_HOSTS": self.hosts}
        if self.settings.auth:
            variables |= {"CARTWHEEL_TEST_CQL_USER": SUPERUSER, "CARTWHEEL_TEST_CQL_PASSWORD": SUPERUSER_PASSWORD}
        if self.settings.tls:
            variables |= {"CARTWHEEL_TEST_CQL_CA": str(self.certificates / "ca.pem")}
        if self.settings.client_certificates:
            variables |= {"CARTWHEEL_TEST_CQL_CERTIFICATE": str(self.certificates / "client.pem"),
                          "CARTWHEEL_TEST_CQL_KEY": str(self.certificates / "client.key")}
        return variables

    def client_tls(self):
        """What a Python client connects with: an SSLContext, or None."""
        if not self.settings.tls:
            return None
        pair = ()
        if self.settings.client_certificates:
            pair = (self.certificates / "client.pem", self.certificates / "client.key")
        return native_protocol.trusting(self.certificates / "ca.pem", *pair)

    def _save(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        saved = {"settings": dataclasses.asdict(self.settings), "addresses": self.addresses}
        (self.folder / "cluster.json").write_text(json.dumps(saved, indent=2) + "\n")


def _addresses(settings):
    if settings.address is not None:
        start, _, last = settings.address.rpartition(".")
        addresses = [f"{start}.{int(last) + index}" for index in range(settings.nodes)]
        for address in addresses:
            if not _is_free(address):
                raise RuntimeError(f"port {CQL_PORT} or {STORAGE_PORT} of {address} is in use; name another --address")
        return addresses
    # Every node has the same ports, so a cluster of its own means addresses of its own. 127.0 is left to who names one.
    for _ in range(100):
        block = f"127.{random.randrange(1, 255)}.{random.randrange(256)}"
        addresses = [f"{block}.{index + 1}" for index in range(settings.nodes)]
        if all(map(_is_free, addresses)):
            return addresses
    raise RuntimeError("found no free loopback addresses")


def _is_free(address):
    for port in (CQL_PORT, STORAGE_PORT):
        with socket.socket() as probe:
            # Connections of a cluster that ended are no hindrance.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True
