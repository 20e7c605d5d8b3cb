"""Starting and stopping: the banner, settings, refusals and exit codes; a stop answers what runs."""
import json
import re
import resource
import signal
import socket
import threading

import pytest

from client import Client, new_user
from program import complaint, run
from server import DEADLINE_SECONDS, wait_until
from shoppers import BROKEN_OFF
from wire import Wire

FAILED, INTERRUPTED, USAGE = 3, 4, 64


def refuses_connections(server):
    try:
        with socket.create_connection(server.address, timeout=DEADLINE_SECONDS):
            return False
    except ConnectionError:
        return True


def is_running_a_request(server):
    with Client(server) as client:
        running = re.search(r"^cartwheel_http_requests_running (\d+)", client.expect(200, "GET", "/metrics").text, re.MULTILINE)
    return int(running.group(1)) > 1  # this one is one of them


def terminate(server):
    server.process.send_signal(signal.SIGTERM)


# ---- what it says


def test_banner_names_store_folder_and_addresses(start):
    server = start()
    lines = dict(line.strip().split(None, 1) for line in server.banner.splitlines() if re.match(r"  \w+ +\S", line))
    assert lines["API"] == server.url and lines["Docs"] == f"{server.url}/docs" and lines["Metrics"] == f"{server.url}/metrics"
    assert lines["Store"].startswith("rocks") and lines["Folder"] == str((server.folder / "data").resolve())


@pytest.mark.parametrize("path", ["/", "/start", "/shop", "/dashboard", "/dashboard/products", "/docs"])
def test_there_is_a_page_for_a_browser_in_every_build(start, path):
    with Client(start()) as client:
        page = client.get(path, accept="text/html")
        assert page.status == 200 and page.header("content-type").startswith("text/html")
        loaded = re.findall(r'(?:src|href)="(/[^"]*)"', page.text)
        assert loaded and all(client.get(name).status == 200 for name in loaded), loaded


def test_version_names_version_commit_compiler_and_engines(tmp_path):
    result = run("--version", cwd=tmp_path)
    assert result.returncode == 0 and result.stderr == ""
    assert re.fullmatch(r"cartwheel \d+\.\d+\.\d+\ncommit +[0-9a-f]{12}(-dirty)?\ncompiler +\w+ [\d.]+\n"
                        r"engines +rocks \(RocksDB [\d.]+\), (cql, )?memory\n", result.stdout.replace("unknown", "0" * 12)), result.stdout


def test_alone_it_prints_help(tmp_path):
    result = run(cwd=tmp_path)
    assert result.returncode == 0 and "serve" in result.stdout and result.stdout == run("--help", cwd=tmp_path).stdout


def test_openapi_prints_what_the_service_answers(start, tmp_path):
    result = run("openapi", cwd=tmp_path)
    assert result.returncode == 0 and result.stderr == ""
    with Client(start(store="memory")) as client:
        assert json.loads(result.stdout) == json.loads(client.get("/openapi.json").text)


# ---- settings


@pytest.mark.parametrize("arguments, words", [
    (["serv"], "no command serv; did you mean serve?"),
    (["serve", "--quee-max", "3"], "no flag --quee-max; did you mean --queue-max?"),
    (["serve", "--queue_max=3"], "did you mean --queue-max?"),
    (["serve", "now"], "no argument now; see cartwheel serve --help"),
    (["serve", "--threads"], "--threads"),
    (["serve", "--threads", "many"], '--threads: "many" is no whole number'),
    (["serve", "--header-timeout", "10"], '--header-timeout: "10" is no duration; write a whole number and a unit'),
    (["serve", "--cache", "big"], '--cache: "big" is no size'),
    (["serve", "--listen", "8000"], '--listen: "8000" is no address'),
    (["serve", "--listen", "example.com:80"], "--listen"),
    (["serve", "--store", "sqlite"], "write rocks, memory or cql"),
    (["serve", "--host", "a:b"], '--host: "a:b" is no host'),
    (["serve", "--password", "x"], "no flag --password; did you mean --password-file?"),
    (["serve", "--user", "shop"], "has no password"),
    (["serve", "--keyspace", "my-shop"], '--keyspace: "my-shop" is no keyspace'),
    (["serve", "--currency", "euro"], "--currency"),
    (["serve", "--log-level", "loud"], "--log-level"),
    (["serve", "--config", "none.toml"], "none.toml: the settings file cannot be read"),
    (["serve", "--listen", "0.0.0.0:0"], "there are no users and keys yet"),
    (["serve", "--listen", "[::]:0"], "--allow-open-access"),
])
def test_wrong_usage_is_refused_with_what_to_do(tmp_path, arguments, words):
    assert words in complaint(run(*arguments, cwd=tmp_path), USAGE)
    assert list(tmp_path.iterdir()) == [], "something was made before the refusal"


@pytest.mark.parametrize("line, words", [
    ("queue_mx = 3", "cartwheel.toml:2: queue_mx: there is no such setting; did you mean queue_max?"),
    ("queue_max = 0", 'cartwheel.toml:2: queue_max: "0" is no whole number'),
    ("queue_max = ", "cartwheel.toml:2"),
    ("[cql]\nhst = 'a'", "cartwheel.toml:3: cql.hst: there is no such setting; did you mean host?"),
])
def test_a_wrong_line_in_the_settings_file_is_named(tmp_path, line, words):
    (tmp_path / "cartwheel.toml").write_text(f"# a shop\n{line}\n")
    assert words in complaint(run("serve", cwd=tmp_path), USAGE)


def test_a_wrong_variable_is_named(tmp_path):
    result = run("serve", cwd=tmp_path, environment={"CARTWHEEL_THREADS": "x"})
    assert 'CARTWHEEL_THREADS: "x" is no whole number' in complaint(result, USAGE)


def test_flags_win_over_environment_over_file(tmp_path):
    # Seen from outside: each of them alone would be refused, so the error tells which one was asked last.
    (tmp_path / "cartwheel.toml").write_text('listen = "192.0.2.1:1"\n')
    assert "192.0.2.1:1 can be reached" in complaint(run("serve", cwd=tmp_path), USAGE)
    environment = {"CARTWHEEL_LISTEN": "192.0.2.2:2"}
    assert "192.0.2.2:2 can be reached" in complaint(run("serve", cwd=tmp_path, environment=environment), USAGE)
    assert "192.0.2.3:3 can be reached" in complaint(run("serve", "--listen", "192.0.2.3:3", cwd=tmp_path, environment=environment), USAGE)
    (tmp_path / "other.toml").write_text('listen = "192.0.2.4:4"\n')
    assert "192.0.2.4:4 can be reached" in complaint(run("serve", "--config", "other.toml", cwd=tmp_path), USAGE)


def test_an_unknown_variable_is_warned_about(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("serve", "--store", "memory", "--listen", f"127.0.0.1:{taken.getsockname()[1]}", cwd=tmp_path,
                     environment={"CARTWHEEL_LISTN": "x", "CARTWHEEL_SERVER": "http://127.0.0.1:1"})
    assert "CARTWHEEL_LISTN: there is no such setting, so it is ignored; did you mean CARTWHEEL_LISTEN?" in result.stderr
    assert "CARTWHEEL_SERVER" not in result.stderr


def test_open_access_is_there_when_asked_for(start):
    server = start("--listen", "0.0.0.0:0", "--allow-open-access", store="memory")
    with Client(server) as client:
        client.expect(200, "GET", "/health/live")


def test_an_address_in_use_is_refused_with_what_to_do(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        line = complaint(run("serve", "--store", "memory", "--listen", address, cwd=tmp_path), FAILED)
    assert address in line and "--listen" in line


def test_the_address_of_another_server_is_refused(start, tmp_path):
    # The threads of one server share their port; two servers must not.
    line = complaint(run("serve", "--store", "memory", "--listen", start(store="memory").netloc, cwd=tmp_path), FAILED)
    assert "--listen" in line


def test_open_files_are_raised_to_the_hard_limit(start):
    server = start(store="memory")
    soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    assert soft == hard


def test_requests_are_logged_when_asked_for(start):
    server = start("--log-requests", store="memory")
    with Client(server) as client:
        client.expect(200, "GET", "/products?limit=3", headers={"x-request-id": "seen-in-the-log"})
    line = wait_until(lambda: next((l for l in server.stderr().splitlines() if "seen-in-the-log" in l), None), "the request's log line")
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info +GET /products\?limit=3 200 ", line), line


# ---- stopping


def test_a_stop_under_load_answers_what_it_took_and_keeps_what_it_answered(start):
    server = start()
    with Client(server) as client:
        product = client.new_product()
    told, unexpected = {}, []
    answers = threading.Semaphore(0)

    def shop(user):
        quantity = 0
        with Client(server) as client:
            try:
                while quantity < 999_999:
                    quantity += 1
                    reply = client.post(f"/cart/{user}", {"product_id": product, "quantity": quantity})
                    if reply.status == 503 and reply.header("retry-after"):
                        return
                    if reply.status != 200:
                        unexpected.append(reply)
                        return
                    told[user] = quantity
                    answers.release()
            except BROKEN_OFF:
                pass  # the connection was closed between two requests, or never made

    users = [new_user() for _ in range(8)]
    threads = [threading.Thread(target=shop, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for _ in range(400):
        assert answers.acquire(timeout=DEADLINE_SECONDS)
    server.stop()  # expects exit code 0
    for thread in threads:
        thread.join(DEADLINE_SECONDS)
        assert not thread.is_alive()
    assert unexpected == [] and len(told) == len(users)
    server.start()
    with Client(server) as client:
        for user, quantity in told.items():
            # One more may be done and its answer lost on the way to a connection that was closing.
            assert client.cart(user)[product] in (quantity, quantity + 1)


def test_a_running_request_is_answered_when_it_stops(start):
    server = start()
    user = new_user()
    with Client(server) as client:
        product = client.new_product()
    body = json.dumps({"product_id": product, "quantity": 7}).encode()
    with Wire(server) as wire:
        wire.send(f"POST /cart/{user} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:5])
        wait_until(lambda: is_running_a_request(server), "the request to be taken")
        terminate(server)
        wait_until(lambda: refuses_connections(server), "the server to take no more connections")
        wire.send(body[5:])
        reply = wire.answer()
        assert reply.status == 200, reply
    assert server.process.wait(DEADLINE_SECONDS) == 0
    server.stop()
    server.start()
    with Client(server) as client:
        assert client.cart(user) == {product: 7}


def test_an_idle_connection_does_not_hold_up_a_stop(start):
    server = start("--stop-timeout", "1h")
    with Wire(server) as wire:
        wire.send(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert wire.answer().status == 200
        server.stop()


def test_a_request_that_does_not_end_is_left_after_the_stop_timeout(start):
    server = start("--stop-timeout", "200ms", "--body-timeout", "1h")
    with Wire(server) as wire:
        wire.send(b"POST /cart/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
        server.stop()


def test_a_second_signal_ends_it_at_once(start):
    server = start("--stop-timeout", "1h", "--body-timeout", "1h")
    with Wire(server) as wire:
        wire.send(b"POST /cart/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
        wait_until(lambda: is_running_a_request(server), "the request to be taken")
        terminate(server)
        wait_until(lambda: refuses_connections(server), "the server to take no more connections")
        process, server.process = server.process, None
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE_SECONDS) == INTERRUPTED
    assert "stopped at once" in server.stderr()
