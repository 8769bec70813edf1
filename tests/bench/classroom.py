# The group "classroom": many labs of the course at once on one machine, each of which plays every activity once.
#
# The labs start one after the other and stay; then their activities are played, a few labs at a time, as in a class
# where not everybody presses the key at the same moment. `--runs N` is the number of labs here. CPU times: of a start,
# the command and all processes of that lab; of the activities, the command and what the labs' processes used meanwhile.
import concurrent.futures
import contextlib
import os
import shutil
import sys
import threading

from lab import SHIPPED
from measure import Figure, Total, checked, rounds, run
from running_lab import RunningLab, cpu_ms_of, descendants

RUNS = 100
LABS_PER_CORE = 2  # whose activities are played at the same time: most of the time they wait

WATCH_S = 0.2
KEPT_LINES = 12  # of the output of a lab whose activities failed


def measure(settings):
    count = settings.runs
    names = [f"class-{number:03}" for number in range(1, count + 1)]
    figures = Figures()
    with Classroom(settings.program) as labs, NeighbourTable() as neighbours:
        for number in rounds("classroom, starts", count):
            before = set(descendants())
            started = labs.start(names[number])
            own = [pid for pid in descendants() if pid not in before]
            figures.start.add(started.ms, started.cpu_ms + sum(cpu_ms_of(pid) for pid in own))
        figures.memory.add(labs.pss_mib() / count)
        play_all(labs, names, figures)
        figures.memory_after.add(labs.pss_mib() / count)
    figures.add_neighbours(neighbours, count)
    return figures.all()


class Figures:
    def __init__(self):
        self.start = Figure("up -d, until every service answers", "ms")
        self.memory = Figure("proportional set size of a lab, at rest", "MiB")
        self.memory_after = Figure("proportional set size of a lab, after its activities", "MiB")
        self.play = Figure("all activities of a lab", "s")
        self.failed = Total("labs with an activity that failed", "labs", 1)
        self.neighbours = []

    def add_neighbours(self, table, count):
        if not table.can_be_read:
            return  # within a network namespace that is not the machine's first
        # The kernel takes none beyond gc_thresh3, in all namespaces together.
        most = Figure(f"neighbour table: entries at most; room for {table.room}", "entries", table.room)
        most.add(table.most)
        of_a_lab = Figure("neighbour table: entries of a lab", "entries")
        of_a_lab.add(table.most / count)
        refused = Total("neighbour table: entries refused as it was full", "entries", 1)
        refused.count(table.refused)
        self.neighbours = [most, of_a_lab, refused]

    def all(self):
        return [self.start, self.memory, self.memory_after, self.play, self.failed, *self.neighbours]


class Classroom(RunningLab):
    """Labs beside each other, with one CA, as one user has them."""
    def start(self, name):
        return checked([self.program, "up", "-d", "--no-publish", "--name", name, "-f",
                        os.path.join(SHIPPED, "lab.yaml")], self.environment, os.path.join(self.folder, "output"))

    def stop_all(self):
        run([self.program, "down", "--all"], self.environment)

    def play(self, name):
        """Returns the run of every activity, its failures as its output: nothing if there are none."""
        results = os.path.join(self.folder, f"{name}-out")
        done = run([self.program, "run", "--name", name, "--out", results, "-q"], self.environment,
                   os.path.join(self.folder, f"{name}-output"))
        if done.exit_code == 0:
            done.output = ""
            shutil.rmtree(results, ignore_errors=True)  # a hundred of them are gigabytes
        return done


def play_all(labs, names, figures):
    services = descendants()
    before = cpu_ms_of_all(services)
    commands_cpu_ms = 0.0
    with concurrent.futures.ThreadPoolExecutor(LABS_PER_CORE * (os.cpu_count() or 1)) as pool:
        plays = pool.map(labs.play, names)
        try:
            for number, done in zip(rounds("classroom, activities", len(names)), plays):
                figures.play.add(done.ms / 1e3)
                commands_cpu_ms += done.cpu_ms
                figures.failed.count(done.exit_code != 0)
                if done.exit_code != 0:
                    tail = "\n".join(done.output.splitlines()[-KEPT_LINES:])
                    print(f"bench: run of {names[number]} ended with {done.exit_code}:\n{tail}", file=sys.stderr)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            labs.stop_all()  # which ends those that play
            raise
    figures.play.cpu_ms.append((commands_cpu_ms + cpu_ms_of_all(services) - before) / len(names))


def cpu_ms_of_all(pids):
    total = 0.0
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            total += cpu_ms_of(pid)
    return total


class NeighbourTable:
    """Looks again and again how full the kernel's table of neighbours (ARP) is. There is one for all namespaces."""
    STATISTICS = "/proc/net/stat/arp_cache"
    ROOM = "/proc/sys/net/ipv4/neigh/default/gc_thresh3"

    def __init__(self):
        self.most = 0
        self.refused = 0
        self.room = 0
        self.can_be_read = os.path.exists(self.STATISTICS) and os.path.exists(self.ROOM)
        self.is_over = threading.Event()
        self.watcher = threading.Thread(target=self.watch)

    def __enter__(self):
        if self.can_be_read:
            with open(self.ROOM, encoding="ascii") as file:
                self.room = int(file.read())
            self.refused_before = self.read()["table_fulls"]
            self.watcher.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        if self.can_be_read:
            self.watcher.join()

    def watch(self):
        while not self.is_over.wait(WATCH_S):
            now = self.read()
            self.most = max(self.most, now["entries"])
            self.refused = now["table_fulls"] - self.refused_before

    def read(self):
        """The figures by name: `entries` stands in each processor's line alike, what is counted is each one's own."""
        with open(self.STATISTICS, encoding="ascii") as file:
            head, *lines = [line.split() for line in file]
        rows = [dict(zip(head, (int(word, 16) for word in line))) for line in lines]
        return {name: rows[0][name] if name == "entries" else sum(row[name] for row in rows) for name in head}
