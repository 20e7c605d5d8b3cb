"""What a request costs in figures that hardly change from run to run: instructions, allocations, system calls."""

import collections
import contextlib
import json
import random
import re
import signal
import socket
import subprocess

import load
from context import Bench, Catalogue, fill_carts, user_name
from servers import Cartwheel, program

USERS = 2_000
LINES = 5
CLIENTS = 64
ALLOCATORS = {"malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign", "memalign"}


class Clients:
    """64 connections that stay open. All ask at once, all wait for their answers: so the number of requests is exact, and none of the
    connections' beginnings or ends is counted."""

    def __init__(self, server, stack):
        self.connections = [stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=60)) for _ in range(CLIENTS)]
        for connection in self.connections:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, make_request, rounds):
        """Returns the number of requests."""
        for _ in range(rounds):
            for connection in self.connections:
                connection.sendall(make_request())
            for connection in self.connections:
                self.read_answer(connection)
        return rounds * CLIENTS

    @staticmethod
    def read_answer(connection):
        answer = connection.recv(65536)
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(65536)
        head, _, body = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise load.Void(f"answered {head[:100]!r}")
        size = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        left = size - len(body)
        while left > 0:
            left -= len(connection.recv(left))


class Kinds:
    """Requests of each kind, for a server that has the catalogue and some carts of five lines."""

    def __init__(self, bench, server):
        self.catalogue = Catalogue(bench)
        self.catalogue.fill(server)
        fill_carts(bench, server, self.catalogue, prefix="u", users=USERS, lines=LINES, connections=CLIENTS)
        self.dice = random.Random(3)
        self.makers = {
            "`GET /products/{id}`": lambda: self.get(f"/products/{self.dice.choice(self.catalogue.ids)}"),
            "`GET /cart/{user}`, 5 lines": lambda: self.get(f"/cart/{self.user()}"),
            "`GET /products?limit=50`": lambda: self.get("/products?limit=50"),
            "`POST /cart/{user}`, durable": self.put,
        }

    def user(self):
        self.number = self.dice.randrange(USERS)
        return user_name("u", USERS, self.number)

    @staticmethod
    def get(path):
        return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()

    def put(self):
        user = self.user()
        product = self.catalogue.line_product(self.number, self.dice.randrange(LINES))
        body = json.dumps({"product_id": product, "quantity": self.dice.randint(100, 999)})
        return (f"POST /cart/{user} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def instructions(bench: Bench):
    """kind -> (instructions, allocations, [(function, its share)]) a request, seen by callgrind. Runs a copy of the binary without debug
    information, which Valgrind 3.19 cannot read."""
    folder = bench.fresh_folder("callgrind")
    binary = folder / "cartwheel"
    subprocess.run([program("strip"), "--strip-debug", "-o", str(binary), str(bench.binary)], check=True)
    out = folder / "callgrind.out"
    wrapper = [program("valgrind"), "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}"]
    figures, dumps = {}, 0
    with Cartwheel(binary, folder, bench.server_core, wrapper=wrapper, patience=120) as server, contextlib.ExitStack() as stack:
        kinds = Kinds(bench, server)
        clients = Clients(server, stack)

        def control(*arguments):
            subprocess.run([program("callgrind_control"), *arguments, str(server.pid)], check=True, capture_output=True, timeout=60)

        control("-i", "on")
        for kind, make_request in kinds.makers.items():
            clients.ask(make_request, 20)  # translates the code and fills the caches
            control("-d")
            requests = clients.ask(make_request, 20 if bench.quick else 100)
            control("-d")
            dumps += 2
            total, allocations, own = read_callgrind(f"{out}.{dumps}")
            by_name = collections.Counter()
            for name, cost in own.items():
                by_name[short_name(name)] += cost
            figures[kind] = (total / requests, allocations / requests, [(name, cost / total) for name, cost in by_name.most_common(12)])
            bench.say(f"callgrind: {kind}: {figures[kind][0]:,.0f} instructions, {figures[kind][1]:.1f} allocations a request")
    return figures


def read_callgrind(path):
    """Instructions, calls of the allocator from outside of it, and the instructions of each function by itself, from a dump in callgrind's
    format: names are given once with a number and then by number alone; the line behind `calls=` is what the call cost in all."""
    names, own, allocations, function, callee, is_call = {}, collections.Counter(), 0, None, None, False

    def resolve(text):
        number, name = re.fullmatch(r"\((\d+)\)(?: (.*))?", text).groups()
        if name:
            names[number] = re.sub(r"'\d+$", "", name)
        return names[number]

    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("fn="):
                function = resolve(line[3:].strip())
            elif line.startswith("cfn="):
                callee = resolve(line[4:].strip())
            elif line.startswith("calls="):
                is_call = True
                if callee in ALLOCATORS and function not in ALLOCATORS:
                    allocations += int(line[6:].split()[0])
            elif line[0] in "+-*0123456789":
                if not is_call:
                    own[function] += int(line.split()[1])
                is_call = False
    return sum(own.values()), allocations, own


def short_name(name):
    """A function's name without its parameters and the arguments of templates, which may fill a page."""
    depth, out = 0, []
    for character in name.replace("(anonymous namespace)::", "").replace("operator<<", "operator shift").replace("operator->", "operator arrow"):
        if character == "(" and depth == 0 and out:
            break
        depth += {"<": 1, ">": -1}.get(character, 0)
        if depth == 0 and character != ">":
            out.append(character)
    return "".join(out)[-90:].strip() or name[:90]


def system_calls(bench: Bench):
    """kind -> (calls a request, the commonest of them, fdatasyncs seen, syncs that the server counted). Empty when it may not be traced."""
    figures = {}
    with Cartwheel(bench.binary, bench.fresh_folder("strace"), bench.server_core) as server, contextlib.ExitStack() as stack:
        kinds = Kinds(bench, server)
        clients = Clients(server, stack)
        for kind, make_request in kinds.makers.items():
            clients.ask(make_request, 5)
            syncs_before = server.metrics()["cartwheel_store_syncs_total"]
            out = bench.folder / "strace.txt"
            tracer = subprocess.Popen([program("strace"), "-f", "-c", "-o", str(out), "-p", str(server.pid)], stderr=subprocess.PIPE, text=True)
            try:
                attached = tracer.stderr.readline()
                if "attached" not in attached:
                    bench.say(f"strace may not trace: {attached.strip()}")
                    return {}
                requests = clients.ask(make_request, 20 if bench.quick else 100)
            finally:
                tracer.send_signal(signal.SIGINT)
                tracer.wait(30)
                tracer.stderr.close()
            syncs = server.metrics()["cartwheel_store_syncs_total"] - syncs_before
            calls = read_strace(out)
            commonest = sorted(calls.items(), key=lambda item: -item[1])[:6]
            figures[kind] = (sum(calls.values()) / requests, ", ".join(f"{name} {count / requests:.3f}" for name, count in commonest),
                             calls.get("fdatasync", 0) + calls.get("fsync", 0), int(syncs))
            bench.say(f"strace: {kind}: {figures[kind][0]:.2f} calls a request ({figures[kind][1]})")
    return figures


def read_strace(path):
    calls = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if len(fields) >= 5 and re.fullmatch(r"[\d.]+", fields[0]) and fields[-1] != "total":
            calls[fields[-1]] = int(fields[3])
    return calls
