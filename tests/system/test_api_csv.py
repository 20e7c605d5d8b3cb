"""CSV in and out over HTTP: RFC 4180, streamed, validated as the API does; an export imports again to the same bytes."""
import csv
import io
import uuid

import pytest

from client import Client
from messages import in_chunks
from server import TESTED_STORE
from wire import Wire, request

HEADER = "id,img,name,price"
ODD_NAMES = ["plain", "a,b", 'say "tea"', '"', '""', "two\nlines", "two\r\nlines", " spaces around ", "tab\tinside", "ünïcode ☕", "=1+1", "'", "\\", "\\n", "a;b",
             "緑茶", "-", "NULL", "#hash", "trailing,", ",leading", "\n", ","]


def import_csv(client, text, status=200, query=""):
    """Imports and gives the report."""
    body = text if isinstance(text, bytes) else text.encode("utf-8")
    return client.expect(status, "POST", f"/products/import{query}", body, {"content-type": "text/csv"}).json


def counts(report):
    return {name: report[name] for name in ("rows", "created", "replaced", "unchanged", "rejected")}


def export(client):
    reply = client.expect(200, "GET", "/products/export")
    assert reply.header("content-type").startswith("text/csv")
    return reply.body


def rows(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))


def row(product_id, name="Tea", price="12.5", img="https://example.com/i.jpg"):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow([product_id, img, name, price])  # it quotes the characters of its own line end alone
    return out.getvalue().removesuffix("\r\n")


def new_ids(count):
    return [str(uuid.uuid4()) for _ in range(count)]


def names(client, ids):
    return [client.get(f"/products/{product_id}").json["name"] for product_id in ids]


def test_imported_products_are_products(client):
    ids = new_ids(3)
    report = import_csv(client, "\n".join([HEADER, row(ids[0], "A", "1"), row(ids[1], "B", "79.61"), row(ids[2], "C", "0.10")]) + "\n")
    assert counts(report) == {"rows": 3, "created": 3, "replaced": 0, "unchanged": 0, "rejected": 0}
    assert [str(client.get(f"/products/{p}").json["price"]) for p in ids] == ["1.0", "79.61", "0.1"]


def test_the_report_tells_new_from_replaced_from_unchanged(client):
    ids = new_ids(3)
    import_csv(client, "\n".join([HEADER, row(ids[0], "A"), row(ids[1], "B")]))
    report = import_csv(client, "\n".join([HEADER, row(ids[0], "A"), row(ids[1], "changed"), row(ids[2], "C")]))
    assert counts(report) == {"rows": 3, "created": 1, "replaced": 1, "unchanged": 1, "rejected": 0}
    assert names(client, ids) == ["A", "changed", "C"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_text_survives_import_and_export(client, name):
    product_id = str(uuid.uuid4())
    assert counts(import_csv(client, f"{HEADER}\r\n{row(product_id, name)}\r\n"))["created"] == 1
    assert client.get(f"/products/{product_id}").json["name"] == name
    assert [r["name"] for r in rows(export(client)) if r["id"] == product_id] == [name]


DIALECTS = {
    "LF": lambda a, b: f"{HEADER}\n{a}\n{b}\n".encode(),
    "CRLF": lambda a, b: f"{HEADER}\r\n{a}\r\n{b}\r\n".encode(),
    "no newline at the end": lambda a, b: f"{HEADER}\n{a}\n{b}".encode(),
    "a byte-order mark": lambda a, b: f"\ufeff{HEADER}\n{a}\n{b}\n".encode(),
    "everything quoted": lambda a, b: "\r\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in (HEADER, a, b)).encode(),
    "columns in another order": lambda a, b: "\n".join(",".join(line.split(",")[i] for i in (3, 2, 0, 1)) for line in (HEADER, a, b)).encode(),
    "mixed line ends": lambda a, b: f"{HEADER}\r\n{a}\n{b}\r\n".encode(),
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("chunked", [False, True], ids=["whole", "a byte a chunk"])
def test_every_dialect_of_the_rfc_is_read(server, client, dialect, chunked):
    ids = new_ids(2)
    data = DIALECTS[dialect](row(ids[0], "First"), row(ids[1], "Second"))
    if chunked:
        with Wire(server) as wire:
            report = wire.ask(request(b"POST /products/import HTTP/1.1", b"Content-Type: text/csv", b"Transfer-Encoding: chunked", body=in_chunks(data, 1))).json
            wire.expect_kept()
    else:
        report = import_csv(client, data)
    assert counts(report) == {"rows": 2, "created": 2, "replaced": 0, "unchanged": 0, "rejected": 0}
    assert names(client, ids) == ["First", "Second"]


@pytest.mark.parametrize("bad", ["{},i,n,-1", "{},i,n,1.234", "{},i,n,abc", "{},i,n,", "{},i,n,NaN", "{},i,n,10000000000", "not-a-uuid,i,n,1", ",i,n,1", "{},i,n", "{},i,n,1,extra",
                                 "{}"])
def test_a_bad_row_is_rejected_and_the_others_are_not(client, bad):
    ids = new_ids(3)
    report = import_csv(client, "\n".join([HEADER, row(ids[0], "A"), bad.format(ids[1]), row(ids[2], "C")]) + "\n")
    assert counts(report) == {"rows": 3, "created": 2, "replaced": 0, "unchanged": 0, "rejected": 1}
    assert client.get(f"/products/{ids[1]}").status == 404 and names(client, [ids[0], ids[2]]) == ["A", "C"]


@pytest.mark.parametrize("text", ["", "id,img,name\n", "a,b,c,d\n", "id,id,name,price\n", "id;img;name;price\n", "\xff\xfe\n"])
def test_a_file_without_the_right_header_is_refused(client, text):
    reply = client.request("POST", "/products/import", (text + "x,y,z,1\n" if text else "").encode("latin-1"), {"content-type": "text/csv"})
    assert reply.status in (400, 422), reply
    assert reply.detail


def test_text_that_is_not_utf_8_is_not_taken(client):
    ids = new_ids(2)
    data = f"{HEADER}\n{row(ids[0], 'A')}\n".encode() + f"{ids[1]},i,caf".encode() + b"\xe9,1\n"
    reply = client.request("POST", "/products/import", data, {"content-type": "text/csv"})
    assert (reply.status == 200 and counts(reply.json)["rejected"] == 1) or reply.status in (400, 422), reply
    assert client.get(f"/products/{ids[1]}").status == 404


@pytest.mark.parametrize("query, reported", [("", 100), ("&errors=0", 0), ("&errors=7", 7), ("&errors=20000", 150)])
def test_as_many_errors_are_reported_as_were_asked_for(client, query, reported):
    bad = [f"{product_id},i,n,nothing" for product_id in new_ids(150)]
    report = import_csv(client, "\n".join([HEADER, *bad]), query=f"?dry_run=true{query}")
    assert report["rejected"] == 150 and [error["line"] for error in report["errors"]] == list(range(2, 2 + reported))


@pytest.mark.parametrize("errors", ["-1", "20001", "all"])
def test_a_number_of_errors_out_of_range_is_refused(client, errors):
    reply = client.request("POST", f"/products/import?errors={errors}", f"{HEADER}\n".encode(), {"content-type": "text/csv"})
    assert reply.status == 422 and "errors" in str(reply.detail)


def test_a_header_alone_imports_nothing(client):
    assert counts(import_csv(client, HEADER + "\r\n")) == {"rows": 0, "created": 0, "replaced": 0, "unchanged": 0, "rejected": 0}


def test_the_last_of_equal_ids_counts(client):
    product_id = str(uuid.uuid4())
    import_csv(client, "\n".join([HEADER] + [row(product_id, f"n{n}") for n in range(50)]))
    assert names(client, [product_id]) == ["n49"]


def test_what_is_imported_is_found_by_search_at_once(client):
    word, product_id = "w" + uuid.uuid4().hex, str(uuid.uuid4())
    import_csv(client, f"{HEADER}\n{row(product_id, f'Tea {word}')}\n")
    assert [p["id"] for p in client.get(f"/products?q={word}").json] == [product_id]


def test_an_import_may_be_larger_than_any_other_body(start):
    server, count = start(), 30_000
    data = (HEADER + "\n" + "".join(f"{uuid.UUID(int=n)},https://example.com/picture-{n}.jpg,A product with the number {n},{n}.25\n" for n in range(1, count + 1))).encode()
    assert len(data) > 3 << 20
    with Client(server) as client:
        assert counts(import_csv(client, data)) == {"rows": count, "created": count, "replaced": 0, "unchanged": 0, "rejected": 0}
        exported = rows(export(client))
        if TESTED_STORE == "cql":
            # A cluster lists its products by the hashes of their ids.
            exported.sort(key=lambda r: r["id"])
        assert [(r["id"], r["name"]) for r in exported] == [(str(uuid.UUID(int=n)), f"A product with the number {n}") for n in range(1, count + 1)]
        assert counts(import_csv(client, export(client))) == {"rows": count, "created": 0, "replaced": 0, "unchanged": count, "rejected": 0}


@pytest.mark.parametrize("store", ["rocks", "memory"] if TESTED_STORE == "rocks" else [TESTED_STORE])
def test_an_export_imports_again_to_the_same_bytes(start, store):
    first, second = start(store=store), start(store=store)
    with Client(first) as client, Client(second) as other:
        assert export(client).rstrip(b"\r\n").decode() == HEADER
        prices = ["0", "0.01", "79.61", "1000", "9999999999.99", "12.50"]
        products = [client.new_product(name, prices[n % len(prices)]) for n, name in enumerate(ODD_NAMES)]
        data = export(client)
        assert sorted(r["id"] for r in rows(data)) == sorted(products)
        assert counts(import_csv(other, data)) == {"rows": len(products), "created": len(products), "replaced": 0, "unchanged": 0, "rejected": 0}
        assert export(other) == data


def test_a_client_that_goes_in_the_middle_of_an_import_harms_nobody(server, client):
    with Wire(server) as wire:
        wire.send(request(b"POST /products/import HTTP/1.1", b"Content-Type: text/csv", b"Content-Length: 1000000", body=HEADER.encode() + b"\n"))
    with Wire(server) as wire:
        wire.send(request(b"GET /products/export HTTP/1.1"))
    assert client.get("/health/ready").status == 200
