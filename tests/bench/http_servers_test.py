# What the group "http" measures with: its loads, its null server, what it reads from wrk.
import http.server
import os
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from http_servers import PAGE_BYTES, Figures, Files, LOADS, Answers, Tools, WebServer, draw_page, read_wrk
from http_servers import start_null
from measure import BenchError
from servers import in_own_session, lets_in

OF_WRK = """Running 1s test @ http://127.0.0.1:1/page.html
  2 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   821.00us    0.99ms  12.04ms   88.47%
    Req/Sec    46.43k     4.92k   58.41k    70.00%
  Latency Distribution
     50%  511.00us
     75%    1.03ms
     90%    1.92ms
     99%    5.21ms
  101958 requests in 1.10s, 1.02GB read
Requests/sec:  92692.08
Transfer/sec:    0.93GB
"""


class Answering(http.server.BaseHTTPRequestHandler):
    """Knows /here, and nothing else."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200 if self.path == "/here" else 404)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else b"here")

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


class HttpServersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="labnet-bench-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.tools = Tools(cls.folder.name)

    def setUp(self):
        self.place = tempfile.mkdtemp(dir=self.folder.name)

    def start_answering(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_address[1]

    def load(self, port, path, *what):
        words = [self.tools.load, "127.0.0.1", str(port), "plain", "localhost", path, *what]
        done, failed, _ = in_own_session(words, self.tools.log).split()[-3:]
        return int(done), int(failed)

    def test_wrk_is_read(self):
        requests, seconds, p99_ms = read_wrk(OF_WRK)
        self.assertEqual((requests, seconds, p99_ms), (101958, 1.1, 5.21))
        self.assertAlmostEqual(read_wrk(OF_WRK.replace("5.21ms", "521.00us"))[2], 0.521)
        self.assertAlmostEqual(read_wrk(OF_WRK.replace("5.21ms", "1.25s"))[2], 1250)
        with self.assertRaises(BenchError):
            read_wrk("unable to connect to 127.0.0.1:1 Connection refused\n")

    def test_files_are_other_ones_each_time(self):
        one, other = (Files(os.path.join(self.place, name)) for name in ("one", "other"))
        self.assertFalse(set(one.names.values()) & set(other.names.values()))
        for what, content in one.contents.items():
            self.assertNotEqual(content, other.contents[what])
            self.assertEqual(os.path.getsize(os.path.join(one.root, one.names[what])), len(content))
        self.assertEqual(len(draw_page(PAGE_BYTES)), PAGE_BYTES)

    def test_null_server_answers_each_request_however_it_is_cut(self):
        files = Files(os.path.join(self.place, "www"))
        server = start_null(self.tools, files, self.place)
        self.addCleanup(server.stop)
        server.wait_until(lets_in)
        for what, content in files.contents.items():
            with socket.create_connection(("127.0.0.1", server.ports[what]), 10) as client:
                stream = client.makefile("rb")
                for pieces in ([b"GET / HTTP/1.1\r\n\r\n"], [b"GET / HTTP/1.1\r\nA: b\r", b"\n\r", b"\n"],
                               [b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n"]):
                    for piece in pieces:
                        client.sendall(piece)
                    for _ in range(b"".join(pieces).count(b"\r\n\r\n")):
                        self.assertEqual(read_response(stream), len(content))

    def test_null_server_stays_though_a_client_leaves_in_the_middle(self):
        files = Files(os.path.join(self.place, "www"))
        server = start_null(self.tools, files, self.place)
        self.addCleanup(server.stop)
        server.wait_until(lets_in)
        for _ in range(10):
            all = [threading.Thread(target=leave_in_the_middle, args=(server.ports["big"],)) for _ in range(8)]
            for one in all:
                one.start()
            for one in all:
                one.join()
        with socket.create_connection(("127.0.0.1", server.ports["small"]), 10) as client:
            client.sendall(b"GET / HTTP/1.1\r\n\r\n")
            self.assertEqual(read_response(client.makefile("rb")), len(files.contents["small"]))
        self.assertIsNone(server.process.poll())

    def test_a_wrong_answer_is_a_failed_one(self):
        port = self.start_answering()
        self.assertEqual(self.load(port, "/here", "idle", "5"), (5, 0))
        self.assertEqual(self.load(port, "/elsewhere", "idle", "5"), (0, 5))
        done, failed = self.load(port, "/here", "new", "2", "0.2")
        self.assertGreater(done, 0)
        self.assertEqual(failed, 0)
        done, failed = self.load(port, "/elsewhere", "new", "2", "0.2")
        self.assertEqual(done, 0)
        self.assertGreater(failed, 0)

    def test_log_is_emptied_and_goes_on(self):
        log = os.path.join(self.place, "access.log")
        server = WebServer("sh", ["sh", "-c", f"exec >>{log}; while echo line; do sleep 0.01; done"], 1, self.place,
                           log=log)
        self.addCleanup(server.stop)
        server.wait_until(lambda _port: os.path.getsize(log) > 50)
        server.empty_log()
        self.assertLess(os.path.getsize(log), 50)
        server.wait_until(lambda _port: os.path.getsize(log) > 0)
        with open(log, "rb") as file:
            self.assertTrue(file.read().startswith(b"line\n"))

    def test_slow_connections_that_are_ended_are_counted(self):
        port = self.start_answering()
        with subprocess.Popen([self.tools.load, "127.0.0.1", str(port), "plain", "localhost", "/here", "slow", "6"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as load:
            self.assertEqual(load.stdout.readline(), "held\n")
            time.sleep(1.2)  # two bytes each
            done, failed, _ = load.communicate("")[0].split()
        # Who answers 501 to a POST does not wait for its body.
        self.assertEqual((int(done), int(failed)), (4, 2))

    def test_what_slow_ones_add_is_judged(self):
        figures = Figures()
        figures.add_slow((10, 30))
        figures.add_slow((10, 90))
        rows = {row.name: row for row in figures.all()}
        self.assertEqual(rows["longest wait of a new client beside 500 slow ones: labnet"].values, [30, 90])
        self.assertEqual(rows["longest wait of a new client beside 500 slow ones, added: labnet"].values, [20, 80])
        self.assertEqual(rows["longest wait of a new client beside 500 slow ones, added: labnet"].verdict, "missed")

    def test_ratios_are_of_one_round(self):
        figures = Figures()
        for pace in (1, 10):
            servers = {"nginx": (Answers(100 * pace, 1, 4), 0.2), "nginx again": (Answers(90 * pace, 1, 2), 0.2),
                       "labnet": (Answers(150 * pace, 1, 2), 0.1)}
            figures.add_load("page", LOADS["page"], servers)
        rows = {row.name: row for row in figures.all()}
        self.assertEqual(rows["page: labnet to nginx"].values, [1.5, 1.5])
        self.assertEqual(rows["page: labnet to nginx"].verdict, "met")
        self.assertEqual(rows["page: null line, nginx to itself"].values, [0.9, 0.9])
        self.assertEqual(rows["page: CPU, labnet to nginx"].values, [0.5, 0.5])
        self.assertEqual(rows["page, p99: nginx to labnet"].values, [2, 2])
        self.assertEqual(rows["page, p99: null line, nginx to itself"].values, [0.5, 0.5])


def leave_in_the_middle(port):
    """With RST, as there is something unread."""
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n" * 200)
        until = time.monotonic() + 0.02
        while time.monotonic() < until:
            client.recv(65536)


def read_response(stream):
    """The length of its body."""
    length = 0
    while (line := stream.readline()) != b"\r\n":
        if line.startswith(b"Content-Length:"):
            length = int(line.split()[1])
    return len(stream.read(length))


if __name__ == "__main__":
    unittest.main()
