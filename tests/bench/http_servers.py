# The group "http": our HTTP server beside a null server (an answer that lies ready, and the bare system calls), nginx and
# apache2, if they are installed. All of them run at once, each in a session of its own, with two workers, serve the same
# folder in memory and are asked by turns: a round asks each of them once, so that a change of the machine's pace strikes
# all. Names, sizes and contents are drawn afresh, and the servers are started anew with each draw.
#
# wrk asks, by 64 connections that stay; http_load makes new TLS connections, idle and slow ones. Ratios are of one round. CPU is
# the server's own, for each request or connection. Ours writes its access log, the others none.
import contextlib
import gzip
import http.client
import os
import random
import re
import select
import shutil
import socket
import ssl
import string
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from measure import BenchError, checked
from servers import Rows, Server, compile_tool, find_program, free_port, in_own_session, lets_in, write

REQUESTS_TO_PEER = 1.2  # of nginx's requests per second
GZIP_TO_PEER = 3
AT_LEAST_EQUAL = 0.97  # a ratio that is no less than this is noise
IDLE_KIB = 8
IDLE_TLS_KIB = 16
WAIT_BESIDE_SLOW_MS = 50  # that a new client waits longer, of 100 the one that waits the longest but one

JUDGED = "nginx"  # the peer that the bars are of
DRAWS = 2
LOAD_S = 1
WORKERS = 2
CONNECTIONS = 64
CLIENTS = 8  # that make new connections
IDLE_CONNECTIONS = 1000
SLOW_CONNECTIONS = 500
SLOW_FOR_S = 1  # before new clients come
NEW_CLIENTS = 100
SETTLED_S = 0.2  # a file that is this old does not change any more: servers may keep it

PAGE_BYTES, SMALL_BYTES, BIG_BYTES = 10_671, 1024, 1 << 20
SIZE_DRAW = 0.02  # sizes are up to so much more or less

HOSTS = {"ecdsa": "ecdsa.bench.test", "rsa": "rsa.bench.test"}
KEYS = {"ecdsa": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["rsa:2048"]}


def measure(settings):
    if not shutil.which("wrk"):
        raise BenchError("wrk is missing; on Debian: apt-get install wrk")
    figures = Figures()
    rounds = max(1, settings.runs // 2)
    with tempfile.TemporaryDirectory(prefix="labnet-bench-", dir="/dev/shm") as folder:
        os.chmod(folder, 0o755)  # for servers that drop their privileges
        tools = Tools(folder)
        for draw in range(min(DRAWS, rounds)):
            place = os.path.join(folder, f"draw-{draw}")
            files = Files(os.path.join(place, "www"))
            with Servers(settings.program, tools, files, place) as servers:
                say_who_logs(servers)
                # First of all, as memory that a load has left over would hide what a connection needs.
                figures.add_idle(measure_idle(servers, tools, files))
                figures.add_slow(measure_slow(servers, tools, files))
                for _ in range(draw, rounds, DRAWS):
                    figures.add_round(measure_round(servers, tools, files))
    return figures.all()


def say_who_logs(servers):
    others = " and ".join(name for name in PEERS if servers.find(name))
    print(f"bench: labnet writes its access log{f', {others} write none' if others else ''}", file=sys.stderr)


class Tools:
    """The loads and the null server, built here: they are no part of the product. Certificates, for all servers."""
    def __init__(self, folder):
        self.log = os.path.join(folder, "log")
        self.load = compile_tool("http_load", folder, ["-lssl", "-lcrypto"])
        self.null = compile_tool("http_null", folder)
        self.certificates, self.keys = {}, {}
        for kind, host in HOSTS.items():
            self.keys[kind] = os.path.join(folder, f"{kind}.key")
            self.certificates[kind] = os.path.join(folder, f"{kind}.crt")
            checked(["openssl", "req", "-x509", "-newkey"] + KEYS[kind] + ["-nodes", "-days", "2", "-subj", f"/CN={host}",
                     "-addext", f"subjectAltName=DNS:{host}", "-keyout", self.keys[kind], "-out",
                     self.certificates[kind]], output=self.log)


def draw_name(end):
    return "".join(random.choices(string.ascii_lowercase, k=random.randint(4, 16))) + end


def draw_size(usual):
    return usual + random.randint(int(-usual * SIZE_DRAW), int(usual * SIZE_DRAW))


def draw_page(size):
    """Something like a text, which can be compressed as one."""
    words = ["".join(random.choices("etaoinshrdlu", k=random.randint(2, 9))) for _ in range(400)]
    head, end = "<!DOCTYPE html><html><head><title>bench</title></head><body>\n", "\n</body></html>\n"
    body = ""
    while len(body) < size:
        body += "<p>" + " ".join(random.choices(words, k=60)) + "</p>\n"
    return (head + body[:size - len(head) - len(end)] + end).encode()


class Files:
    """What is served, by what it is: its name and its content."""
    def __init__(self, root):
        self.root = root
        os.makedirs(root)
        self.names, self.contents = {}, {}
        for what, end, content in (("page", ".html", draw_page(draw_size(PAGE_BYTES))),
                                   ("small", ".bin", random.randbytes(draw_size(SMALL_BYTES))),
                                   ("big", ".bin", random.randbytes(draw_size(BIG_BYTES)))):
            self.names[what], self.contents[what] = draw_name(f"-{what}{end}"), content
            with open(os.path.join(root, self.names[what]), "wb") as file:
                file.write(content)
        time.sleep(SETTLED_S)


class WebServer(Server):
    """It answers in clear at `port`, and by TLS at `secure_port` to the names in HOSTS."""
    def __init__(self, name, command, port, folder, secure_port=None, ports=None, log=None):
        super().__init__(name, command, port, folder)
        self.secure_port = secure_port
        self.ports = ports or {}  # of the null server: each answers with something else
        self.access_log = log

    def port_of(self, load):
        return self.secure_port if load.secure else self.ports.get(load.what, self.port)

    def empty_log(self):
        if self.access_log:
            os.truncate(self.access_log, 0)


def start_ours(program, tools, files, folder):
    # As it is shipped: all limits and deadlines, the logs on.
    port, secure_port, log = free_port(), free_port(), os.path.join(folder, "access.log")
    sites = "".join(f"""
  - names: [{HOSTS[kind]}]
    root: {files.root}
    applications: [{{ path: /echo, do: echo }}]
    tls: {{ certificate: {tools.certificates[kind]}, key: {tools.keys[kind]} }}""" for kind in HOSTS)
    config = write(folder, "http.yaml", f"""listen: ["http://127.0.0.1:{port}", "https://127.0.0.1:{secure_port}"]
access_log: {log}
sites:{sites}
""")
    command = [program, "serve", "http", "-c", config, "--workers", str(WORKERS)]
    return WebServer("labnet", command, port, folder, secure_port, log=log)


def start_null(tools, files, folder):
    ports = {what: free_port() for what in files.names}
    words = [word for what, port in ports.items() for word in (str(port), str(len(files.contents[what])))]
    return WebServer("null", [tools.null, "127.0.0.1"] + words, ports["page"], folder, ports=ports)


def start_nginx(program, tools, files, folder):
    port, secure_port = free_port(), free_port()
    secure = "".join(f"""
    server {{
        listen 127.0.0.1:{secure_port} ssl{' backlog=4096 reuseport' if kind == 'ecdsa' else ''};
        server_name {host};
        ssl_certificate {tools.certificates[kind]};
        ssl_certificate_key {tools.keys[kind]};
    }}""" for kind, host in HOSTS.items())
    places = "".join(f"    {key}_temp_path {folder}/{key};\n" for key in ("client_body", "proxy", "fastcgi", "uwsgi",
                                                                          "scgi"))
    config = write(folder, "nginx.conf", f"""daemon off;
worker_processes {WORKERS};
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
{'user nobody nogroup;' if os.geteuid() == 0 else ''}
events {{ worker_connections 4096; }}
http {{
    types {{ text/html html; application/octet-stream bin; }}
    access_log off;
    server_tokens off;
    sendfile on;
    tcp_nopush on;
    tcp_nodelay on;
    keepalive_requests 100000000;
    open_file_cache max=1000 inactive=60s;
    open_file_cache_valid 60s;
    gzip on;
    gzip_vary on;
{places}
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:s:10m;
    root {files.root};
    server {{ listen 127.0.0.1:{port} backlog=4096 reuseport; }}{secure}
}}
""")
    command = [program, "-c", config, "-e", os.path.join(folder, "error.log")]
    return WebServer("nginx", command, port, folder, secure_port)


def start_apache2(program, tools, files, folder):
    # More handlers than cores: a thread waits for its client to take what it sends.
    port, secure_port = free_port(), free_port()
    modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
                      for name in ("mpm_event", "authz_core", "mime", "filter", "deflate", "socache_shmcb", "ssl"))
    secure = "".join(f"""
<VirtualHost 127.0.0.1:{secure_port}>
    ServerName {host}
    SSLEngine on
    SSLCertificateFile {tools.certificates[kind]}
    SSLCertificateKeyFile {tools.keys[kind]}
</VirtualHost>""" for kind, host in HOSTS.items())
    config = write(folder, "apache.conf", f"""ServerRoot {folder}
ServerName localhost
PidFile {folder}/apache.pid
DefaultRuntimeDir {folder}
ErrorLog {folder}/error.log
LogLevel warn
ServerTokens Prod
User nobody
Group nogroup
{modules}ServerLimit {WORKERS}
StartServers {WORKERS}
ThreadsPerChild {CONNECTIONS}
ThreadLimit {CONNECTIONS}
MaxRequestWorkers {CONNECTIONS * WORKERS}
MinSpareThreads 1
MaxSpareThreads {CONNECTIONS * WORKERS}
AsyncRequestWorkerFactor 4
ListenBacklog 4096
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 10
EnableSendfile On
EnableMMAP On
SSLSessionCache shmcb:{folder}/ssl(512000)
TypesConfig /dev/null
AddType text/html .html
AddType application/octet-stream .bin
DocumentRoot {files.root}
<Directory {files.root}>
    Require all granted
    AllowOverride None
    Options FollowSymLinks
    AddOutputFilterByType DEFLATE text/html
</Directory>
Listen 127.0.0.1:{port}
Listen 127.0.0.1:{secure_port}
<VirtualHost 127.0.0.1:{port}>
</VirtualHost>{secure}
""")
    return WebServer("apache2", [program, "-DFOREGROUND", "-f", config], port, folder, secure_port)


PEERS = {"nginx": start_nginx, "apache2": start_apache2}
ROW_ORDER = [f"{name}{turn}" for turn in ("", " again") for name in ("null", "labnet", *PEERS)]


class Servers:
    """The null server, ours and the peers that are installed, all of them answering with what they should."""
    def __init__(self, program, tools, files, folder):
        self.folder, self.files, self.tools = folder, files, tools
        self.starts = [lambda own: start_null(tools, files, own), lambda own: start_ours(program, tools, files, own)]
        for name, start in PEERS.items():
            if found := find_program(name):
                self.starts.append(lambda own, start=start, found=found: start(found, tools, files, own))
        self.all = []

    def __enter__(self):
        try:
            for number, start in enumerate(self.starts):
                own = os.path.join(self.folder, f"server-{number}")
                os.makedirs(own)
                if os.geteuid() == 0:
                    shutil.chown(own, "nobody", "nogroup")
                self.all.append(start(own))
            for server in self.all:
                server.wait_until(lets_in)
                if server.name != "null":
                    self.expect_that_it_is_right(server)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in self.all:
            server.stop()

    def find(self, name):
        return next((server for server in self.all if server.name == name), None)

    def expect_that_it_is_right(self, server):
        """What is fast and wrong is not measured."""
        for what, name in self.files.names.items():
            for coding in ("identity", "gzip") if what == "page" else ("identity",):
                expect_content(server, f"/{name}", coding, self.files.contents[what])
        for kind, host in HOSTS.items():
            expect_certificate(server, host, self.tools.certificates[kind])


def expect_content(server, path, coding, content):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)) as client:
        client.request("GET", path, headers={"Accept-Encoding": coding})
        response = client.getresponse()
        body = response.read()
    if response.status != 200 or response.headers.get("Content-Encoding", "identity") != coding:
        raise BenchError(f"{server.name} answers {response.status} to {path} in {coding}")
    if (gzip.decompress(body) if coding == "gzip" else body) != content:
        raise BenchError(f"{server.name} answers something else to {path} in {coding}")


def expect_certificate(server, host, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certificate)
    with socket.create_connection(("127.0.0.1", server.secure_port), 5) as plain:
        try:
            with context.wrap_socket(plain, server_hostname=host) as secure:
                version = secure.version()
        except ssl.SSLError as error:
            raise BenchError(f"{server.name} shows {host} another certificate: {error}") from error
    if version != "TLSv1.3":
        raise BenchError(f"{server.name} speaks {version} with {host}")


@dataclass
class Answers:
    """What came of a load of one server."""
    value: float       # in the unit of the load
    operations: int    # requests or connections
    p99_ms: float | None = None


@dataclass
class Load:
    """What a server is asked for, and how."""
    what: str
    unit: str
    ask: object           # (load, server, tools, files) -> Answers
    bar: float            # of the ratio to JUDGED
    secure: bool = False
    coding: str = "identity"
    host: str = HOSTS["ecdsa"]
    has_null: bool = True  # whether the null server can do it, too


def ask_by_wrk(load, server, tools, files):
    scheme = "https" if load.secure else "http"
    words = ["wrk", "-t", "2", "-c", str(CONNECTIONS), "-d", str(LOAD_S), "--latency"]
    if load.coding != "identity":
        words += ["-H", f"Accept-Encoding: {load.coding}"]
    url = f"{scheme}://127.0.0.1:{server.port_of(load)}/{files.names[load.what]}"
    try:
        output = in_own_session(words + [url], tools.log)
    except BenchError as error:
        raise BenchError(f"{server.name}: {error}") from error
    requests, seconds, p99_ms = read_wrk(output)
    if requests == 0 or "Socket errors" in output or "Non-2xx" in output:
        raise BenchError(f"{server.name}, {url}: {output.strip()[-300:]}")
    mb = len(files.contents[load.what]) / 1e6 if load.unit == "MB/s" else 1
    return Answers(requests * mb / seconds, requests, p99_ms)


TIMES_MS = {"us": 1e-3, "ms": 1, "s": 1e3, "m": 60e3}


def read_wrk(output):
    """(requests, seconds, the time within which 99 of 100 answers came in ms) of what wrk prints."""
    total = re.search(r"^\s*(\d+) requests in ([\d.]+)(us|ms|s|m),", output, re.MULTILINE)
    p99 = re.search(r"^\s*99%\s+([\d.]+)(us|ms|s|m)$", output, re.MULTILINE)
    if not total or not p99:
        raise BenchError(f"wrk says something else: {output.strip()[-300:]}")
    return int(total[1]), float(total[2]) * TIMES_MS[total[3]] / 1e3, float(p99[1]) * TIMES_MS[p99[2]]


def ask_by_new_connections(load, server, tools, files):
    words = [tools.load, "127.0.0.1", str(server.port_of(load)), "tls", load.host, f"/{files.names[load.what]}", "new",
             str(CLIENTS), str(LOAD_S)]
    done, failed, seconds = in_own_session(words, tools.log).split()
    if int(done) == 0 or int(failed) > 0:
        raise BenchError(f"{server.name}: {done} done and {failed} failed of new connections to {load.host}")
    return Answers(int(done) / float(seconds), int(done))


LOADS = {
    "page": Load("page", "1/s", ask_by_wrk, REQUESTS_TO_PEER),
    "page, gzip": Load("page", "1/s", ask_by_wrk, GZIP_TO_PEER, coding="gzip", has_null=False),
    "1 KiB": Load("small", "1/s", ask_by_wrk, REQUESTS_TO_PEER),
    "1 MiB": Load("big", "MB/s", ask_by_wrk, AT_LEAST_EQUAL),
    "https 1 KiB": Load("small", "1/s", ask_by_wrk, AT_LEAST_EQUAL, secure=True, has_null=False),
    "https 1 MiB": Load("big", "MB/s", ask_by_wrk, AT_LEAST_EQUAL, secure=True, has_null=False),
    "new TLS, ECDSA": Load("small", "1/s", ask_by_new_connections, AT_LEAST_EQUAL, secure=True, has_null=False),
    "new TLS, RSA": Load("small", "1/s", ask_by_new_connections, AT_LEAST_EQUAL, secure=True, has_null=False,
                         host=HOSTS["rsa"]),
}


def measure_round(servers, tools, files):
    """{load: {server: (answers, cpu in ms for each operation)}}; each load of each server once, in an order of its own.
    The first peer, or else the first server, has two turns: what a ratio that means nothing looks like."""
    found = {}
    for name, load in LOADS.items():
        order = [server for server in servers.all if load.has_null or server.name != "null"]
        order.append(next((one for one in order if one.name in PEERS), order[0]))
        random.shuffle(order)
        found[name] = {}
        for server in order:
            before = server.cpu_us()
            got = load.ask(load, server, tools, files)
            cpu_ms = (server.cpu_us() - before) / got.operations / 1e3
            found[name][f"{server.name} again" if server.name in found[name] else server.name] = (got, cpu_ms)
            server.empty_log()
    return found


def measure_idle(servers, tools, files):
    """{(server, "plain" or "tls"): KiB for each connection that does nothing}. Apache ends connections that are idle
    when they are more than its threads can have."""
    found = {}
    for server in (servers.find("labnet"), servers.find("nginx")):
        for safety in ("plain", "tls") if server else ():
            before = server.pss_mib()
            found[server.name, safety] = (pss_with_idle(server, safety, tools, files) - before) * 1024 / IDLE_CONNECTIONS
    return found


def pss_with_idle(server, safety, tools, files):
    port = server.secure_port if safety == "tls" else server.port
    return beside(server, [tools.load, "127.0.0.1", str(port), safety, HOSTS["ecdsa"], f"/{files.names['small']}",
                           "idle"], IDLE_CONNECTIONS, server.pss_mib)


def measure_slow(servers, tools, files):
    """How many ms new clients of ours wait for a page, alone and while others are as slow as they can be. Of these all
    have to be there still: a server that ends connections at once has an easy time."""
    server = servers.find("labnet")

    def wait_with_others():
        time.sleep(SLOW_FOR_S)
        return longest_wait_ms(server, files)

    alone = longest_wait_ms(server, files)
    words = [tools.load, "127.0.0.1", str(server.port), "plain", HOSTS["ecdsa"], f"/{files.names['big']}", "slow"]
    return alone, beside(server, words, SLOW_CONNECTIONS, wait_with_others)


def longest_wait_ms(server, files):
    """Of new clients, one after the other, for a page; but for the longest of all, which is the machine's."""
    waits = []
    for _ in range(NEW_CLIENTS):
        started = time.perf_counter()
        expect_content(server, f"/{files.names['page']}", "identity", files.contents["page"])
        waits.append((time.perf_counter() - started) * 1e3)
    return sorted(waits)[-2]


def beside(server, words, count, measure_it):
    """What is measured while a load holds so many connections, all of which have to live until the end of it."""
    with subprocess.Popen(words + [str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as load:
        try:
            if not select.select([load.stdout], [], [], 30)[0] or load.stdout.readline() != "held\n":
                raise BenchError(f"{count} connections to {server.name} did not come about")
            measured = measure_it()
            done = load.communicate("")[0].split()[0]
        finally:
            load.kill()
    if int(done) != count:
        raise BenchError(f"{server.name} kept {done} of {count} connections that are {words[-1]}")
    return measured


class Figures(Rows):
    """All rounds, as rows of the table."""
    def add_round(self, found):
        for name, servers in found.items():
            self.add_load(name, LOADS[name], servers)

    def add_load(self, name, load, servers):
        servers = {server: servers[server] for server in ROW_ORDER if server in servers}
        for server, (got, cpu_ms) in servers.items():
            if not server.endswith(" again"):
                self.row(f"{name}: {server}", load.unit).add(got.value, cpu_ms)
        ours, our_cpu = servers["labnet"]
        twice = next(server for server in servers if server.endswith(" again")).removesuffix(" again")
        again = servers[f"{twice} again"][0].value / servers[twice][0].value
        self.row(f"{name}: null line, {twice} to itself", "ratio").add(again)
        for server, (got, cpu_ms) in servers.items():
            if server not in ("labnet", f"{twice} again"):
                is_judged = server == JUDGED
                ratio = self.row(f"{name}: labnet to {server}", "ratio", load.bar if is_judged else None, True)
                ratio.add(ours.value / got.value)
                self.row(f"{name}: CPU, labnet to {server}", "ratio", 1 if is_judged else None).add(our_cpu / cpu_ms)
        if ours.p99_ms is not None:
            self.add_p99(name, {server: got.p99_ms for server, (got, _) in servers.items()}, twice)

    def add_p99(self, name, p99_ms, twice):
        for server, ms in p99_ms.items():
            if not server.endswith(" again"):
                self.row(f"{name}, p99: {server}", "ms").add(ms)
        self.row(f"{name}, p99: null line, {twice} to itself", "ratio").add(p99_ms[f"{twice} again"] / p99_ms[twice])
        for server in PEERS:
            if server in p99_ms:
                bar = AT_LEAST_EQUAL if server == JUDGED else None
                self.row(f"{name}, p99: {server} to labnet", "ratio", bar, True).add(p99_ms[server] / p99_ms["labnet"])

    def add_idle(self, found):
        for (server, safety), kib in found.items():
            bar = (IDLE_TLS_KIB if safety == "tls" else IDLE_KIB) if server == "labnet" else None
            self.row(f"idle connection{' of TLS' if safety == 'tls' else ''}: {server}", "KiB", bar).add(kib)

    def add_slow(self, found):
        alone_ms, beside_ms = found
        name = "longest wait of a new client"
        self.row(f"{name}: labnet", "ms").add(alone_ms)
        self.row(f"{name} beside {SLOW_CONNECTIONS} slow ones: labnet", "ms").add(beside_ms)
        self.row(f"{name} beside {SLOW_CONNECTIONS} slow ones, added: labnet", "ms",
                 WAIT_BESIDE_SLOW_MS).add(beside_ms - alone_ms)
