"""Fixtures: servers to talk to, and clients for them.

`server` is one server for all tests of a file, on the store that is tested; `start` gives a test servers of its own. Whichever is
running when a test ends must still be alive and must not have reported anything.
"""
import contextlib
import itertools

import pytest

from client import Client
from server import TESTED_STORE, Server

_running = []


def _launch(folder, *flags, wait=True, **where):
    server = Server(folder, *flags, **where)
    _running.append(server)
    try:
        return server.start(wait=wait)
    except BaseException:
        _running.remove(server)
        server.abandon()
        raise


def _finish(servers):
    with contextlib.ExitStack() as stack:
        for server in servers:
            _running.remove(server)
            stack.callback(server.stop)


def _starter(folder):
    numbers, mine = itertools.count(), []

    def begin(*flags, store=TESTED_STORE, **options):
        mine.append(_launch(folder / f"{store}{next(numbers)}", *flags, store=store, **options))
        return mine[-1]

    yield begin
    _finish(mine)


@pytest.fixture
def start(tmp_path):
    """start(*flags, store=..., wait=...), and what else a Server takes, gives another one, in a folder of its own, stopped when the test ends."""
    yield from _starter(tmp_path)


@pytest.fixture(scope="module")
def start_for_file(tmp_path_factory):
    """The same, stopped when the file's last test ends."""
    yield from _starter(tmp_path_factory.mktemp("servers"))


@pytest.fixture(scope="module")
def server(start_for_file):
    return start_for_file()


@pytest.fixture(scope="module", params=["rocks", "memory"] if TESTED_STORE == "rocks" else [TESTED_STORE])
def any_store(request, start_for_file):
    """The same tests against both engines of one process, or against the one that is tested."""
    return start_for_file(store=request.param)


@pytest.fixture
def client(server):
    with Client(server) as client:
        yield client


@pytest.fixture(autouse=True)
def _servers_stay_well():
    yield
    for server in _running:
        server.check()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for server in _running:
            report.sections.append((f"stderr of {server.url}", server.stderr()[-8000:]))
