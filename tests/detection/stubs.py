"""Servers on loopback that stand in for the internet while the cases run."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HTTP, SMTP, REDIS, MONGO, ECHO = "http", "smtp", "redis", "mongo", "echo"


class _Http(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        sent = self.rfile.read(size)
        body, kind = b'{"rate": 1}', "application/json"
        if "s3" in self.headers.get("host", "") or b"Action=" in sent:
            body, kind = b"<?xml version='1.0'?><Result/>", "application/xml"
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("x-elastic-product", "Elasticsearch")
        self.send_header("content-length", "0" if self.command == "HEAD" else str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _answer  # noqa: N815 - its names

    def log_message(self, *_args: object) -> None:
        pass


class _Smtp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 stub\r\n")
        text = False
        for line in self.rfile:
            if text:
                if line.strip() == b".":
                    text = False
                    self.wfile.write(b"250 ok\r\n")
                continue
            word = line[:4].upper()
            if word == b"DATA":
                text = True
                self.wfile.write(b"354 go\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


_HELLO = (
    b"%3\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n$7\r\nversion\r\n$5\r\n7.4.0\r\n"
)


class _Redis(socketserver.StreamRequestHandler):
    """Answers every command: PING and writes with OK, counters with 1, reads with nothing."""

    def handle(self) -> None:
        while head := self.rfile.readline():
            words = []
            for _ in range(int(head[1:])):
                size = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(size + 2)[:-2])
            self.wfile.write(self._answer(words[0].upper()))

    @staticmethod
    def _answer(name: bytes) -> bytes:
        if name == b"HELLO":
            return _HELLO
        if name in {b"GET", b"HGET", b"BLPOP", b"LPOP"}:
            return b"$1\r\n7\r\n" if name != b"BLPOP" else b"*-1\r\n"
        if name in {b"INCR", b"DEL", b"LPUSH", b"PUBLISH", b"EXPIRE", b"EXISTS", b"HSET", b"SADD"}:
            return b":1\r\n"
        if name in {b"KEYS", b"LRANGE", b"SMEMBERS"}:
            return b"*1\r\n$1\r\na\r\n"
        if name == b"SCAN":
            return b"*2\r\n$1\r\n0\r\n*1\r\n$1\r\na\r\n"
        if name == b"HGETALL":
            return b"*2\r\n$1\r\na\r\n$1\r\nb\r\n"
        if name == b"EXEC":
            return b"*2\r\n+OK\r\n:1\r\n"
        return b"+QUEUED\r\n" if name == b"QUEUED" else b"+OK\r\n"


class _Mongo(socketserver.StreamRequestHandler):
    """Speaks as much of the wire protocol as a driver needs to read and write one collection."""

    def handle(self) -> None:
        import bson  # noqa: PLC0415 - comes with the driver, which only some environments have

        while len(head := self.rfile.read(16)) == 16:
            size, number, _, code = struct.unpack("<iiii", head)
            body = self.rfile.read(size - 16)
            if code == 2013:
                first = struct.unpack_from("<i", body, 5)[0]
                asked = bson.decode(body[5 : 5 + first])
                data = b"\0\0\0\0\0" + bson.encode(self._answer(asked))
                self._send(number, 2013, data)
            else:
                hello = bson.encode(self._answer({"hello": 1}))
                self._send(number, 1, struct.pack("<iqii", 8, 0, 0, 1) + hello)

    def _send(self, number: int, code: int, data: bytes) -> None:
        self.wfile.write(struct.pack("<iiii", 16 + len(data), 1, number, code) + data)

    @staticmethod
    def _answer(asked: dict[str, object]) -> dict[str, object]:
        name = next(iter(asked))
        if name in {"hello", "ismaster", "isMaster"}:
            return {
                "ok": 1.0,
                "ismaster": True,
                "isWritablePrimary": True,
                "helloOk": True,
                "maxWireVersion": 21,
                "minWireVersion": 0,
                "maxBsonObjectSize": 16777216,
                "maxMessageSizeBytes": 48000000,
                "maxWriteBatchSize": 100000,
                "readOnly": False,
            }
        if name in {"find", "aggregate", "listCollections"}:
            batch = [{"_id": 1, "name": "ada", "n": 1}]
            return {"ok": 1.0, "cursor": {"id": 0, "ns": "shop.users", "firstBatch": batch}}
        return {"ok": 1.0, "n": 1, "nModified": 1, "values": [1], "value": {"_id": 1}}


class _Echo(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while line := self.rfile.readline():
            self.wfile.write(line)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def start() -> dict[str, int]:
    """Start every server in a thread of its own; return the port of each."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Http)
    http.daemon_threads = True
    servers: dict[str, socketserver.TCPServer] = {HTTP: http}
    for name, handler in ((SMTP, _Smtp), (REDIS, _Redis), (MONGO, _Mongo), (ECHO, _Echo)):
        servers[name] = _Server(("127.0.0.1", 0), handler)
    for server in servers.values():
        threading.Thread(target=server.serve_forever, daemon=True).start()
    return {name: server.server_address[1] for name, server in servers.items()}


_PORTS = {25: SMTP, 587: SMTP, 465: SMTP, 6379: REDIS, 27017: MONGO, 7: ECHO}


def redirect(ports: dict[str, int]) -> None:
    """Send every connection that this process opens by name to the stub of its port."""
    connect = socket.socket.connect
    connect_ex = socket.socket.connect_ex
    resolve = socket.getaddrinfo
    own = set(ports.values())

    def there(address: Any) -> Any:
        if not isinstance(address, tuple) or address[1] in own or address[1] > 30000:
            return address
        return ("127.0.0.1", ports[_PORTS.get(address[1], HTTP)])

    def getaddrinfo(_host: object, port: object, *_: object, **_rest: object) -> object:
        resolve("127.0.0.1", 80)
        number = int(str(port)) if str(port).isdigit() else 80
        kind = socket.SOCK_STREAM
        return [(socket.AF_INET, kind, 6, "", ("127.0.0.1", number))]

    socket.socket.connect = lambda self, to: connect(self, there(to))  # type: ignore[method-assign]
    socket.socket.connect_ex = (  # type: ignore[method-assign]
        lambda self, to: connect_ex(self, there(to))
    )
    socket.getaddrinfo = getaddrinfo  # type: ignore[assignment]
