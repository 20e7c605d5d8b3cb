"""The data folder: one process at a time, no newer format, nothing foreign, nothing broken; and what is only torn is taken."""
import random

import pytest

from client import Client, new_user
from folders import rocks_files, use_and_stop
from program import complaint, run

FAILED = 3


def serve(folder, cwd):
    return run("serve", "--listen", "127.0.0.1:0", "--data", folder, cwd=cwd)


@pytest.fixture
def stopped(start):
    return use_and_stop(start)


def overwrite(path):
    """As many other bytes as there were."""
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def test_a_second_process_is_refused_and_names_the_first(start, tmp_path):
    server = start()
    line = complaint(serve(server.folder / "data", tmp_path), FAILED)
    assert f"process {server.process.pid}" in line and str(server.folder / "data") in line
    with Client(server) as client:
        client.new_product()  # and the first does not mind


def test_a_killed_process_leaves_the_folder_free(start):
    server = start()
    server.kill()
    server.start()


def test_a_newer_format_is_refused_and_left_alone(stopped, tmp_path):
    file = stopped.folder / "data" / "FORMAT"
    old = file.read_text()
    assert "format 1\n" in old
    file.write_text(old.replace("format 1\n", "format 2\n"))
    line = complaint(serve(stopped.folder / "data", tmp_path), FAILED)
    assert "format 2" in line and "newer Cartwheel" in line
    file.write_text(old)
    stopped.start()
    with Client(stopped) as client:
        assert client.cart(stopped.user) == {stopped.product: 3}


@pytest.mark.parametrize("text", ["", "cartwheel store\nformat \n", "format 1\n", "\0\0\0\0"])
def test_a_broken_format_file_is_refused(stopped, tmp_path, text):
    (stopped.folder / "data" / "FORMAT").write_text(text)
    assert "FORMAT" in complaint(serve(stopped.folder / "data", tmp_path), FAILED)


def test_a_foreign_folder_is_refused_and_left_alone(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "cat.jpg").write_text("a cat")
    assert "holds no Cartwheel store" in complaint(serve(folder, tmp_path), FAILED)
    assert [file.name for file in folder.iterdir()] == ["cat.jpg"]


def test_a_file_in_place_of_a_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("no folder")
    assert str(tmp_path / "file") in complaint(serve(tmp_path / "file", tmp_path), FAILED)


@pytest.mark.parametrize("pattern", ["CURRENT", "MANIFEST-*", "*.sst"])
def test_an_overwritten_file_is_refused(stopped, tmp_path, pattern):
    for file in rocks_files(stopped, pattern):
        overwrite(file)
    line = complaint(serve(stopped.folder / "data", tmp_path), FAILED)
    assert str(stopped.folder / "data") in line and "doctor" in line, line


@pytest.mark.parametrize("pattern", ["CURRENT", "MANIFEST-*", "*.sst"])
def test_a_missing_file_is_refused_and_nothing_new_is_made(stopped, tmp_path, pattern):
    for file in rocks_files(stopped, pattern):
        file.unlink()
    complaint(serve(stopped.folder / "data", tmp_path), FAILED)
    # An empty shop in the place of the one that was there would be the worst of all answers.
    complaint(serve(stopped.folder / "data", tmp_path), FAILED)


def test_a_missing_store_is_refused(stopped, tmp_path):
    (stopped.folder / "data" / "rocks").rename(tmp_path / "elsewhere")
    complaint(serve(stopped.folder / "data", tmp_path), FAILED)


def killed_with_a_log(server):
    """What was put in the cart is in the log alone; gives the log."""
    with Client(server) as client:
        server.user = new_user()
        server.product = client.new_product()
        for quantity in range(1, 200):
            client.put_in_cart(server.user, server.product, quantity)
    server.kill()
    log = max(rocks_files(server, "*.log"), key=lambda file: file.stat().st_size)
    assert log.stat().st_size > 1000
    return log


@pytest.mark.parametrize("tail", [b"\x12\x34\x56", bytes(7), random.Random(2).randbytes(40)], ids=["stub", "zeros", "noise"])
def test_a_torn_end_of_the_log_is_taken_for_what_was_never_answered(start, tail):
    server = start()
    log = killed_with_a_log(server)
    with open(log, "ab") as file:
        file.write(tail)
    server.start()
    with Client(server) as client:
        assert client.cart(server.user) == {server.product: 199}
        client.put_in_cart(server.user, server.product, 200)


def test_a_log_that_is_broken_in_its_middle_is_refused(start, tmp_path):
    server = start()
    log = killed_with_a_log(server)
    with open(log, "r+b") as file:
        file.seek(log.stat().st_size // 2)
        file.write(bytes(64))
    complaint(serve(server.folder / "data", tmp_path), FAILED)
