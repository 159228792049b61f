"""An ASPIRE that only lists: pages recorded once, then served as fast as a file can be read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import PIPE, Popen
from urllib.parse import parse_qs, urlsplit

import msgspec

from portal_admin.sandbox.generated import generate
from portal_admin.sandbox.pages import Query, page
from portal_admin.sandbox.world import World

LISTS = {"Accounts": "accounts", "Contacts": "contacts", "Contracts": "contracts"}
PAGE_SIZE = 1000
FIXED = {
    "/session": b'{"Token": "t", "ExpiresAt": "2126-01-01T00:00:00Z"}',
    "/instance": b'{"InstanceId": "B", "Version": "1", "Generation": 1, "Now": "2026-11-21T20:00:00Z", "Capabilities": []}',
    "/private-labels": b'{"Items": [], "NextCursor": null}',
}


def record(folder: Path, contracts: int) -> int:
    """Write every page of a generated portfolio and return how many records they hold."""
    world = World(generate(contracts, seed=7))
    records = 0
    for kind, name in LISTS.items():
        cursor, number = None, 0
        while True:
            found = page(world, Query(kind, limit=PAGE_SIZE, cursor=cursor))
            cursor = found["NextCursor"]
            records += len(found["Items"])
            found["NextCursor"] = None if cursor is None else str(number + 1)
            (folder / f"{name}-{number}.json").write_bytes(msgspec.json.encode(found))
            number += 1
            if cursor is None:
                break
    return records


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a process that serves the recorded pages."""
    process = Popen([sys.executable, "-m", "benchmarks.aspire_pages", str(folder)], stdout=PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 20
    folder: Path

    def do_GET(self) -> None:
        target = urlsplit(self.path)
        body = FIXED.get(target.path)
        if body is None:
            cursor = parse_qs(target.query).get("cursor", ["0"])[0]
            body = (self.folder / f"{target.path[1:]}-{int(cursor)}.json").read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: ARG002
        return


if __name__ == "__main__":
    _Handler.folder = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
