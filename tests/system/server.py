"""One `cartwheel serve` process under test.

A Server owns its process and its folder's path; the fixtures in conftest.py own Servers. Standard error goes to a file that
a failing test shows. A server that dies by itself, a sanitizer's report and an unclean stop are failures of the test.
CARTWHEEL_TEST_STORE names the store that servers get which are not asked for another: rocks when it is not set.
"""
import http.client
import os
import pathlib
import re
import select
import signal
import subprocess
import threading
import time

import database

TESTED_STORE = os.environ.get("CARTWHEEL_TEST_STORE", "rocks")

# Generous, because the same tests run under sanitizers on busy machines; nothing waits for it to pass.
DEADLINE_SECONDS = 60.0
# On a cluster a request would else be given up after two seconds.
_CLUSTER_PATIENCE = ["--cql-statement-timeout", "10s", "--cql-request-timeout", "30s"]

_ADDRESS = re.compile(rb"http://127\.0\.0\.1:(\d+)")
_SANITIZER = re.compile(r"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:|ERROR: LeakSanitizer")


def binary():
    root = pathlib.Path(__file__).resolve().parents[2]
    path = pathlib.Path(os.environ.get("CARTWHEEL_BIN", root / "build" / "release" / "cartwheel"))
    assert path.is_file(), f"no such program: {path}; build it, or name it in CARTWHEEL_BIN"
    return str(path)


def wait_until(condition, what, seconds=DEADLINE_SECONDS):
    """Asks `condition` again and again until it holds, and gives its value."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"waited {seconds:.0f} s in vain for {what}"
        pause.wait(0.01)


class Server:
    def __init__(self, folder, *flags, store=None, keyspace=None, cluster=None):
        """On the store cql each server has a keyspace of its own, unless it is told one. `cluster`: flags that name another than that
        of all tests; its requests are given up as early as those of anyone's service."""
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.store = store or TESTED_STORE
        self.flags = [*(_CLUSTER_PATIENCE if self.store == "cql" and cluster is None else []), *flags]
        self.keyspace = keyspace
        self.cluster = cluster
        self.process = None
        self.port = 0
        self.stderr_path = self.folder / "stderr.txt"
        self._banner = b""

    @property
    def address(self):
        return ("127.0.0.1", self.port)

    @property
    def netloc(self):
        return f"127.0.0.1:{self.port}"

    @property
    def url(self):
        return f"http://{self.netloc}"

    @property
    def banner(self):
        return self._banner.decode("utf-8", "replace")

    def start(self, port=0, wait=True):
        """`wait` until it is ready; without, until it listens."""
        command = [binary(), "serve", "--listen", f"127.0.0.1:{port}", "--data", str(self.folder / "data"), "--store", self.store]
        if self.store == "cql":
            self.cluster = self.cluster or database.flags()
            self.keyspace = self.keyspace or database.new_keyspace(binary(), self.cluster)
            command += ["--keyspace", self.keyspace, *self.cluster]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CARTWHEEL_")}
        self._banner = b""
        with open(self.stderr_path, "ab") as stderr:
            self.process = subprocess.Popen(command + self.flags, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr,
                                            env=environment, cwd=self.folder)
        self._read_banner()
        threading.Thread(target=self._drain, args=(self.process.stdout,), daemon=True).start()
        if wait:
            self.wait_until_ready()
        return self

    def wait_until_ready(self, seconds=DEADLINE_SECONDS):
        wait_until(self._ready, "GET /health/ready to answer 200", seconds)

    def _read_banner(self):
        end = time.monotonic() + DEADLINE_SECONDS
        pipe = self.process.stdout.fileno()
        while True:
            # A line is complete: a port could otherwise be cut short.
            found = next((m for line in self._banner.split(b"\n")[:-1] if (m := _ADDRESS.search(line))), None)
            if found:
                self.port = int(found.group(1))
                return
            left = end - time.monotonic()
            assert left > 0 and select.select([pipe], [], [], left)[0], f"no address in the banner: {self.banner!r}\n{self.stderr()}"
            data = os.read(pipe, 65536)
            assert data, f"the server ended with {self.process.wait()} before it served: {self.banner!r}\n{self.stderr()}"
            self._banner += data

    def _drain(self, pipe):
        # Read on, or a talkative server would block on a full pipe.
        with pipe:
            while data := pipe.read1(65536):
                self._banner += data

    def _ready(self):
        self.check()
        connection = http.client.HTTPConnection(*self.address, timeout=DEADLINE_SECONDS)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        except (ConnectionError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stderr(self):
        return self.stderr_path.read_text("utf-8", "replace") if self.stderr_path.exists() else ""

    def check(self):
        """Fails when the server died by itself or a sanitizer has spoken."""
        text = self.stderr()
        assert not _SANITIZER.search(text), f"a sanitizer reported:\n{text[-8000:]}"
        if self.process is not None:
            assert self.process.poll() is None, f"the server died with {self.process.returncode}:\n{text[-8000:]}"

    def kill(self):
        """As a power cut does it to the process: SIGKILL, no chance to tidy up."""
        self.check()
        self.process.kill()
        self.process.wait()
        self.process = None

    def abandon(self):
        """Ends what may be left of a server that did not come up."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self):
        """SIGTERM; the exit code must be 0."""
        if self.process is None:
            return
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"SIGTERM did not stop the server within {DEADLINE_SECONDS:.0f} s\n{self.stderr()[-8000:]}") from None
        self.check()
        assert code == 0, f"stopped with {code}, expected 0\n{self.stderr()[-8000:]}"
