# Servers that a group measures side by side: how they are found, started, watched and stopped.
import os
import random
import shutil
import signal
import socket
import string
import subprocess
import sys
import time

from measure import BenchError, Figure, Total, checked, run

START_S = 10
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SYSTEM_PLACES = "/usr/sbin:/usr/local/sbin"

# Runs a command and waits for all who lose their parent: else nobody knows what they have cost.
ADOPTING = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER, <linux/prctl.h>
first = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
while os.wait()[0] != first: pass
"""

given_ports = set()  # a server may not have taken its own yet


def free_port():
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind(("127.0.0.1", 0))
            port = udp.getsockname()[1]
            try:
                tcp.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in given_ports:
            given_ports.add(port)
            return port


def lets_in(port):
    """Whether somebody listens there; may raise OSError."""
    with socket.create_connection(("127.0.0.1", port), 1):
        return True


def find_program(name):
    """Of what is installed, or in a folder that LABNET_BENCH_PEERS names: packages that exclude one another can be
    unpacked there (apt-get download, dpkg -x). None if it is not there."""
    unpacked = os.environ.get("LABNET_BENCH_PEERS", "")
    places = [os.path.join(unpacked, folder) for folder in ("usr/sbin", "usr/bin")] if unpacked else []
    return shutil.which(name, path=":".join([os.environ.get("PATH", ""), SYSTEM_PLACES] + places))


def compile_tool(name, folder, libraries=()):
    """A load or a null server of this folder, which is no part of the product; its path."""
    tool = os.path.join(folder, name)
    checked(["c++", "-O2", "-std=c++20", "-pthread", "-I", ROOT, os.path.join(HERE, f"{name}.cpp"), "-o", tool, *libraries],
            output=tool + ".log")
    return tool


def adopting(command):
    """The command for a server that forks for each session and does not wait for all of them."""
    return [sys.executable, "-c", ADOPTING] + command


class Servers:
    """Several that are started together, each in a folder of its own below `folder`."""
    def __init__(self, folder, starts):
        """starts: functions of a server's folder and its port that give a Server"""
        self.folder, self.starts = folder, starts
        self.all = []

    def answers(self, port):
        """Whether the one at this port answers; may raise OSError."""
        raise NotImplementedError

    def __enter__(self):
        try:
            for number, start in enumerate(self.starts):
                own = os.path.join(self.folder, f"server-{number}")
                os.makedirs(own)
                self.all.append(start(own, free_port()))
            for server in self.all:
                server.wait_until(self.answers)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in self.all:
            server.stop()


class Server:
    """A process that answers at `port`, until it is stopped."""
    def __init__(self, name, command, port, folder):
        self.name, self.port = name, port
        self.log = os.path.join(folder, "log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, start_new_session=True)

    def wait_until(self, answers):
        """Asks until it answers: `answers(port)` is true then, and may raise OSError."""
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if answers(self.port):
                    return
            except OSError:
                time.sleep(0.01)
        with open(self.log, encoding="utf-8", errors="replace") as log:
            raise BenchError(f"{self.name} does not answer: {log.read().strip()[-300:] or 'it said nothing'}")

    def cpu_us(self):
        """Of all its threads and children. What children have cost that have ended is known in hundredths of a second."""
        return sum(cpu_us_of(pid) for pid in family_of(self.process.pid))

    def pss_mib(self):
        """The memory of all its processes; a page that n processes share counts one n-th for each."""
        return sum(pss_kib_of(pid) for pid in family_of(self.process.pid)) / 1024

    def stop(self):
        family = family_of(self.process.pid)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for pid in family[1:]:  # some put each session into a group of its own
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def family_of(pid):
    found = [pid]
    for one in found:
        try:
            for thread in os.listdir(f"/proc/{one}/task"):
                with open(f"/proc/{one}/task/{thread}/children", encoding="ascii") as file:
                    found += [int(child) for child in file.read().split()]
        except OSError:
            pass
    return found


def cpu_us_of(pid):
    try:
        own = time.clock_gettime_ns(~pid << 3 | 2)  # the CPU clock of a process: clock_getcpuclockid(3)
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            # The command's name stands in parentheses and may hold any character.
            cutime, cstime = file.read().rpartition(")")[2].split()[13:15]
    except OSError:
        return 0  # it has just ended
    return own / 1000 + (int(cutime) + int(cstime)) * 1e6 / os.sysconf("SC_CLK_TCK")


def pss_kib_of(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    except OSError:
        return 0  # it has just ended


def draw_word(length):
    first = random.choice(string.ascii_lowercase)  # else it may be a number, which is another thing in a configuration
    return first + "".join(random.choices(string.ascii_lowercase + string.digits, k=length - 1))


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def in_own_session(command, log):
    """Runs a load. Linux shares the cores evenly between sessions, and each server has one of its own."""
    done = run(["setsid", "--wait"] + command, output=log)
    if done.exit_code != 0:
        raise BenchError(f"{' '.join(command)} ended with {done.exit_code}: {done.output.strip()[-300:]}")
    return done.output


class Rows:
    """The rows of the table, in the order in which they were first named."""
    def __init__(self):
        self.rows = {}

    def row(self, name, unit, bar=None, more_is_better=False):
        return self.rows.setdefault(name, Figure(name, unit, bar, more_is_better))

    def total(self, name, unit, bar=None):
        return self.rows.setdefault(name, Total(name, unit, bar))

    def all(self):
        return list(self.rows.values())
