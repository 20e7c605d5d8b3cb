"""`cartwheel doctor` finds what would keep `serve` from running, and says what to do."""
import json
import socket

import pytest

from client import Client
from folders import rocks_files, use_and_stop
from program import run

FAILED = 3


def doctor(cwd, *flags, **environment):
    """(exit code, {subject: [(health, words)]})."""
    result = run("doctor", "--json", "--listen", "127.0.0.1:0", *flags, cwd=cwd, environment=environment)
    assert result.stderr == "" and result.returncode in (0, FAILED), result
    found = {}
    report = json.loads(result.stdout)
    for finding in report["findings"]:
        found.setdefault(finding["subject"], []).append((finding["health"], finding["text"]))
    failed = any(health == "FAIL" for findings in found.values() for health, _ in findings)
    assert report["ok"] == (result.returncode == 0) == (not failed), report
    return result.returncode, found


def test_an_empty_place_is_well_and_stays_empty(tmp_path):
    code, found = doctor(tmp_path)
    assert code == 0
    assert list(found) == ["settings", "folder", "space", "store", "disk", "address", "files", "clock"]
    assert [found[subject][0][0] for subject in ("settings", "folder", "store", "address")] == ["ok"] * 4
    assert list(tmp_path.iterdir()) == [], "it left something behind"


def test_lines_for_people_say_the_same(tmp_path):
    result = run("doctor", "--listen", "127.0.0.1:0", cwd=tmp_path)
    assert result.returncode == 0
    assert [line.split()[1] for line in result.stdout.splitlines()] == ["settings", "folder", "space", "store", "disk", "address", "files", "clock"]
    assert {line.split()[0] for line in result.stdout.splitlines()} <= {"ok", "warn"}


def test_a_used_folder_is_opened_and_left_as_it_was(start, tmp_path):
    server = start()
    with Client(server) as client:
        product = client.new_product()
    server.kill()
    code, found = doctor(tmp_path, "--data", server.folder / "data")
    assert code == 0 and found["store"][0][0] == "ok" and "as they were written" in found["store"][0][1]
    server.start()
    with Client(server) as client:
        client.expect(200, "GET", f"/products/{product}")


def test_a_running_server_is_found_by_folder_and_by_address(start, tmp_path):
    server = start()
    code, found = doctor(tmp_path, "--data", server.folder / "data", "--listen", server.netloc)
    assert code == 0
    assert found["store"][0][0] == "ok" and f"process {server.process.pid}" in found["store"][0][1]
    assert found["address"] == [("ok", f"a Cartwheel answers on {server.netloc} already")]


def test_an_address_of_another_program_is_found(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        code, found = doctor(tmp_path, "--listen", f"127.0.0.1:{other.getsockname()[1]}")
    assert code == FAILED and found["address"][0][0] == "FAIL" and "in use by another program" in found["address"][0][1]


def test_an_address_of_another_machine_is_found(tmp_path):
    code, found = doctor(tmp_path, "--listen", "192.0.2.1:80", "--allow-open-access")
    assert code == FAILED and "192.0.2.1:80 cannot be listened on" in found["address"][0][1]


def test_a_cluster_that_does_not_answer_is_found(tmp_path):
    if "cql" not in run("--version", cwd=tmp_path).stdout:
        pytest.skip("built without the cluster engine")
    code, found = doctor(tmp_path, "--store", "cql", "--host", "127.0.0.1:1", "--user", "shop", CARTWHEEL_CQL_PASSWORD="geheim")
    assert code == FAILED and found["cluster"][0][0] == "FAIL" and "127.0.0.1:1" in found["cluster"][0][1]
    assert list(found) == ["settings", "cluster", "address", "files", "clock"] and "geheim" not in str(found)


def test_a_password_that_others_may_read_is_a_warning(tmp_path):
    (tmp_path / "password").write_text("geheim\n")
    (tmp_path / "password").chmod(0o644)
    code, found = doctor(tmp_path, "--user", "shop", "--password-file", "password")
    assert code == 0 and found["settings"][1][0] == "warn" and "chmod 600" in found["settings"][1][1] and "geheim" not in str(found)


def test_wrong_settings_are_found(tmp_path):
    (tmp_path / "cartwheel.toml").write_text("queue_mx = 1\n")
    code, found = doctor(tmp_path)
    assert code == FAILED and "cartwheel.toml:1: queue_mx" in found["settings"][0][1]


def test_an_unknown_variable_is_a_warning(tmp_path):
    code, found = doctor(tmp_path, CARTWHEEL_LISTN="x")
    assert code == 0 and found["settings"][1][0] == "warn" and "CARTWHEEL_LISTN" in found["settings"][1][1]


def test_a_folder_open_to_others_is_a_warning(tmp_path):
    (tmp_path / "data").mkdir(mode=0o755)
    (tmp_path / "data").chmod(0o755)
    code, found = doctor(tmp_path, "--data", "data")
    assert code == 0 and found["folder"][0][0] == "warn" and "chmod 700" in found["folder"][0][1]


def test_a_file_in_place_of_the_folder_is_found(tmp_path):
    (tmp_path / "data").write_text("")
    code, found = doctor(tmp_path, "--data", "data")
    assert code == FAILED and "is no folder" in found["folder"][0][1]


@pytest.mark.parametrize("pattern", ["CURRENT", "MANIFEST-*", "*.sst"])
def test_a_broken_store_is_found(start, tmp_path, pattern):
    server = use_and_stop(start)
    for file in rocks_files(server, pattern):
        file.write_bytes(b"?" * file.stat().st_size)
    code, found = doctor(tmp_path, "--data", server.folder / "data")
    assert code == FAILED and found["store"][0][0] == "FAIL", found


def test_a_table_that_the_disk_changed_is_found(start, tmp_path):
    server = use_and_stop(start)
    table = max(rocks_files(server, "*.sst"), key=lambda file: file.stat().st_size)
    with open(table, "r+b") as file:
        file.seek(table.stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, 1)
        file.write(bytes([byte ^ 0x10]))
    code, found = doctor(tmp_path, "--data", server.folder / "data")
    assert code == FAILED and found["store"][0][0] == "FAIL" and "checksum" in found["store"][0][1], found


def test_a_newer_store_is_found(start, tmp_path):
    server = start()
    server.stop()
    (server.folder / "data" / "FORMAT").write_text("cartwheel store\nformat 9\n")
    code, found = doctor(tmp_path, "--data", server.folder / "data")
    assert code == FAILED and "newer Cartwheel" in found["store"][0][1]
