"""One Cassandra process: started, killed, paused, cut off. Made and owned by a Cluster (cassandra_nodes).

Its folder has pid, cassandra.yaml, output.txt (what the JVM prints) and system.log. What it sees of other nodes is read from its
log, where the failure detector says of each change which way it went.
"""
import contextlib
import ctypes
import os
import pathlib
import re
import signal
import subprocess
import time

import cassandra_settings
import isolation
import native_protocol
from cassandra_settings import CQL_PORT, SUPERUSER, SUPERUSER_PASSWORD
from waiting import wait_until

STOP_SECONDS = 60.0
# Generous: three nodes on two busy cores take a while.
START_SECONDS = 240.0

_LIVENESS = re.compile(r"InetAddress /?([\d.]+):\d+ is now (UP|DOWN)")
_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


class Node:
    def __init__(self, cluster, index, address, die_with_parent):
        self.address = address
        self.number = index + 1
        self.folder = cluster.folder / f"node{self.number}"
        self._cluster = cluster
        self._index = index
        self._die_with_parent = die_with_parent
        self._process = None

    @property
    def host(self):
        return f"{self.address}:{CQL_PORT}"

    def launch(self):
        """Starts the process and returns at once."""
        isolation.heal(self.address)
        cassandra_settings.write_configuration(self._cluster.settings, self.folder, self._cluster.certificates,
                                               self._cluster.addresses, self._index)
        command = cassandra_settings.command(self._cluster.settings, cassandra_settings.find_java(), self.folder)
        # What an earlier process saw is history.
        log = self.folder / "system.log"
        if log.exists():
            log.rename(self.folder / "system.log.before")
        with open(self.folder / "output.txt", "wb") as output:
            self._process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=self._before_java)
        (self.folder / "pid").write_text(f"{self._process.pid}\n")

    def restart(self, seconds=START_SECONDS):
        """Kills it, if it runs, and starts it again with its data; waits until it answers and sees the others up that run."""
        self.kill()
        self.launch()
        end = time.monotonic() + seconds
        self.wait_until_ready(seconds)
        others = [node for node in self._cluster.nodes if node.is_running()]
        for node in others:
            node.wait_until_sees([self], end - time.monotonic())
        self.wait_until_sees(others, end - time.monotonic())

    def ask_to_stop(self):
        self.resume()
        self._signal(signal.SIGTERM)

    def stop(self, seconds=STOP_SECONDS):
        """Asks it to end, and kills it when it does not."""
        self.ask_to_stop()
        try:
            wait_until(lambda: not self.is_running(), "the node to stop", seconds)
        except RuntimeError:
            self.kill()
        isolation.heal(self.address)

    def kill(self):
        """As a power cut does it to the process."""
        self._signal(signal.SIGKILL)
        wait_until(lambda: not self.is_running(), "a killed node to be gone", STOP_SECONDS)
        isolation.heal(self.address)

    def pause(self):
        """It is there, its kernel takes connections for it, and nobody answers."""
        self._signal(signal.SIGSTOP)

    def resume(self):
        self._signal(signal.SIGCONT)

    def isolate(self):
        """It runs, and no packet comes or goes, neither from other nodes nor from clients."""
        isolation.isolate(self.address, self.pid())

    def heal(self):
        isolation.heal(self.address)

    def is_isolated(self):
        return isolation.is_isolated(self.address)

    def pid(self):
        """None when it does not run."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None
        try:
            pid = int((self.folder / "pid").read_text())
            command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return None
        # Another process may have the number by now. A child that is not yet Java has our own command line.
        own = self._process is not None and self._process.pid == pid
        return pid if own or str(self.folder / "cassandra.yaml").encode() in command else None

    def is_running(self):
        return self.pid() is not None

    def is_paused(self):
        pid = self.pid()
        return pid is not None and pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

    def answers(self):
        """Whether a client gets in."""
        settings = self._cluster.settings
        try:
            with native_protocol.Connection(self.address, CQL_PORT, self._cluster.client_tls()) as connection:
                connection.supported()
                if settings.auth:
                    connection.log_in(SUPERUSER, SUPERUSER_PASSWORD)
            return True
        except OSError:
            return False

    def sees(self):
        """The addresses of the other nodes that it takes to be up; when it does not run, none."""
        if not self.is_running():
            return set()
        last = dict(_LIVENESS.findall(self._read("system.log")))
        return {address for address, state in last.items() if state == "UP"}

    def wait_until_ready(self, seconds=START_SECONDS):
        self._wait(self.answers, "to answer", seconds)

    def wait_until_sees(self, others, seconds=START_SECONDS):
        wanted = {node.address for node in others} - {self.address}
        self._wait(lambda: wanted <= self.sees(), f"to see {', '.join(sorted(wanted))} up", seconds)

    def wait_until_misses(self, others, seconds=START_SECONDS):
        """Until its failure detector has noticed: about ten seconds."""
        unwanted = {node.address for node in others} - {self.address}
        self._wait(lambda: not unwanted & self.sees(), f"to see {', '.join(sorted(unwanted))} down", seconds)

    def last_words(self, lines=30):
        text = self._read("output.txt") + self._read("system.log")
        return "\n".join(text.splitlines()[-lines:])

    def _wait(self, condition, what, seconds):
        def alive_and_so():
            if not self.is_running():
                raise RuntimeError("it ended by itself")
            return condition()

        try:
            wait_until(alive_and_so, f"it {what}", seconds)
        except RuntimeError as error:
            raise RuntimeError(f"Cassandra node {self.number} ({self.address}): {error}\n{self.last_words()}") from None

    def _signal(self, number):
        pid = self.pid()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _read(self, name):
        try:
            return (self.folder / name).read_text("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def _before_java(self):
        if os.geteuid() == 0:
            with contextlib.suppress(OSError):
                os.setgid(isolation.group_of(self.address))
        # After setgid, which would undo it.
        if self._die_with_parent:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
