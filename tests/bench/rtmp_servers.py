# The group "rtmp": our server beside a null fan-out (messages that lie ready, and one writev for each player and message)
# and nginx with its RTMP module, if it is there. One publisher sends a stream of 2 Mbit/s, with 25 frames a second and a
# key frame in each, and many players take it.
#
# Servers take turns. Each round has a stream with other sizes, and another name. CPU is the server's own: for each second
# that a player has played.
import os
import random
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from dataclasses import dataclass

from measure import BenchError, rounds
from servers import Rows, Server, Servers, compile_tool, draw_word, find_program, lets_in, write

PLAYERS = 1000
LOAD_S = 6
SETTLED_S = 2  # from the publisher's start on, so that whoever keeps the last key frame has one
MARGIN_S = 4   # by which the stream is longer

FRAME_MS = 40
FRAMES_OF_A_KEY = 25
SOUND_MS = 1024 / 44.1  # of one frame of AAC
BITS_PER_S = 2_000_000
SOUND_BITS_PER_S = 128_000

EFFICIENCY_TO_NULL = 0.8
EFFICIENCY_TO_PEER = 1.4
KEY_MS = 50
KIB_OF_A_PLAYER = 32
WHAT = f"{PLAYERS} players"


def measure(settings):
    figures = Figures()
    count = max(1, settings.runs // 2)
    with tempfile.TemporaryDirectory(prefix="labnet-bench-", dir="/dev/shm") as folder:
        os.chmod(folder, 0o711)
        tools = Tools(settings.program, folder)
        for number in rounds("rtmp", count):
            place = os.path.join(folder, f"round-{number}")
            os.makedirs(place)
            stream = Stream(place)
            with RtmpServers(settings.program, tools, stream, place) as servers:
                figures.add_round(measure_round(servers.all, tools, stream))
    return figures.all()


class Tools:
    def __init__(self, program, folder):
        self.program = program
        self.load = compile_tool("rtmp_load", folder)
        self.null = compile_tool("rtmp_null", folder)


class Stream:
    """An FLV file of H.264 and AAC as to what a server looks at; the rest is noise of the right length."""
    def __init__(self, folder):
        self.name = draw_word(random.randint(4, 16))
        self.path = os.path.join(folder, "stream.flv")
        with open(self.path, "wb") as file:
            file.write(b"FLV\1\5\0\0\0\x09" + bytes(4))
            for timestamp, kind, body in sorted(self.tags(), key=lambda tag: tag[0]):
                head = struct.pack(">B3s3sB3x", kind, len(body).to_bytes(3), (timestamp & 0xFFFFFF).to_bytes(3), 0)
                file.write(head + body + struct.pack(">I", 11 + len(body)))

    @staticmethod
    def tags():
        seconds = SETTLED_S + LOAD_S + MARGIN_S
        yield 0, 18, b"\2\0\x0aonMetaData" + b"\x08\0\0\0\1" + b"\0\x05width" + b"\0" + struct.pack(">d", 640) + b"\0\0\x09"
        parameters = bytes.fromhex("67640016acd940a02ff970110000030001000003003c8f162d96")
        yield 0, 9, (b"\x17\0\0\0\0\1" + parameters[1:4] + b"\xff\xe1" + struct.pack(">H", len(parameters)) + parameters +
                     b"\1\0\4\x68\xeb\xe3\xcb")
        yield 0, 8, b"\xaf\0\x12\x10"
        mean = (BITS_PER_S - SOUND_BITS_PER_S) / 8 * FRAME_MS / 1000
        for number in range(seconds * 1000 // FRAME_MS):
            if number % FRAMES_OF_A_KEY == 0:
                key_to_others = random.uniform(2, 8)
                other = mean * FRAMES_OF_A_KEY / (FRAMES_OF_A_KEY - 1 + key_to_others)
            is_key = number % FRAMES_OF_A_KEY == 0
            size = int(other * (key_to_others if is_key else random.uniform(0.7, 1.3)))
            yield (number * FRAME_MS, 9, (b"\x17" if is_key else b"\x27") + b"\1\0\0\0" +
                   struct.pack(">I", size) + random.randbytes(size))
        for number in range(int(seconds * 1000 / SOUND_MS)):
            yield int(number * SOUND_MS), 8, b"\xaf\1" + random.randbytes(int(SOUND_BITS_PER_S / 8 * SOUND_MS / 1000))


class RtmpServers(Servers):
    """The null fan-out, ours, and nginx with its module if it is there."""
    def __init__(self, program, tools, stream, folder):
        starts = [lambda own, port: Server("null", [tools.null, "127.0.0.1", str(port), stream.path], port, own),
                  lambda own, port: start_ours(program, stream, own, port)]
        module = find_nginx_module()
        if module and (nginx := find_program("nginx")):
            starts.append(lambda own, port: start_nginx(nginx, module, own, port))
        super().__init__(folder, starts)

    def answers(self, port):
        return lets_in(port)


def start_ours(program, stream, folder, port):
    # As it is shipped: all limits and deadlines, the log on.
    config = write(folder, "rtmp.yaml", f'listen: ["rtmp://127.0.0.1:{port}"]\n'
                                        f'apps: {{ live: {{ keys: {{ "{stream.name}": {{}} }} }} }}\n')
    return Server("labnet", [program, "serve", "rtmp", "-c", config], port, folder)


def find_nginx_module():
    folder = "usr/lib/nginx/modules/ngx_rtmp_module.so"
    places = [os.path.join(root, folder) for root in ("/", os.environ.get("LABNET_BENCH_PEERS", "/"))]
    return next((place for place in places if os.path.exists(place)), None)


def start_nginx(program, module, folder, port):
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
    # One process: with more, a player has the stream only if it comes to the process that the publisher came to.
    config = write(folder, "nginx.conf", f"""load_module {module};
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
{'user nobody nogroup;' if os.geteuid() == 0 else ''}
events {{ worker_connections 4096; }}
rtmp {{
    access_log off;
    server {{
        listen 127.0.0.1:{port};
        chunk_size 4096;
        application live {{
            live on;
            wait_key on;
            wait_video on;
        }}
    }}
}}
""")
    return Server("nginx-rtmp", [program, "-c", config, "-e", os.path.join(folder, "error.log")], port, folder)


@dataclass
class Played:
    """What came of a load."""
    player_s: float
    bytes: int
    frames: int
    missing: int
    failed: int
    key_ms: float
    key_p99_ms: float
    behind_ms: float
    cpu_us: float = 0  # the server's, for each second that a player has played
    kib: float = 0     # the server's memory, for each player


class Publisher:
    """`labnet rtmp publish`, for as long as a load takes. The null fan-out has the file itself."""
    def __init__(self, tools, stream, server):
        self.process, self.output = None, os.path.join(os.path.dirname(stream.path), "publisher.log")
        if server.name != "null":
            url = f"rtmp://127.0.0.1:{server.port}/live/{stream.name}"
            with open(self.output, "wb") as output:
                self.process = subprocess.Popen([tools.program, "rtmp", "publish", stream.path, url],
                                                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                                start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()

    def expect_that_it_publishes(self):
        if self.process and self.process.poll() is not None:
            with open(self.output, encoding="utf-8", errors="replace") as output:
                raise BenchError(f"the publisher has ended: {output.read().strip()[-300:]}")


def play(server, tools, stream):
    with Publisher(tools, stream, server) as publisher:
        time.sleep(SETTLED_S)
        publisher.expect_that_it_publishes()
        memory, cpu = server.pss_mib(), server.cpu_us()
        words = [tools.load, "127.0.0.1", str(server.port), "live", stream.name, str(PLAYERS), str(LOAD_S), str(FRAME_MS)]
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                              start_new_session=True) as load:
            line = load.stdout.readline()
            kib = (server.pss_mib() - memory) * 1024 / PLAYERS
            if line == "playing\n":
                line = load.stdout.readline()
        publisher.expect_that_it_publishes()
    if load.returncode != 0 or len(line.split()) != 8:
        raise BenchError(f"the players of {server.name} ended with {load.returncode}: {line!r}")
    player_s, *counts, key_ms, key_p99_ms, behind_ms = line.split()
    played = Played(float(player_s), *map(int, counts), float(key_ms), float(key_p99_ms), float(behind_ms))
    if played.frames == 0:
        raise BenchError(f"no frame came from {server.name}")
    played.cpu_us = (server.cpu_us() - cpu) / played.player_s
    played.kib = kib
    return played


def measure_round(servers, tools, stream):
    """{server: Played}; each once, in an order of its own. The peer, or else the null fan-out, has two turns: what a ratio
    that means nothing looks like."""
    order = servers + [servers[-1] if servers[-1].name == "nginx-rtmp" else servers[0]]
    random.shuffle(order)
    found = {}
    for server in order:
        found[f"{server.name} again" if server.name in found else server.name] = play(server, tools, stream)
    return found


ROW_ORDER = ["null", "labnet", "nginx-rtmp"]


class Figures(Rows):
    """All rounds, as rows of the table."""
    def add_round(self, found):
        names = [name for name in ROW_ORDER if name in found]
        ours, null = found["labnet"], found["null"]
        for name in names:
            self.row(f"{WHAT}: {name}", "MB/s").add(found[name].bytes / LOAD_S / 1e6)
        for name in names:
            self.row(f"{WHAT}, CPU of a player's second: {name}", "us").add(found[name].cpu_us)
        twice = next(name for name in found if name.endswith(" again")).removesuffix(" again")
        self.row(f"{WHAT}, efficiency: null line, {twice} to itself", "ratio").add(
            found[twice].cpu_us / found[f"{twice} again"].cpu_us)
        self.row(f"{WHAT}: labnet's efficiency to that of null", "ratio", EFFICIENCY_TO_NULL, True).add(
            null.cpu_us / ours.cpu_us)
        if peer := found.get("nginx-rtmp"):
            self.row(f"{WHAT}: labnet's efficiency to that of nginx-rtmp", "ratio", EFFICIENCY_TO_PEER, True).add(
                peer.cpu_us / ours.cpu_us)
        for name in names:
            is_ours = name == "labnet"
            self.row(f"{WHAT}, first key frame: {name}", "ms", KEY_MS if is_ours else None).add(found[name].key_ms)
            self.row(f"{WHAT}, first key frame, p99: {name}", "ms").add(found[name].key_p99_ms)
        for name in names:
            self.row(f"{WHAT}, memory of a player: {name}", "KiB", KIB_OF_A_PLAYER if name == "labnet" else None).add(
                found[name].kib)
        for name in names:
            self.row(f"{WHAT}, the last one behind the first: {name}", "ms").add(found[name].behind_ms)
        for name in names:
            bar = 1 if name == "labnet" else None
            self.total(f"{WHAT}, frames that did not come in all rounds: {name}", "", bar).count(found[name].missing)
            self.total(f"{WHAT}, that failed in all rounds: {name}", "", bar).count(found[name].failed)
