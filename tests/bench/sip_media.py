# Media of the group "sip": what the exchange makes of the packets of many calls, beside a null relay (a socket for each
# leg, and the bare system calls) and rtpengine in user space, if it is there.
#
# Each has its own calls, of which all stay, and its own load; these run by turns. CPU is the relay's own, for each
# packet that has come through. Latency is what a relay adds to the way from socket to socket, as the load itself measures
# it in the same round.
import contextlib
import os
import random
import subprocess
from dataclasses import dataclass

from measure import BenchError, rounds
from servers import Server, find_program, free_port
from sip_calls import connect_by_rtpengine, connect_by_sip
from sip_peers import Users, answers, rtpengine_answers, start_ours, start_rtpengine

CPU_TO_RTPENGINE = 0.6
CPU_OVER_NULL_US = 1.5
AT_LEAST_EQUAL = 0.97  # a ratio that is no less than this is noise
KIB_OF_A_CALL = 16

CALLS = 500
LOAD_S = 2
ADDED_US_MIN = 0.1  # less cannot be told
WHAT = f"media of {CALLS} calls"


def measure_media(program, tools, count, folder, figures):
    """Rounds of a load by turns, in this number; adds the rows."""
    with contextlib.ExitStack() as stack:
        relays = start_relays(program, tools, folder, stack, figures)
        for _ in rounds("sip, media", count):
            figures.add_media(measure_round(relays))


@dataclass
class Packets:
    """What came of a load."""
    sent: int
    received: int
    wrong: int
    average_us: float
    p99_us: float
    cpu_us: float = 0  # the relay's, for each packet


class Load:
    """The ends of calls that somebody relays, or that send to each other."""
    def __init__(self, tools, calls):
        self.process = subprocess.Popen([tools.rtp_load, str(calls)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, start_new_session=True)
        self.ends = [tuple(map(int, self.line().split())) for _ in range(calls)]

    def line(self):
        line = self.process.stdout.readline()
        if not line:
            raise BenchError("the load of media has ended")
        return line

    def aim(self, places):
        """places: [((address, port) for the caller, (address, port) for the callee)]"""
        self.write("".join(f"{caller[0]} {caller[1]} {callee[0]} {callee[1]}\n" for caller, callee in places))

    def write(self, text):
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def run(self, seconds=LOAD_S):
        self.write(f"{seconds}\n")
        sent, received, wrong, average_us, p99_us = self.line().split()
        return Packets(int(sent), int(received), int(wrong), float(average_us), float(p99_us))

    def stop(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Relay:
    """Who relays (None: the ends send to each other), and the load of its calls."""
    def __init__(self, name, load, server=None):
        self.name, self.load, self.server = name, load, server

    def run(self):
        before = self.server.cpu_us() if self.server else 0
        got = self.load.run()
        if got.received == 0 or got.wrong > 0:
            raise BenchError(f"{self.name}: {got.received} of {got.sent} packets came through, and {got.wrong} wrong ones")
        got.cpu_us = (self.server.cpu_us() - before) / got.received if self.server else 0
        return got


def start_relays(program, tools, folder, stack, figures):
    relays = []

    def own_folder(name):
        path = os.path.join(folder, name)
        os.makedirs(path)
        return path

    def add_load():
        load = Load(tools, CALLS)
        stack.callback(load.stop)
        return load

    load = add_load()
    load.aim([(("127.0.0.1", callee), ("127.0.0.1", caller)) for caller, callee in load.ends])
    relays.append(Relay("direct", load))

    load = add_load()
    null = NullRelay(tools, load.ends, own_folder("null"))
    stack.callback(null.stop)
    load.aim(null.places)
    relays.append(Relay("null", load, null))

    users, port = Users(2), free_port()
    ours = start_ours(program, users, own_folder("labnet"), port)
    stack.callback(ours.stop)
    ours.wait_until(answers)
    load = add_load()
    first = connect_by_sip(port, users, load.ends[:1])
    before = ours.pss_mib()
    rest = connect_by_sip(port, users, load.ends[1:])
    load.aim(first + rest)
    relays.append(Relay("labnet", load, ours))
    relays[-1].run()  # what only media make it take
    figures.row("memory of a call: labnet", "KiB", KIB_OF_A_CALL).add((ours.pss_mib() - before) * 1024 / len(rest))

    if found := find_program("rtpengine"):
        peer = start_rtpengine(found, own_folder("rtpengine"), free_port())
        stack.callback(peer.stop)
        peer.wait_until(rtpengine_answers)
        load = add_load()
        load.aim(connect_by_rtpengine(peer.port, load.ends))
        relays.append(Relay("rtpengine", load, peer))
    return relays


class NullRelay(Server):
    def __init__(self, tools, ends, folder):
        self.places = []
        ends_file = os.path.join(folder, "ends")
        with open(ends_file, "w", encoding="ascii") as file:
            file.writelines(f"{caller} {callee}\n" for caller, callee in ends)
        super().__init__("null", ["sh", "-c", f'exec "$0" {len(ends)} < {ends_file}', tools.rtp_null], None, folder)
        self.wait_until(lambda _port: self.has_told(len(ends)))

    def has_told(self, calls):
        with open(self.log, encoding="ascii") as log:
            lines = [line.split() for line in log if line.endswith("\n")]
        if len(lines) < calls:
            raise FileNotFoundError
        self.places = [((line[0], line[1]), (line[2], line[3])) for line in lines]
        return True


def measure_round(relays):
    """{relay: Packets}; each once, in an order of its own. The peer, or else the null relay, has two turns: what a ratio
    that means nothing looks like."""
    order = relays + [relays[-1] if relays[-1].name == "rtpengine" else relays[1]]
    random.shuffle(order)
    found = {}
    for relay in order:
        found[f"{relay.name} again" if relay.name in found else relay.name] = relay.run()
    return found


ROW_ORDER = ["null", "labnet", "rtpengine"]


class MediaFigures:
    """The rows of the table, of which Rows makes the rest."""
    def add_media(self, found):
        direct, ours = found["direct"], found["labnet"]

        def added_us(got):
            return max(got.average_us - direct.average_us, ADDED_US_MIN)

        names = [name for name in ROW_ORDER if name in found]
        for name in names:
            got = found[name]
            self.row(f"{WHAT}: {name}", "1/s").add(got.received / LOAD_S, got.cpu_us / 1e3)
        for name in names:
            self.row(f"{WHAT}, CPU of a packet: {name}", "us").add(found[name].cpu_us)
        twice = next(name for name in found if name.endswith(" again")).removesuffix(" again")
        again = found[f"{twice} again"]
        self.row(f"{WHAT}, CPU: null line, {twice} to itself", "ratio").add(again.cpu_us / found[twice].cpu_us)
        self.row(f"{WHAT}, CPU of a packet: labnet over null", "us", CPU_OVER_NULL_US).add(
            ours.cpu_us - found["null"].cpu_us)
        for name in names:
            self.row(f"{WHAT}, latency added: {name}", "us").add(added_us(found[name]))
            self.row(f"{WHAT}, p99 added: {name}", "us").add(found[name].p99_us - direct.p99_us)
        if "rtpengine" in found:
            peer = found["rtpengine"]
            self.row(f"{WHAT}, CPU: labnet to rtpengine", "ratio", CPU_TO_RTPENGINE).add(ours.cpu_us / peer.cpu_us)
            self.row(f"{WHAT}, latency: rtpengine to labnet", "ratio", AT_LEAST_EQUAL, True).add(
                added_us(peer) / added_us(ours))
        self.total(f"{WHAT}, lost in all rounds: labnet", "packets", 1).count(ours.sent - ours.received)
        if "rtpengine" in found:
            self.total(f"{WHAT}, lost in all rounds: rtpengine", "packets").count(peer.sent - peer.received)
