"""A real Apache Kafka broker on this machine, for tests, measurements and a first look.

    with Broker() as broker:
        broker.kill()
        broker.restart()

A Broker owns a folder: its ports, its data, its log and its process id. Within `with` it is a child that dies with this process,
and its folder goes at the end; `Broker.open` finds the one that `scripts/kafka start` left running. It listens on two ports of
127.0.0.1, once as it is and once encrypted and for one user with a password (SASL_SSL, PLAIN). Not thread-safe. Whatever fails is a
RuntimeError that ends with the last lines of the broker's log.
"""
import base64
import contextlib
import ctypes
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import uuid

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "cluster"))
import certificates  # noqa: E402
from cassandra_settings import find_java  # noqa: E402
from waiting import wait_until  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
JARS = ROOT / "build" / "broker" / "jars"
USER = "shop"
PASSWORD = "shop-password"
HEAP_MB = 512
# Generous: a JVM on two busy cores takes a while.
START_SECONDS = 120.0
STOP_SECONDS = 30.0
# More than one, so that the order within a key is not that of a whole topic by chance.
PARTITIONS = 3

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


class Broker:
    def __init__(self, folder=None, port=None, die_with_parent=True, optimise=False, keep=False):
        """`folder` is made when None, and removed at the end unless `keep`. A folder that was given always stays. `port` None takes a
        free one. `optimise`: the JVM's optimising compiler, slower to start, for measurements."""
        self._remove = folder is None and not keep
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="cartwheel-kafka-")).resolve()
        self.ports = [port or _free_port(), _free_port(), _free_port()]
        self.optimise = optimise
        self._die_with_parent = die_with_parent
        self._process = None

    @classmethod
    def open(cls, folder):
        """The broker that was started in `folder`, running or not."""
        try:
            saved = json.loads((pathlib.Path(folder) / "broker.json").read_text())
        except FileNotFoundError:
            raise RuntimeError(f"no broker was started in {folder}") from None
        self = cls(folder, saved["ports"][0], die_with_parent=False, optimise=saved["optimise"])
        self.ports = saved["ports"]
        return self

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        if self._remove:
            # Nobody comes back to what it has written.
            self.kill()
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            self.stop()

    @property
    def address(self):
        return f"127.0.0.1:{self.ports[0]}"

    @property
    def guarded_address(self):
        """Where it asks for USER and PASSWORD, and shows a certificate that `ca_file` vouches for."""
        return f"127.0.0.1:{self.ports[1]}"

    @property
    def ca_file(self):
        return self.folder / "certificates" / "ca.pem"

    @property
    def environment(self):
        """What commands read to find it."""
        return {"CARTWHEEL_TEST_KAFKA": self.address}

    def start(self, seconds=START_SECONDS):
        """Starts it, when it does not run, and waits until it answers."""
        if not self.is_running():
            self._configure()
            self._launch()
        self.wait_until_ready(seconds)
        return self

    def restart(self, seconds=START_SECONDS):
        """Kills it, if it runs, and starts it again with its data."""
        self.kill()
        return self.start(seconds)

    def stop(self, seconds=STOP_SECONDS):
        """Asks it to end, and kills it when it does not."""
        self.resume()
        self._signal(signal.SIGTERM)
        try:
            wait_until(lambda: not self.is_running(), "the broker to stop", seconds)
        except RuntimeError:
            self.kill()

    def kill(self):
        """As a power cut does it to the process."""
        self._signal(signal.SIGKILL)
        wait_until(lambda: not self.is_running(), "a killed broker to be gone", STOP_SECONDS)

    def pause(self):
        """It is there, its kernel takes connections for it, and nobody answers."""
        self._signal(signal.SIGSTOP)

    def resume(self):
        self._signal(signal.SIGCONT)

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
        return pid if own or str(self._properties).encode() in command else None

    def is_running(self):
        return self.pid() is not None

    def answers(self):
        """Whether it says of itself that it serves."""
        listed = subprocess.run(["kcat", "-b", self.address, "-L", "-J", "-m", "2"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)
        return listed.returncode == 0 and bool(json.loads(listed.stdout)["brokers"])

    def wait_until_ready(self, seconds=START_SECONDS):
        def alive_and_answering():
            if not self.is_running():
                raise RuntimeError("it ended by itself")
            return self.answers()

        try:
            wait_until(alive_and_answering, "it to answer", seconds)
        except RuntimeError as error:
            raise RuntimeError(f"Kafka ({self.address}): {error}\n{self.last_words()}") from None

    def create_topic(self, name, **settings):
        """With settings of its own, such as max_message_bytes=200. Others make themselves when they are first written to."""
        options = [part for key, value in settings.items() for part in ("--config", f"{key.replace('_', '.')}={value}")]
        self._topics("--create", "--topic", name, *options)

    def delete_topic(self, name):
        self._topics("--delete", "--topic", name)

    def _topics(self, *arguments):
        ended = subprocess.run(self._java("org.apache.kafka.tools.TopicCommand", "--bootstrap-server", self.address, *arguments),
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if ended.returncode != 0:
            raise RuntimeError(f"Kafka's topics {' '.join(arguments)}: {ended.stdout[-2000:]}")

    def last_words(self, lines=30):
        with contextlib.suppress(FileNotFoundError):
            return "\n".join((self.folder / "output.txt").read_text("utf-8", "replace").splitlines()[-lines:])
        return ""

    @property
    def _properties(self):
        return self.folder / "server.properties"

    def _configure(self):
        if not JARS.is_dir() or shutil.which("kcat") is None:
            raise RuntimeError("Kafka's jars or kcat are missing; `scripts/install kafka` brings them")
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._properties.exists():
            return
        certificates.make(self.folder / "certificates", ["127.0.0.1"])
        plain, guarded, controller = (f"127.0.0.1:{port}" for port in self.ports)
        listener = "listener.name.guarded"
        values = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.bootstrap.servers": controller,
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{plain},GUARDED://{guarded},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{plain},GUARDED://{guarded}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,GUARDED:SASL_SSL",
            "inter.broker.listener.name": "PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN",
            f"{listener}.plain.sasl.jaas.config":
                f'org.apache.kafka.common.security.plain.PlainLoginModule required user_{USER}="{PASSWORD}";',
            f"{listener}.ssl.keystore.type": "PEM",
            f"{listener}.ssl.keystore.location": self.folder / "certificates" / "node1.pem",
            "log.dirs": self.folder / "data",
            "num.partitions": PARTITIONS,
            "offsets.topic.num.partitions": 1,
            "offsets.topic.replication.factor": 1,
            "group.initial.rebalance.delay.ms": 0,
            # Or one that was killed waits nine seconds for itself to be gone.
            "broker.session.timeout.ms": 2000,
            "broker.heartbeat.interval.ms": 500,
        }
        self._properties.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
        # A hyphen at its start would be read as an option.
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "A")
        formatted = subprocess.run(
            self._java("kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", str(self._properties), "--standalone"),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if formatted.returncode != 0:
            self._properties.unlink()
            raise RuntimeError(f"Kafka's folder could not be made: {formatted.stdout[-2000:]}")
        (self.folder / "broker.json").write_text(json.dumps({"ports": self.ports, "optimise": self.optimise}) + "\n")

    def _launch(self):
        with open(self.folder / "output.txt", "wb") as output:
            self._process = subprocess.Popen(self._java("kafka.Kafka", str(self._properties)), cwd=self.folder, stdin=subprocess.DEVNULL,
                                             stdout=output, stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=self._before_java)
        (self.folder / "pid").write_text(f"{self._process.pid}\n")

    def _java(self, *arguments):
        machine = [f"-Xms{HEAP_MB // 2}M", f"-Xmx{HEAP_MB}M", *([] if self.optimise else ["-XX:TieredStopAtLevel=1"])]
        return [str(find_java()), *machine, "-XX:+UseSerialGC", "-Xshare:auto", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp", f"{JARS}/*", *arguments]

    def _signal(self, number):
        pid = self.pid()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _before_java(self):
        if self._die_with_parent:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _free_port():
    # Below those that the kernel hands out by itself: the port has to be free again when a killed broker is started again.
    for _ in range(100):
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("found no free port on 127.0.0.1")
