"""Requests by hand, in parts: what most of the raw cases are put together from."""
from wire import request

GET = b"GET /health/live HTTP/1.1"
POST = b"POST /products HTTP/1.1"
PRODUCT_ID = "0b5c9d0e-6a52-4f2b-9f0e-5f6f1d7a8b11"
PRODUCT = b'{"id":"%s","name":"Strict tea","price":1,"img":"i"}' % PRODUCT_ID.encode()
JSON = b"Content-Type: application/json"
SIZE = b"Content-Length: %d" % len(PRODUCT)
CHUNKED = b"Transfer-Encoding: chunked"
IN_CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(PRODUCT), PRODUCT)


def line(method, path, version="HTTP/1.1"):
    return f"{method} {path} {version}".encode()


def field(text):
    """A good GET but for the header field `text`."""
    return request(GET, text)


def sized(value):
    """A good upload but for the value of its Content-Length."""
    return request(POST, JSON, b"Content-Length:" + value, body=PRODUCT)


def coded(*fields, body=IN_CHUNKS):
    """A good upload in chunks but for the fields that say so."""
    return request(POST, JSON, *fields, body=body)


def chunks(text):
    """A good upload in chunks but for the chunks."""
    return coded(CHUNKED, body=text)


def in_chunks(body, size=8192):
    parts = [body[i:i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
