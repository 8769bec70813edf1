# A lab that a measurement starts and stops, in a runtime folder of its own, with an eye on each of its processes.
import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import tempfile
import time

from measure import BenchError, checked, run

PATIENCE_S = 10  # for what takes milliseconds
PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>


def parents():
    """The parent of each process of the machine, by pid."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        with contextlib.suppress(OSError):
            with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                # The command's name stands in parentheses and may hold any character.
                found[int(name)] = int(file.read().rpartition(")")[2].split()[1])
    return found


def descendants():
    """The processes that this one has started, directly or not. A lab's are all among them: orphans come here."""
    above = parents()
    found = [pid for pid, parent in above.items() if parent == os.getpid()]
    for pid in found:
        found.extend(child for child, parent in above.items() if parent == pid)
    return found


def reap():
    """Waits for those that have ended. False if one has not."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True
        if pid == 0:
            return False


class RunningLab:
    """Use it in a `with`: whatever happens, at its end no process and no file of it is left."""

    def __init__(self, program):
        self.program = program
        self.name = f"bench-{os.getpid()}"
        self.folder = tempfile.mkdtemp(prefix="labnet-bench-")
        self.runtime = os.path.join(self.folder, "run")
        os.mkdir(self.runtime, 0o700)
        self.environment = dict(os.environ, XDG_RUNTIME_DIR=self.runtime,
                                LABNET_CA_DIR=os.path.join(self.runtime, "ca"))
        if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
            raise BenchError(f"cannot adopt the lab's processes: {os.strerror(ctypes.get_errno())}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave a lab behind
        if descendants():
            self.stop_all()
        deadline = time.monotonic() + PATIENCE_S
        while not reap() and time.monotonic() < deadline:
            for pid in descendants():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        shutil.rmtree(self.folder, ignore_errors=True)
        signal.signal(signal.SIGINT, before)

    def stop_all(self):
        run(self.labnet("down"), self.environment)

    def labnet(self, verb, *arguments):
        return [self.program, verb, "--name", self.name, *arguments]

    def output_of(self, command):
        return checked(command, self.environment, os.path.join(self.folder, "output")).output

    def up(self, lab_file):
        """Returns the run of `labnet up -d`; its CPU time includes what the lab's processes have used until then."""
        done = checked(self.labnet("up", "-d", "-f", lab_file), self.environment, os.path.join(self.folder, "output"))
        done.cpu_ms += sum(cpu_ms_of(pid) for pid in descendants())
        return done

    def down(self):
        """Returns the run of `labnet down`; its time lasts until no process and no runtime file is left."""
        alive = {os.pidfd_open(pid) for pid in descendants()}
        if not alive:
            raise BenchError("no process of the lab was found")
        poll = select.poll()
        for descriptor in alive:
            poll.register(descriptor, select.POLLIN)
        started = time.perf_counter()
        done = checked(self.labnet("down"), self.environment)
        while alive:
            ended = poll.poll(PATIENCE_S * 1000)
            if not ended:
                raise BenchError(f"{len(alive)} processes of the lab live {PATIENCE_S} s after labnet down")
            for descriptor, _ in ended:
                poll.unregister(descriptor)
                alive.remove(descriptor)
                os.close(descriptor)
        while self.runtime_files():
            if time.perf_counter() - started > PATIENCE_S:
                raise BenchError(f"labnet down left {', '.join(self.runtime_files())} in the runtime folder")
        done.ms = (time.perf_counter() - started) * 1e3
        if not reap():
            raise BenchError(f"labnet down left processes: {descendants()}")
        return done

    def runtime_files(self):
        return os.listdir(os.path.join(self.runtime, "labnet"))

    def pss_mib(self):
        """The memory of all processes of the lab; a page that n processes share counts one n-th for each."""
        return sum(pss_kib_of(pid) for pid in descendants()) / 1024

    def status(self):
        return json.loads(self.output_of(self.labnet("status", "--format", "json")))

    def execute(self, host, *command):
        """The words that run a command in a host."""
        return self.labnet("exec", host, "--", *command)


def pss_kib_of(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))


def cpu_ms_of(pid):
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total / 1e6
