# The group "sip": our exchange beside kamailio, which registers and passes calls on as a proxy, if it is there. Both are
# asked by SIPp, by turns, at most so many registrations or calls at a time as stand below. Each round has new servers and
# new names of users. How media are relayed is sip_media's.
#
# As they are shipped, ours is a back-to-back user agent that anchors media and writes a line about each call, kamailio
# a proxy that passes messages on. Ratios are of one round. CPU is the server's own, for each registration or call.
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass

from measure import BenchError, rounds
from servers import HERE, START_S, Rows, Servers, compile_tool, find_program, free_port, write
from sip_media import MediaFigures, measure_media
from sip_peers import Users, answers, start_kamailio, start_ours

AT_LEAST_EQUAL = 0.97  # a ratio that is no less than this is noise
CALLS_TO_PEER = 0.5

USERS = 1000
REGISTRATIONS = 10_000
REGISTRATIONS_AT_ONCE = 50
CALLS = 3_000
CALLS_AT_ONCE = 100
LOAD_S_MAX = 60
STOP_S = 5
DRAWS = 2  # of what relays media



def measure(settings):
    if not shutil.which("sipp"):
        raise BenchError("sipp is missing; on Debian: apt-get install sip-tester")
    figures = Figures()
    count = max(1, settings.runs // 2)
    with tempfile.TemporaryDirectory(prefix="labnet-bench-", dir="/dev/shm") as folder:
        tools = Tools(folder)
        for number in rounds("sip", count):
            place = os.path.join(folder, f"round-{number}")
            users = Users(2 + 2 * USERS)
            with SipServers(settings.program, users, place) as servers:
                figures.add_round(measure_round(servers.all, users, place))
            shutil.rmtree(place)
        for draw in range(min(DRAWS, count)):
            measure_media(settings.program, tools, len(range(draw, count, DRAWS)), os.path.join(folder, f"media-{draw}"),
                          figures)
    return figures.all()


class Tools:
    """The load and the null relay of media, built here: they are no part of the product."""
    def __init__(self, folder):
        self.rtp_load = compile_tool("rtp_load", folder)
        self.rtp_null = compile_tool("rtp_null", folder)


class SipServers(Servers):
    """Ours, and kamailio if it is there, both answering."""
    def __init__(self, program, users, folder):
        starts = [lambda own, port: start_ours(program, users, own, port)]
        if found := find_program("kamailio"):
            starts.append(lambda own, port: start_kamailio(found, users, own, port))
        super().__init__(folder, starts)

    def answers(self, port):
        return answers(port)


@dataclass
class Done:
    """What came of a load."""
    succeeded: int
    failed: int
    repeated: int  # messages that were sent again, as no answer came in time
    seconds: float
    cpu_ms: float = 0  # the server's, for each success

    @property
    def per_second(self):
        return self.succeeded / self.seconds


def read_statistics(text):
    """Of what SIPp writes, the last line counts."""
    lines = text.splitlines()
    if len(lines) < 2:
        raise BenchError("sipp has written no statistics")
    found = dict(zip(lines[0].split(";"), lines[-1].split(";")))
    # A time is a date, one of the day, and seconds since 1970.
    start, end = (float(found[name].split("\t")[2]) for name in ("StartTime", "CurrentTime"))
    return Done(*(int(found[f"{name}(C)"]) for name in ("SuccessfulCall", "FailedCall", "Retransmissions")), end - start)


class Sipp:
    """One of SIPp's processes, at a port of its own, for so many registrations or calls. What is not part of its scenario
    it answers by 200, as phones do."""
    def __init__(self, server, port, scenario, folder, count, lines=(), at_once=1):
        self.port, self.count = port, count
        name = os.path.join(folder, f"{scenario}-{port}-{random.getrandbits(32):08x}")
        self.statistics, self.log = f"{name}.csv", f"{name}.log"
        command = ["sipp", f"127.0.0.1:{server.port}", "-i", "127.0.0.1", "-p", str(port), "-nostdin", "-sf",
                   os.path.join(HERE, "sipp", f"{scenario}.xml"), "-m", str(count), "-aa", "-buff_size", "2000000",
                   "-timeout", str(LOAD_S_MAX), "-trace_stat", "-fd", "1", "-stf", self.statistics]
        if lines:
            users = write(folder, f"{name}.users", "".join(f"{line}\n" for line in ["SEQUENTIAL", *lines]))
            command += ["-inf", users, "-r", "100000", "-l", str(at_once), "-recv_timeout", "10000"]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=os.environ | {"TERM": "dumb"}, start_new_session=True)

    def wait_until_it_listens(self):
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.process.poll() is None:
            with open("/proc/net/udp", encoding="ascii") as sockets:
                if f":{self.port:04X} " in sockets.read():
                    return
            time.sleep(0.01)
        self.fail()

    def wait(self):
        """Until it has done what it is to do."""
        try:
            self.process.wait()
        except BaseException:  # Ctrl-C
            self.process.kill()
            raise
        done = self.stop()
        if done.succeeded + done.failed < self.count:
            self.fail()
        return done

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGUSR1)  # as soon as no call is left
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        try:
            with open(self.statistics, encoding="ascii", errors="replace") as file:
                return read_statistics(file.read())
        except OSError:
            self.fail()

    def fail(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            raise BenchError(f"sipp does not do what it is to do: {log.read().strip()[-500:] or 'it says nothing'}")


def lines_of(users, names):
    return [f"{name};[authentication username={name} password={users.password}]" for name in names]


class SipLoads:
    """What a server is asked to do. Users register for the first time with each turn; then they do again."""
    def __init__(self, server, users, folder):
        self.server, self.users, self.folder = server, users, folder
        self.callers, self.fresh = users.names[:2], users.names[2:]
        self.ports = [free_port() for _ in self.callers]
        for name, port in zip(self.callers, self.ports):
            if Sipp(server, port, "register", folder, 1, lines_of(users, [name])).wait().succeeded != 1:
                raise BenchError(f"{server.name} does not let {name} register")

    def registrations(self):
        names, self.fresh = self.fresh[:USERS], self.fresh[USERS:]
        return Sipp(self.server, free_port(), "register", self.folder, REGISTRATIONS, lines_of(self.users, names),
                    REGISTRATIONS_AT_ONCE).wait()

    def calls(self):
        """The first user calls the second one, who answers; each registered from where this is done."""
        answering = Sipp(self.server, self.ports[1], "answer", self.folder, CALLS)
        try:
            answering.wait_until_it_listens()
            done = Sipp(self.server, self.ports[0], "call", self.folder, CALLS, [";".join(self.callers)],
                        CALLS_AT_ONCE).wait()
        finally:
            answered = answering.stop()
        done.repeated += answered.repeated
        return done


LOADS = {"registrations": SipLoads.registrations, "calls": SipLoads.calls}


def measure_round(servers, users, folder):
    """{load: {server: Done}}; each load of each server once, in an order of its own. The peer, or else ours, has two
    turns: what a ratio that means nothing looks like."""
    ready = [SipLoads(server, users, folder) for server in servers]
    found = {}
    for load, ask in LOADS.items():
        order = ready + ready[-1:]
        random.shuffle(order)
        found[load] = {}
        for loads in order:
            server = loads.server
            before = server.cpu_us()
            done = ask(loads)
            if done.succeeded == 0:
                raise BenchError(f"none of {done.failed} {load} of {server.name} has succeeded")
            done.cpu_ms = (server.cpu_us() - before) / done.succeeded / 1e3
            found[load][f"{server.name} again" if server.name in found[load] else server.name] = done
    return found


class Figures(Rows, MediaFigures):
    """All rounds, as rows of the table."""
    def add_round(self, found):
        for load, servers in found.items():
            self.add_load(load, {name: servers[name] for name in ROW_ORDER if name in servers})

    def add_load(self, load, servers):
        ours, twice = servers["labnet"], next(name for name in servers if name.endswith(" again"))
        names = [name for name in servers if name != twice]
        for name in names:
            self.row(f"{load}: {name}", "1/s").add(servers[name].per_second, servers[name].cpu_ms)
        again, once = servers[twice], servers[twice.removesuffix(" again")]
        self.row(f"{load}: null line, {twice.removesuffix(' again')} to itself", "ratio").add(
            again.per_second / once.per_second)
        bar, cpu_bar = BARS[load]
        for name in names:
            if name != "labnet":
                self.row(f"{load}: labnet to {name}", "ratio", bar, True).add(ours.per_second / servers[name].per_second)
                self.row(f"{load}: CPU, labnet to {name}", "ratio", cpu_bar).add(ours.cpu_ms / servers[name].cpu_ms)
        for name in names:
            lost = self.total(f"{load}: failed or sent again in all rounds: {name}", "", 1 if name == "labnet" else None)
            lost.count(servers[name].failed + servers[name].repeated)


BARS = {"registrations": (AT_LEAST_EQUAL, 1), "calls": (CALLS_TO_PEER, None)}  # of the ratios of speed and of CPU
ROW_ORDER = ["labnet", "labnet again", "kamailio", "kamailio again"]
