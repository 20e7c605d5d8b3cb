"""`import`, `export` and `copy` as people use them: what they print, what they leave in the folder, how they end."""
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import time
import uuid

import pytest

from client import Client
from program import complaint, run
from server import DEADLINE_SECONDS, binary, wait_until

SAMPLE = pathlib.Path(__file__).resolve().parents[1] / "data" / "product.csv"
HEADER = "id,img,name,price\n"
REJECTS = "import_ecommerce_product.err"


@pytest.fixture
def work(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def shop(start, work):
    """shop("import", ...) runs the program against a server of its own."""
    server = start()

    def ask(*arguments, **options):
        return run(*arguments, "--server", server.url, cwd=work, **options)

    ask.server = server
    return ask


def new_row(name="Tea", price="12.5"):
    return f"{uuid.uuid4()},https://example.com/i.jpg,{name},{price}\n"


def write(work, name, text):
    (work / name).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return name


def counts(result, code=0):
    """(imported, new, replaced, unchanged, rejected) of the report."""
    assert result.returncode == code, f"ended with {result.returncode}, expected {code}: {result.stdout}{result.stderr}"
    found = re.search(r"^(\d+) rows (?:imported|checked) in [\d.]+ s: (\d+) new, (\d+) replaced, (\d+) unchanged, (\d+) rejected\.$", result.stdout, re.M)
    assert found, result.stdout
    return tuple(int(n) for n in found.groups())


def products(server):
    with Client(server) as client:
        return {p["id"]: p for p in client.get("/products?limit=1000").json}


def test_the_samples_products_are_new_and_then_unchanged(shop):
    first = shop("import", SAMPLE)
    assert counts(first) == (50, 50, 0, 0, 0)
    lines = first.stdout.splitlines()
    assert lines[0] == f"Importing {SAMPLE} into product (id, img, name, price)"
    assert re.fullmatch(r"  50 rows   100 %   [\d,]+ rows/s", lines[1])
    assert len(lines) == 3 and first.stderr == ""
    assert counts(shop("import", SAMPLE)) == (50, 0, 0, 50, 0)
    assert len(products(shop.server)) == 50


def test_the_samples_copy_line_imports(shop, work):
    write(work, "product.csv", SAMPLE.read_bytes())
    line = "COPY ecommerce.product (id, img, name, price) FROM 'product.csv' WITH HEADER = TRUE"
    assert counts(shop("copy", line)) == (50, 50, 0, 0, 0)
    assert counts(shop("copy", line + ";")) == (50, 0, 0, 50, 0)


def test_an_export_imports_to_the_same_bytes(shop, start, work):
    odd = [f'"{name}"' for name in ("a,b", 'say ""tea""', "two\nlines", "two\r\nlines", " blanks ", "ünïcode ☕", "\\", "'", "")]
    write(work, "odd.csv", SAMPLE.read_text() + "".join(new_row(name) for name in odd))
    assert counts(shop("import", "odd.csv"))[1] == 50 + len(odd)
    out = shop("export", "out.csv")
    assert out.returncode == 0 and re.fullmatch(rf"{50 + len(odd)} rows exported to out\.csv in [\d.]+ s\.\n", out.stdout), out
    other = start()
    assert counts(run("import", "out.csv", "--server", other.url, cwd=work))[1] == 50 + len(odd)
    assert run("export", "again.csv", "--server", other.url, cwd=work).returncode == 0
    assert (work / "again.csv").read_bytes() == (work / "out.csv").read_bytes()
    assert products(other) == products(shop.server)
    piped = subprocess.run([binary(), "export", "--server", other.url], cwd=work, capture_output=True, timeout=DEADLINE_SECONDS)
    assert piped.stdout == (work / "out.csv").read_bytes() and piped.stderr == b""


def test_the_samples_export_is_the_sample_by_id(shop):
    shop("import", SAMPLE)
    lines = SAMPLE.read_text().splitlines(keepends=True)
    assert shop("export", "-").stdout == lines[0] + "".join(sorted(lines[1:]))


def test_cqlshs_export_imports_again(shop, start, work):
    write(work, "in.csv", HEADER + new_row('"a ""b"" \\ c, d"') + new_row('"two\nlines"', "1234567.5"))
    assert counts(shop("import", "in.csv"))[1] == 2
    words = "WITH DELIMITER = ';' AND DECIMALSEP = ',' AND THOUSANDSSEP = '.'"
    assert shop("copy", f"COPY ecommerce.product (price, name, id, img) TO 'out.csv' {words}").returncode == 0
    text = (work / "out.csv").read_text()
    assert '1.234.567,5;"two\nlines";' in text and 'a \\"b\\" \\\\ c, d' in text
    other = start()
    again = run("copy", f"COPY product (price, name, id, img) FROM 'out.csv' {words}", "--server", other.url, cwd=work)
    assert counts(again)[1] == 2
    assert products(other) == products(shop.server)


def test_copy_names_what_means_nothing_here(shop):
    result = shop("copy", f"COPY ecommerce.product FROM '{SAMPLE}' WITH HEADER = TRUE AND NUMPROCESSES = 4 AND CHUNKSIZE = 50")
    assert counts(result)[1] == 50
    assert result.stderr == "Note: CHUNKSIZE, NUMPROCESSES mean nothing here.\n"


@pytest.mark.parametrize("statement, message", [
    ("COPY ecommerce.product FROM 'x.csv' WITH x = 1", "Unrecognized COPY FROM options: x"),
    ("COPY ecommerce.product TO 'x.csv' WITH x = 1", "Unrecognized COPY TO options: x"),
    ("COPY ecommerce.cart FROM 'x.csv'", "COPY knows the table ecommerce.product alone"),
    ("COPY ecommerce.product", "the COPY statement lacks FROM or TO at its end"),
    ("COPY ecommerce.product FROM 'x.csv'", "Can't open 'x.csv' for reading: no matching file found"),
])
def test_a_copy_that_cannot_be_is_refused(shop, statement, message):
    assert complaint(shop("copy", statement), 64) == "cartwheel: " + message


def test_rejected_rows_can_be_mended_and_imported(shop, work):
    good, bad = [new_row(f"Good {n}") for n in range(3)], new_row("Mended", "12,5")
    write(work, "mixed.csv", HEADER + good[0] + bad + good[1] + "no row\n" + good[2])
    result = shop("import", "mixed.csv")
    assert counts(result, 1) == (3, 3, 0, 0, 2)
    assert (work / REJECTS).read_text() == HEADER + bad + "no row\n"
    log = (work / (REJECTS + ".log")).read_text().splitlines()
    assert log[0].startswith("mixed.csv line 3: ") and "the row has 5 fields, not 4" in log[0]
    assert log[1].startswith('mixed.csv line 5: "no row"')
    (work / REJECTS).write_text((work / REJECTS).read_text().replace("12,5", "12.5").replace("no row\n", ""))
    assert counts(shop("import", REJECTS)) == (1, 1, 0, 0, 0)
    assert sorted(p["name"] for p in products(shop.server).values()) == ["Good 0", "Good 1", "Good 2", "Mended"]


def test_every_wrong_field_is_named_with_line_column_and_value(shop, work):
    write(work, "bad.csv", "price,name,id,img\n12.345,Tea,not-an-id,i\n1," + "n" * 2000 + f",{uuid.uuid4()},i\n" + f'1,"a\nb\xff",{uuid.uuid4()},i\n'.encode("latin-1").decode("latin-1"))
    (work / "bad.csv").write_bytes((work / "bad.csv").read_bytes().replace("ÿ".encode(), b"\xff"))
    assert counts(shop("import", "bad.csv"), 1) == (0, 0, 0, 0, 3)
    log = (work / (REJECTS + ".log")).read_text()
    assert re.search(r'^bad\.csv line 2, id: "not-an-id": ', log, re.M)
    assert re.search(r'^bad\.csv line 2, price: "12\.345": ', log, re.M)
    assert re.search(r'^bad\.csv line 3, name: "n+\.\.\.": ', log, re.M)
    assert re.search(r"^bad\.csv line 5, character 2: .*not UTF-8$", log, re.M)


def test_older_rejects_are_kept(shop, work):
    write(work, "bad.csv", HEADER + "x\n")
    for _ in range(2):
        assert counts(shop("import", "bad.csv"), 1)[4] == 1
    assert len(list(work.glob(REJECTS + ".2*"))) == 1
    assert len(list(work.glob(REJECTS + ".log.2*"))) == 1


def test_a_quote_that_is_never_closed_costs_its_row_alone(shop, work):
    write(work, "quote.csv", HEADER + new_row() + new_row('"never closed') + "".join(new_row() for _ in range(2000)))
    assert counts(shop("import", "quote.csv"), 1) == (2001, 2001, 0, 0, 1)


def test_too_many_rejects_stop_it(shop, work):
    write(work, "bad.csv", HEADER + new_row() + "x\n" * 3 + new_row())
    stopped = shop("import", "bad.csv", "--max-errors", "2")
    assert counts(stopped, 2) == (0, 0, 0, 0, 3)
    assert complaint(stopped, 2).startswith("cartwheel: stopped: 3 rows were rejected and --max-errors is 2")
    assert counts(shop("import", "bad.csv", "--max-errors", "59%"), 2)[0] == 0
    assert counts(shop("import", "bad.csv", "--max-errors", "60%"), 1) == (2, 2, 0, 0, 3)


def test_a_dry_run_stores_nothing(shop):
    result = shop("import", SAMPLE, "--dry-run")
    assert counts(result) == (50, 50, 0, 0, 0)
    assert result.stdout.endswith("Nothing was stored.\n")
    assert products(shop.server) == {}


def test_standard_input_and_other_dialects(shop, work):
    text = SAMPLE.read_text().split("\n", 1)[1].replace(",", ";")
    result = subprocess.run([binary(), "import", "-", "--columns", "id,img,name,price", "--delimiter", ";", "--server", shop.server.url], cwd=work, input=text,
                            text=True, capture_output=True, timeout=DEADLINE_SECONDS)
    assert counts(result) == (50, 50, 0, 0, 0)
    assert result.stdout.startswith("Importing standard input into product (id, img, name, price)\n  50 rows   ")


def test_columns_and_header_must_agree(shop, work):
    write(work, "swapped.csv", "id,name,img,price\n" + new_row())
    columns = "id,img,name,price"
    assert "its header says id,name,img,price" in complaint(shop("import", "swapped.csv", "--columns", columns), 3)
    assert counts(shop("import", "swapped.csv", "--columns", "id,name,img,price"))[1] == 1
    write(work, "bare.csv", new_row())
    assert "--columns id,img,name,price" in complaint(shop("import", "bare.csv"), 3)
    assert counts(shop("import", "bare.csv", "--columns", columns))[1] == 1
    complaint(shop("import", "bare.csv", "--columns", "id,img,name"), 64)


def test_null_text_is_empty_text(shop, work):
    write(work, "null.csv", HEADER + f"{uuid.uuid4()},N/A,Tea,1\n")
    assert counts(shop("import", "null.csv", "--null", "N/A"))[1] == 1
    assert [p["img"] for p in products(shop.server).values()] == [""]


def test_json_is_one_object_a_line(shop, work):
    write(work, "mixed.csv", HEADER + new_row() + "x\n")
    result = shop("import", "mixed.csv", "--json")
    assert result.returncode == 1
    report = json.loads(result.stdout.splitlines()[-1])
    assert (report["end"], report["rows"], report["created"], report["rejected"], report["rejects"]) == ("done", 1, 1, 1, REJECTS)


def interrupt_import(shop, work, text, ready):
    """Imports big.csv from a pipe that stays open, tells the program to stop when `ready`, and gives how many rows are imported."""
    os.mkfifo(work / "big.csv")
    process = subprocess.Popen([binary(), "import", "big.csv", "--server", shop.server.url], cwd=work, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    with open(work / "big.csv", "w") as pipe:
        pipe.write(text)
        pipe.flush()
        wait_until(ready, "the first batch")
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=DEADLINE_SECONDS)
    (work / "big.csv").unlink()
    assert process.returncode == 4 and "--resume goes on there" in out, out
    return int(re.search(r"^(\d+) rows imported", out, re.M).group(1))


def test_an_interrupted_import_goes_on_with_resume(shop, work):
    rows = [new_row(f"n{n}") for n in range(20_000)]
    done = interrupt_import(shop, work, HEADER + "".join(rows[:12_000]), (work / "big.csv.import-state").exists)
    assert done in (5_000, 10_000), "whole batches"
    write(work, "big.csv", HEADER + "".join(rows))
    resumed = shop("import", "big.csv", "--resume")
    assert counts(resumed) == (len(rows) - done, len(rows) - done, 0, 0, 0) and f"\nGoing on at line {done + 2}\n" in resumed.stdout
    assert not (work / "big.csv.import-state").exists()
    assert counts(shop("import", "big.csv")) == (len(rows), 0, 0, len(rows), 0)


def test_resume_of_a_file_that_is_all_there_has_nothing_to_do(shop, work):
    rows = [new_row(f"n{n}") for n in range(5_000)]
    last = rows[-1].split(",")[0]
    with Client(shop.server) as client:
        assert interrupt_import(shop, work, HEADER + "".join(rows), lambda: client.get(f"/products/{last}").status == 200) == len(rows)
    write(work, "big.csv", HEADER + "".join(rows))
    result = shop("import", "big.csv", "--resume")
    assert counts(result) == (0, 0, 0, 0, 0) and f"\nGoing on at line {len(rows) + 2}\n" in result.stdout
    assert not (work / "big.csv.import-state").exists()


def test_resume_refuses_a_file_that_changed(shop, work):
    write(work, "a.csv", HEADER + new_row())
    write(work, "a.csv.import-state", json.dumps({"offset": len(HEADER), "hash": "1"}))
    assert "has changed since" in complaint(shop("import", "a.csv", "--resume"), 3)
    write(work, "a.csv.import-state", json.dumps({"offset": 100_000, "hash": "1"}))
    assert "is shorter than it was" in complaint(shop("import", "a.csv", "--resume"), 3)
    assert counts(shop("import", "a.csv"))[1] == 1
    assert not (work / "a.csv.import-state").exists()


def test_several_files_are_one_import(shop, work):
    write(work, "a.csv", HEADER + new_row())
    write(work, "b.csv", "name,price,id,img\n" + f"Tea,1,{uuid.uuid4()},i\n")
    assert counts(shop("import", "a.csv", "b.csv")) == (2, 2, 0, 0, 0)


def test_what_cannot_be_done_is_said_in_one_line(shop, work):
    assert complaint(shop("import", "absent.csv"), 3) == "cartwheel: cannot open absent.csv: No such file or directory"
    complaint(shop("import", "."), 3)
    complaint(run("import", SAMPLE, "--server", "https://127.0.0.1", cwd=work), 64)
    complaint(shop("import", SAMPLE, "--max-errors", "many"), 64)
    complaint(shop("export", "no/such/folder/out.csv"), 3)
    shop.server.stop()
    assert complaint(shop("import", SAMPLE), 3) == f"cartwheel: no server answers at {shop.server.url}; start one with: cartwheel serve"
    assert complaint(shop("export", "out.csv"), 3) == f"cartwheel: no server answers at {shop.server.url}; start one with: cartwheel serve"
    assert not list(work.glob("out.csv*"))


def test_the_server_may_be_named_in_the_environment(start, work):
    server = start()
    assert counts(run("import", SAMPLE, cwd=work, environment={"CARTWHEEL_SERVER": server.url}))[1] == 50


def test_a_folder_that_no_server_holds(start, work):
    assert counts(run("import", SAMPLE, "--data", "here", cwd=work)) == (50, 50, 0, 0, 0)
    out = run("export", "out.csv", "--data", "here", cwd=work)
    assert out.returncode == 0 and out.stdout.startswith("50 rows exported"), out
    server = start()
    assert f"in use by process {server.process.pid}" in complaint(run("import", SAMPLE, "--data", server.folder / "data", cwd=work), 3)


@pytest.mark.skipif("CARTWHEEL_MILLION" not in os.environ, reason="a million rows take a while; set CARTWHEEL_MILLION=1")
def test_a_million_rows_in_constant_memory(shop, work):
    count = 1_000_000
    with open(work / "million.csv", "w") as out:
        out.write(HEADER)
        out.writelines(f"{uuid.UUID(int=n * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128))},https://example.com/image.jpg,Product {n:08x},{n % 10000}.25\n"
                       for n in range(count))
    begun = time.monotonic()
    process = subprocess.Popen([binary(), "import", "million.csv", "--server", shop.server.url], cwd=work, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    out, _ = process.communicate(timeout=600)
    seconds = time.monotonic() - begun
    assert process.returncode == 0 and f"{count} rows imported" in out, out
    used_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stderr.write(f"{count / seconds:,.0f} rows/s, {used_mib:.0f} MiB at most\n")
    assert used_mib < 200
