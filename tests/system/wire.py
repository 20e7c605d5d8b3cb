"""HTTP by hand: bytes out, answers in with their framing checked to the byte.

Nothing here repairs anything. An answer that is not exactly one well-formed HTTP/1.1 message fails the test, and so do bytes
that come after the last answer that was due.
"""
import contextlib
import dataclasses
import email.utils
import json
import re
import select
import socket
import time

from server import DEADLINE_SECONDS

_STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5][0-9][0-9]) ([\t\x20-\x7e]*)\Z")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*?)[\t ]*\Z")
_DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT")


class Closed(AssertionError):
    """The connection ended where an answer was due."""


@dataclasses.dataclass
class Answer:
    status: int
    headers: list
    body: bytes

    def header(self, name):
        values = self.all(name)
        assert len(values) <= 1, f"{name} came {len(values)} times"
        return values[0] if values else None

    def all(self, name):
        return [value for key, value in self.headers if key == name.lower()]

    @property
    def json(self):
        assert (self.header("content-type") or "").startswith("application/json"), self
        return json.loads(self.body)

    @property
    def closes(self):
        return "close" in [token.strip().lower() for value in self.all("connection") for token in value.split(",")]


class Wire:
    def __init__(self, server, deadline=DEADLINE_SECONDS):
        self._deadline = deadline
        self._socket = socket.create_connection(server.address, timeout=deadline)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def send(self, data):
        """Sends all of it. A server that has answered and closed meanwhile is no error here: the answer is still to be read."""
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return self

    def send_what_fits(self, data):
        """Sends until the other end takes no more."""
        self._socket.setblocking(False)
        try:
            while data:
                data = data[self._socket.send(data):]
        except OSError:
            pass
        self._socket.settimeout(self._deadline)

    def dribble(self, data, pause):
        """One byte after the other, `pause` seconds apart; stops early when the server answers or closes."""
        for byte in data:
            self.send(bytes([byte]))
            if select.select([self._socket], [], [], pause)[0]:
                return self
        return self

    def finish_sending(self):
        with contextlib.suppress(OSError):  # the other end may be gone already
            self._socket.shutdown(socket.SHUT_WR)
        return self

    def _more(self):
        try:
            data = self._socket.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        except TimeoutError:
            raise AssertionError(f"nothing came within {self._deadline} s; so far {self._rest[:200]!r}") from None
        self._rest += data
        return bool(data)

    def wait_for_first_byte(self):
        """Reads one byte and leaves the rest where it is."""
        self._rest += self._socket.recv(1)
        return self

    def _until(self, mark):
        while mark not in self._rest:
            if not self._more():
                raise Closed(f"the connection ended after {self._rest[:200]!r}")
        found, self._rest = self._rest.split(mark, 1)
        return found

    def _exactly(self, count):
        while len(self._rest) < count:
            if not self._more():
                raise Closed(f"the connection ended {count - len(self._rest)} bytes early: {self._rest[:200]!r}")
        found, self._rest = self._rest[:count], self._rest[count:]
        return found

    def _head(self):
        lines = self._until(b"\r\n\r\n").split(b"\r\n")
        status = _STATUS_LINE.match(lines[0])
        assert status, f"not a status line: {lines[0]!r}"
        headers = []
        for line in lines[1:]:
            field = _FIELD.match(line)
            assert field, f"not a header field: {line!r}"
            headers.append((field.group(1).decode().lower(), field.group(2).decode("latin-1")))
        return int(status.group(1)), headers

    def interim(self):
        """The 1xx answer that is due now."""
        status, _ = self._head()
        assert 100 <= status < 200, f"{status} where an interim answer was due"
        return status

    def answer(self, to="GET"):
        """The next answer, whole. `to` is the method asked with, as HEAD has no body."""
        status, headers = self._head()
        assert status >= 200, f"an interim answer {status} that nobody asked for"
        answer = Answer(status, headers, b"")
        lengths, codings = answer.all("content-length"), answer.all("transfer-encoding")
        assert len(lengths) + len(codings) <= 1, f"framed twice: {headers}"
        if to != "HEAD" and status not in (204, 304):
            assert lengths or codings, f"neither Content-Length nor chunked: {headers}"
            if lengths:
                assert re.fullmatch("[0-9]+", lengths[0]), lengths
                answer.body = self._exactly(int(lengths[0]))
            else:
                assert codings == ["chunked"], codings
                answer.body = self._chunks()
        self._check_every_answer(answer)
        return answer

    def answer_after_any_interim(self):
        """The next answer, where the server may or may not send 100 first."""
        if self._peek_interim():
            self.interim()
        return self.answer()

    def answer_to_old_client(self):
        """The next answer as HTTP/1.0 frames it: by length, or by the end of the connection."""
        status, headers = self._head()
        answer = Answer(status, headers, b"")
        assert not answer.all("transfer-encoding"), f"HTTP/1.0 knows no chunks: {headers}"
        length = answer.header("content-length")
        answer.body = self.read_to_end() if length is None else self._exactly(int(length))
        return answer

    def answers_to_the_end(self):
        """Every answer until the server ends the connection, interim ones left out; each of them whole."""
        found = []
        while self._rest or self._more():
            if self._peek_interim():
                self.interim()
            else:
                found.append(self.answer())
        return found

    def _peek_interim(self):
        while b"\r\n" not in self._rest:
            if not self._more():
                raise Closed(f"the connection ended after {self._rest[:200]!r}")
        return self._rest.startswith(b"HTTP/1.1 1")

    def read_to_end(self):
        """All that comes until the connection ends."""
        while self._more():
            pass
        found, self._rest = self._rest, b""
        return found

    def _chunks(self):
        body = b""
        while True:
            line = self._until(b"\r\n")
            assert re.fullmatch(rb"[0-9A-Fa-f]{1,8}(;.*)?", line), f"not a chunk size: {line!r}"
            size = int(line.split(b";")[0], 16)
            body += self._exactly(size)
            assert self._exactly(2) == b"\r\n", "a chunk without its end"
            if size == 0:
                return body

    def _check_every_answer(self, answer):
        date = answer.header("date")
        assert date and _DATE.fullmatch(date), f"Date: {date}"
        assert abs(email.utils.parsedate_to_datetime(date).timestamp() - time.time()) < DEADLINE_SECONDS, f"Date: {date}"
        assert re.fullmatch(r"[\x21-\x7e]{1,128}", answer.header("x-request-id") or ""), f"X-Request-Id: {answer.headers}"
        if answer.status >= 400 and answer.body:
            assert answer.json["detail"], answer

    def expect_closed(self):
        """Nothing more comes and the server ends the connection."""
        while self._more():
            pass
        assert not self._rest, f"bytes nobody asked for: {self._rest[:300]!r}"

    def expect_kept(self):
        """The connection goes on, and is in step: the next request gets its own answer."""
        assert not self._rest, f"bytes nobody asked for: {self._rest[:300]!r}"
        self.send(b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Request-Id: in-step\r\n\r\n")
        answer = self.answer()
        assert (answer.status, answer.header("x-request-id")) == (200, "in-step"), answer

    def ask(self, data, to="GET"):
        return self.send(data).answer(to)


def request(line, *fields, host=b"x", body=b""):
    """A request as bytes: the line and fields as given, CRLF between, Host unless it is None."""
    lines = [line, *([b"Host: " + host] if host is not None else []), *fields]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
