"""Asks a node by CQL's native protocol, version 4, whether it answers and whether it lets a user in.

Only the few frames that this takes, so that nothing has to be installed for it. A node that cannot be reached, or says anything
unexpected, raises OSError.
"""
import socket
import ssl
import struct

# Opcodes.
_ERROR, _STARTUP, _READY, _AUTHENTICATE, _OPTIONS, _SUPPORTED = 0x00, 0x01, 0x02, 0x03, 0x05, 0x06
_AUTH_RESPONSE, _AUTH_SUCCESS = 0x0F, 0x10
_REQUEST_VERSION = 0x04
_HEADER = struct.Struct(">BBhBI")


class Refused(OSError):
    """The node answered with an error."""


class Connection:
    def __init__(self, host, port, tls=None, timeout_seconds=5.0):
        self._socket = socket.create_connection((host, port), timeout_seconds)
        try:
            if tls is not None:
                self._socket = tls.wrap_socket(self._socket, server_hostname=host)
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def supported(self):
        """OPTIONS: the node is up to answering, whoever asks."""
        self._ask(_OPTIONS, b"", _SUPPORTED)

    def log_in(self, user, password):
        opcode = self._ask(_STARTUP, _string_map({"CQL_VERSION": "3.0.0"}), _READY, _AUTHENTICATE)
        if opcode == _AUTHENTICATE:
            token = b"\0" + user.encode() + b"\0" + password.encode()
            self._ask(_AUTH_RESPONSE, struct.pack(">i", len(token)) + token, _AUTH_SUCCESS)

    def _ask(self, opcode, body, *expected):
        self._socket.sendall(_HEADER.pack(_REQUEST_VERSION, 0, 0, opcode, len(body)) + body)
        _, _, _, answer, length = _HEADER.unpack(self._read(_HEADER.size))
        content = self._read(length)
        if answer == _ERROR:
            code, size = struct.unpack_from(">iH", content)
            raise Refused(f"error 0x{code:04x}: {content[6:6 + size].decode('utf-8', 'replace')}")
        if answer not in expected:
            raise OSError(f"answered opcode 0x{answer:02x}")
        return answer

    def _read(self, size):
        data = b""
        while len(data) < size:
            more = self._socket.recv(size - len(data))
            if not more:
                raise ConnectionError("closed the connection")
            data += more
        return data


def trusting(ca_file, certificate=None, key=None):
    """The TLS context of a client that trusts `ca_file` alone, and checks the address in the node's certificate."""
    context = ssl.create_default_context(cafile=str(ca_file))
    if certificate is not None:
        context.load_cert_chain(str(certificate), str(key))
    return context


def _string_map(entries):
    def string(text):
        return struct.pack(">H", len(text)) + text.encode()

    return struct.pack(">H", len(entries)) + b"".join(string(name) + string(value) for name, value in entries.items())
