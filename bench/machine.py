"""The machine that is measured on: its description, the two cores that are used, and how much else was running."""

import os
import pathlib
import platform
import subprocess
import time


class Unfit(Exception):
    """This machine cannot run the benchmark; the message says why and what would help."""


def _read(path, default=""):
    try:
        return pathlib.Path(path).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return default


def pick_cores():
    """One core for the server and another for the load, as numbers; not two threads of one core where there is a choice."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise Unfit("needs two cores: one for the server and one for the load")
    server = allowed[0]
    siblings = _read(f"/sys/devices/system/cpu/cpu{server}/topology/thread_siblings_list", str(server))
    own = set()
    for part in siblings.split(","):
        first, _, last = part.partition("-")
        own.update(range(int(first), int(last or first) + 1))
    others = [core for core in allowed[1:] if core not in own] or allowed[1:]
    return server, others[0]


def describe(folder):
    """Lines about this machine, as pairs of a name and a value."""
    model = next((line.split(":", 1)[1].strip() for line in _read("/proc/cpuinfo").splitlines() if line.startswith("model name")), "unknown")
    hypervisor = " (virtual)" if " hypervisor " in _read("/proc/cpuinfo").replace("\n", " ") else ""
    memory = int(next(line.split()[1] for line in _read("/proc/meminfo").splitlines() if line.startswith("MemTotal"))) // 1024
    system = next((line.split("=", 1)[1].strip('"') for line in _read("/etc/os-release").splitlines() if line.startswith("PRETTY_NAME")), "Linux")
    return [
        ("Processor", f"{model}{hypervisor}, {len(os.sched_getaffinity(0))} cores"),
        ("Memory", f"{memory:,} MiB"),
        ("System", f"{system}, Linux {platform.release()}"),
        ("Filesystem", f"{filesystem(folder)} (of the data folders of Cartwheel and Redis)"),
    ]


def filesystem(folder):
    """The type of the filesystem that holds this folder: ext4, xfs, tmpfs."""
    found = subprocess.run(["findmnt", "--noheadings", "--output", "FSTYPE", "--target", str(folder)], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def free_bytes(folder):
    figures = os.statvfs(folder)
    return figures.f_bavail * figures.f_frsize


def available_memory():
    return next(int(line.split()[1]) * 1024 for line in _read("/proc/meminfo").splitlines() if line.startswith("MemAvailable"))


_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids):
    """User and system time of these processes so far."""
    total = 0
    for pid in pids:
        fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
        if fields:
            total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def resident_bytes(pid):
    line = next(line for line in _read(f"/proc/{pid}/status").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


class Watch:
    """How busy the machine was with other things than the servers and loads of the slices; that is what makes figures noisy."""

    def __init__(self):
        self.wall = 0.0
        self.foreign = 0.0
        self.stolen = 0.0

    @staticmethod
    def now():
        fields = [int(field) for field in _read("/proc/stat").splitlines()[0].split()[1:]]
        user, nice, system, _idle, _wait, irq, softirq, steal = fields[:8]
        return time.monotonic(), (user + nice + system + irq + softirq) / _TICKS, steal / _TICKS

    def add(self, before, after, own_seconds):
        """Returns the share of a core that others used."""
        wall, foreign = after[0] - before[0], max(0.0, after[1] - before[1] - own_seconds)
        self.wall += wall
        self.foreign += foreign
        self.stolen += after[2] - before[2]
        return foreign / wall

    def shares(self):
        """Of one core: what others used, and what the host took away."""
        if self.wall == 0:
            return 0.0, 0.0
        return self.foreign / self.wall, self.stolen / self.wall
