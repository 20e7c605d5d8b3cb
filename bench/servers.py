"""The three servers that are measured, each pinned to a core, on a free port of this machine and ended by its process id."""

import http.client
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def program(name):
    """Debian keeps servers in /usr/sbin, which is not on everyone's PATH."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        raise FileNotFoundError(f"{name} is not installed; scripts/install bench brings it")
    return found


class Server:
    """A process with a port, to be used in a `with`. Output goes to a file beside its data."""

    def __init__(self, command, core, port, output):
        self.port = port
        self.output = pathlib.Path(output)
        with open(output, "wb") as file:
            self.started = time.monotonic()
            self.process = subprocess.Popen(["taskset", "-c", str(core), *command], stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(30)

    def wait_until(self, ready, seconds=60.0, pause=0.02):
        """Polls; returns the seconds since the start."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if ready():
                    return time.monotonic() - self.started
            except (OSError, http.client.HTTPException):
                pass
            if self.process.poll() is not None:
                raise RuntimeError(f"it ended at once: {self.output.read_text(errors='replace')[-800:]}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"not ready after {seconds:.0f} s: {self.output.read_text(errors='replace')[-800:]}")
            time.sleep(pause)

    def pids(self):
        """This process and its children."""
        children = pathlib.Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii").split()
        return [self.pid, *map(int, children)]


class Cartwheel(Server):
    name = "Cartwheel"

    def __init__(self, binary, folder, core, *, flags=(), wrapper=(), wait=True, patience=60.0):
        port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        command = [*wrapper, str(binary), "serve", "--listen", f"127.0.0.1:{port}", "--data", str(folder / "data"), "--threads", "1",
                   "--log-level", "warn", *flags]
        super().__init__(command, core, port, folder / "output.txt")
        self.data = folder / "data"
        if wait:
            try:
                self.wait_until(self.is_ready, patience)
            except BaseException:
                self.stop()
                raise

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method, path, body=None, content_type="application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {"Content-Type": content_type} if body is not None else {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def is_ready(self):
        return self.ask("GET", "/health/ready")[0] == 200

    def metrics(self):
        """Every sample without labels by its name, and requests by status class: {"requests_2xx": ...}."""
        _, text = self.ask("GET", "/metrics")
        values = {}
        for line in text.decode().splitlines():
            if plain := re.fullmatch(r"(\w+) (\S+)", line):
                values[plain[1]] = float(plain[2])
            elif by_status := re.match(r'cartwheel_http_requests_total\{.*status="(\dxx)"\} (\S+)', line):
                values["requests_" + by_status[1]] = values.get("requests_" + by_status[1], 0.0) + float(by_status[2])
        return values


NGINX_CONFIG = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    keepalive_timeout 3600s;
    keepalive_requests 1000000000;
    default_type application/json;
    client_body_temp_path {folder}/client;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{ return 200 '{body}'; }}
    }}
}}
"""


class Nginx(Server):
    """Answers everything with a body of so many bytes."""
    name = "nginx"

    def __init__(self, folder, core, body_bytes):
        port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "nginx.conf"
        config.write_text(NGINX_CONFIG.format(folder=folder, port=port, body="x" * body_bytes), encoding="ascii")
        super().__init__([program("nginx"), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)], core, port, folder / "output.txt")
        try:
            self.wait_until(lambda: self.body_bytes() == body_bytes)
        except BaseException:
            self.stop()
            raise

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def body_bytes(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/")
            return len(connection.getresponse().read())
        finally:
            connection.close()


class Redis(Server):
    """Every write is in its append-only file and synced before it is answered. Never rewrites that file, which would cost it time."""
    name = "Redis"

    def __init__(self, folder, core):
        port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        settings = {"port": port, "bind": "127.0.0.1", "dir": folder, "save": "", "appendonly": "yes", "appendfsync": "always",
                    "auto-aof-rewrite-percentage": 0, "daemonize": "no"}
        command = [program("redis-server")]
        for name, value in settings.items():
            command += [f"--{name}", str(value)]
        super().__init__(command, core, port, folder / "output.txt")
        try:
            self.wait_until(lambda: self.info()["loading"] == "0")
        except BaseException:
            self.stop()
            raise

    def info(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection, connection.makefile("rb") as answers:
            connection.sendall(b"INFO\r\n")
            size = int(answers.readline()[1:])
            text = answers.read(size).decode()
        return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
