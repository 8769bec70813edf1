# The group "dns": our name server beside a null server (UDP echo with QR set: the bare system calls) and those of knot,
# nsd and bind9 that are installed. All of them run at once, each in a session of its own, with two workers and the same
# zone, and are asked by turns: a round asks each of them once, so that a change of the machine's pace strikes all.
# Zones are drawn afresh, names and their number, and the servers are started anew with each.
#
# Ratios are of one round. CPU is the server's own, in microseconds for each query.
import os
import random
import shutil
import socket
import string
import tempfile
import time

from measure import BenchError
from servers import Rows, Server, Servers, compile_tool, find_program, free_port, in_own_session, write

OF_NULL = 0.95  # of the null server's queries per second
AT_LEAST_EQUAL = 0.97  # a ratio that is no less than this is noise
CPU_OVER_NULL_US = 1.0
LARGE_ZONE_LOAD_MS = 1000
LARGE_ZONE_COST = 1.15  # per query, of what the small zone costs

LOAD_S = 1
DRAWS = 2
SMALL_ZONE_NAMES = (80, 120)
LARGE_ZONE_NAMES = 100_000
LATENCY_RATE = 20_000



def measure(settings):
    if not shutil.which("dnsperf"):
        raise BenchError("dnsperf is missing; on Debian: apt-get install dnsperf")
    figures = Figures()
    rounds = max(1, settings.runs // 2)
    with tempfile.TemporaryDirectory(prefix="labnet-bench-") as folder:
        os.chmod(folder, 0o755)  # for servers that drop their privileges
        tools = Tools(folder)
        for draw in range(min(DRAWS, rounds)):
            zone = Zone(os.path.join(folder, f"zone-{draw}"), random.randint(*SMALL_ZONE_NAMES))
            with DnsServers(settings.program, tools, zone) as servers:
                for _ in range(draw, rounds, DRAWS):
                    figures.add_round(measure_round(servers, zone, tools))
        large = Zone(os.path.join(folder, "large"), LARGE_ZONE_NAMES)
        measure_large_zone(settings.program, tools, zone, large, rounds, figures)
    return figures.all()


class Tools:
    """The load and the null server, built here: they are no part of the product."""
    def __init__(self, folder):
        self.flood = compile_tool("dns_flood", folder)
        self.echo = compile_tool("dns_echo", folder)


class Zone:
    """A zone with an address for each of its names, all drawn at random, and files of what is asked."""
    def __init__(self, folder, count):
        os.makedirs(folder)
        self.origin = "".join(random.choices(string.ascii_lowercase, k=8)) + ".test"
        self.file = os.path.join(folder, "zone")
        self.names = os.path.join(folder, "names")
        self.queries = os.path.join(folder, "queries")
        labels = set()
        while len(labels) < count:
            labels.add("".join(random.choices(string.ascii_lowercase + string.digits, k=random.randint(3, 16))))
        labels = list(labels)
        with open(self.file, "w", encoding="ascii") as zone:
            zone.write(f"$ORIGIN {self.origin}.\n$TTL 1h\n@ IN SOA ns.z-9 admin 1 1h 10m 1d 5m\n@ IN NS ns.z-9\n"
                       "ns.z-9 IN A 127.0.0.1\n")
            for number, label in enumerate(labels):
                zone.write(f"{label} IN A 192.0.{number // 256 % 256}.{number % 256}\n")
        with open(self.names, "w", encoding="ascii") as names:
            names.writelines(f"{label}.{self.origin}\n" for label in labels)
        with open(self.queries, "w", encoding="ascii") as queries:
            queries.writelines(f"{random.choice(labels)}.{self.origin} A\n" for _ in range(50_000))


def answers(port, name):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.1)
        client.connect(("127.0.0.1", port))
        client.send(query_for(name))
        return client.recv(512)


def query_for(name):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return b"\0\1\0\0\0\1\0\0\0\0\0\0" + labels + b"\0\0\1\0\1"


def start_ours(program, zone, folder, port):
    # As it is shipped: all limits and deadlines, the log on.
    return Server("labnet", [program, "serve", "dns", "--zone", f"{zone.origin}={zone.file}", "--listen",
                             f"127.0.0.1:{port}", "--workers", "2"], port, folder)


def start_null(tools, folder, port):
    return Server("null", [tools.echo, "127.0.0.1", str(port)], port, folder)


def start_knot(zone, folder, port):
    config = write(folder, "knot.conf", f"""
server:
    listen: 127.0.0.1@{port}
    rundir: {folder}
    udp-workers: 2
    tcp-workers: 2
    background-workers: 1
    tcp-max-clients: 1000
    tcp-reuseport: on
log:
  - target: stderr
    any: warning
database:
    storage: {folder}
zone:
  - domain: {zone.origin}
    storage: {os.path.dirname(zone.file)}
    file: {os.path.basename(zone.file)}
    zonefile-load: whole
    zonefile-sync: -1
""")
    return Server("knot", ["knotd", "-c", config], port, folder)


def start_nsd(zone, folder, port):
    config = write(folder, "nsd.conf", f"""
server:
    ip-address: 127.0.0.1@{port}
    server-count: 2
    reuseport: yes
    username: ""
    chroot: ""
    zonesdir: "{os.path.dirname(zone.file)}"
    database: ""
    pidfile: "{folder}/nsd.pid"
    xfrdfile: "{folder}/xfrd.state"
    zonelistfile: "{folder}/zone.list"
    tcp-count: 1000
    rrl-ratelimit: 0
    rrl-whitelist-ratelimit: 0
    minimal-responses: yes
remote-control:
    control-enable: no
zone:
    name: {zone.origin}
    zonefile: {os.path.basename(zone.file)}
""")
    return Server("nsd", ["nsd", "-d", "-c", config], port, folder)


def start_bind9(zone, folder, port):
    config = write(folder, "named.conf", f"""
options {{
    directory "{folder}";
    listen-on port {port} {{ 127.0.0.1; }};
    listen-on-v6 {{ none; }};
    pid-file "{folder}/named.pid";
    session-keyfile "{folder}/session.key";
    recursion no;
    minimal-responses yes;
    dnssec-validation no;
    querylog no;
    tcp-clients 1000;
    notify no;
}};
controls {{ }};
logging {{ category default {{ default_stderr; }}; }};
zone "{zone.origin}" {{ type primary; file "{zone.file}"; }};
""")
    return Server("bind9", ["named", "-f", "-n", "2", "-c", config], port, folder)


PEERS = {"knot": ("knotd", start_knot), "nsd": ("nsd", start_nsd), "bind9": ("named", start_bind9)}


def installed_peers():
    return [name for name, (program, _) in PEERS.items() if find_program(program)]


class DnsServers(Servers):
    """The null server, ours and the peers that are installed, all of them answering."""
    def __init__(self, program, tools, zone):
        self.zone = zone
        starts = [lambda folder, port: start_null(tools, folder, port),
                  lambda folder, port: start_ours(program, zone, folder, port)]
        for name in installed_peers():
            starts.append(lambda folder, port, start=PEERS[name][1]: start(zone, folder, port))
        super().__init__(os.path.dirname(zone.file), starts)

    def answers(self, port):
        return answers(port, f"ns.z-9.{self.zone.origin}")

    def __enter__(self):
        os.environ["PATH"] += ":/usr/sbin"
        return super().__enter__()


def measure_round(servers, zone, tools):
    """{load: {server: (value, cpu in us for each query)}}; each load of each server once, in an order of its own."""
    found = {load: {} for load in LOADS}
    for load, (ask, is_for_null) in LOADS.items():
        order = [server for server in servers.all if is_for_null or server.name != "null"]
        if is_for_null:
            order.append(order[0])  # the null server to itself: what a ratio that means nothing looks like
        random.shuffle(order)
        for server in order:
            name = "null again" if server.name in found[load] else server.name
            before = server.cpu_us()
            value, queries = ask(server, zone, tools)
            found[load][name] = (value, (server.cpu_us() - before) / queries)
    return found


def ask_by_flood(server, zone, tools):
    what = "echo" if server.name == "null" else "records"
    output = in_own_session([tools.flood, "127.0.0.1", str(server.port), str(LOAD_S), zone.names, "8", "32", what],
                            tools.flood + ".log")
    replies, _lost, wrong, seconds = output.split()
    if int(wrong) > 0 or int(replies) == 0:
        raise BenchError(f"{server.name}: {replies} replies to the flood, {wrong} of them wrong")
    return int(replies) / float(seconds), int(replies)


def ask_by_dnsperf(server, zone, tools, options):
    output = in_own_session(["dnsperf", "-s", "127.0.0.1", "-p", str(server.port), "-d", zone.queries, "-l",
                             str(LOAD_S), "-T", "1", "-c", "8"] + options, tools.flood + ".log")
    completed = number_behind("Queries completed:", output)
    if completed == 0:
        raise BenchError(f"{server.name} answers nothing to dnsperf")
    return completed, output


def number_behind(words, output):
    for line in output.splitlines():
        if words in line:
            return int(line.split(words)[1].split()[0])
    return 0


def ask_over_udp(server, zone, tools):
    completed, _ = ask_by_dnsperf(server, zone, tools, ["-m", "udp", "-q", "100"])
    return completed / LOAD_S, completed


def ask_over_tcp(server, zone, tools):
    completed, _ = ask_by_dnsperf(server, zone, tools, ["-m", "tcp", "-q", "100"])
    return completed / LOAD_S, completed


def ask_at_a_rate(server, zone, tools):
    """The time within which 99 of 100 replies come, in us."""
    completed, output = ask_by_dnsperf(server, zone, tools,
                                       ["-m", "udp", "-q", "1000", "-Q", str(LATENCY_RATE), "-v"])
    times = sorted(float(line.split()[-1]) for line in output.splitlines() if line.startswith("> NOERROR "))
    if not times:
        raise BenchError("dnsperf shows no times")
    return times[len(times) * 99 // 100] * 1e6, completed


# What is measured, how, and whether the null server can do it too.
LOADS = {
    "flood": (ask_by_flood, True),
    "udp": (ask_over_udp, True),
    "tcp": (ask_over_tcp, False),
    "p99": (ask_at_a_rate, False),
}


class Figures(Rows):
    """All rounds, as rows of the table."""
    def add_round(self, found):
        for load in ("flood", "udp", "tcp"):
            self.add_speeds(load, found[load])
        for server, (value, cpu_us) in found["p99"].items():
            self.row(f"p99 at {LATENCY_RATE} q/s: {server}", "us").add(value, cpu_us / 1e3)
        ours = found["p99"]["labnet"][0]
        for server, (value, _) in found["p99"].items():
            if server != "labnet":
                self.row(f"p99: {server} to labnet", "ratio", AT_LEAST_EQUAL, True).add(value / ours)

    def add_speeds(self, load, speeds):
        for server, (value, cpu_us) in speeds.items():
            self.row(f"{load}: {server}", "q/s").add(value, cpu_us / 1e3)
        ours, our_cpu = speeds["labnet"]
        for server, (value, cpu_us) in speeds.items():
            if server == "null":
                self.row(f"{load}: labnet to null", "ratio", OF_NULL, True).add(ours / value)
                self.row(f"{load}: CPU of a query over null's", "us", CPU_OVER_NULL_US).add(our_cpu - cpu_us)
            elif server == "null again":
                self.row(f"{load}: null line, null to itself", "ratio").add(value / speeds["null"][0])
            elif server != "labnet":
                self.row(f"{load}: labnet to {server}", "ratio", AT_LEAST_EQUAL, True).add(ours / value)
                self.row(f"{load}: CPU, labnet to {server}", "ratio", 1).add(our_cpu / cpu_us)


def measure_large_zone(program, tools, small, large, rounds, figures):
    """How long a zone of many names takes to load, and what it costs to answer from it."""
    loading = figures.row(f"a zone of {LARGE_ZONE_NAMES} names: start until it answers", "ms", LARGE_ZONE_LOAD_MS)
    cost = figures.row("its CPU of a query, to that of the small zone", "ratio", LARGE_ZONE_COST)
    for number in range(rounds):
        folders = [os.path.join(os.path.dirname(zone.file), f"alone-{number}") for zone in (small, large)]
        for folder in folders:
            os.makedirs(folder)
        beside = start_ours(program, small, folders[0], free_port())
        started = time.perf_counter()
        server = start_ours(program, large, folders[1], free_port())
        try:
            server.wait_until(lambda port: answers(port, f"ns.z-9.{large.origin}"))
            loading.add((time.perf_counter() - started) * 1e3)
            beside.wait_until(lambda port: answers(port, f"ns.z-9.{small.origin}"))
            costs = {}
            for one, zone in ((beside, small), (server, large)):
                before = one.cpu_us()
                _, queries = ask_by_flood(one, zone, tools)
                costs[one] = (one.cpu_us() - before) / queries
            cost.add(costs[server] / costs[beside])
        finally:
            server.stop()
            beside.stop()
