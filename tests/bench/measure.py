# What every group of measurements is made of: commands that are timed, pairs, figures with a bar and a verdict.
import os
import statistics
import sys
import time
from dataclasses import dataclass, field


class BenchError(Exception):
    """What keeps a group from being measured, as one sentence."""


@dataclass
class Settings:
    """What the command line says. `runs` is how often the slowest operation of a group is repeated."""
    program: str
    runs: int


@dataclass
class Figure:
    """One row of the table: what was measured, each value of it, and what is promised (None: nothing).

    The promise concerns the median, which has to stay below the bar, or above it if `more_is_better`.
    `cpu_ms` is what the operation cost in CPU time (user and system), a value for each run; may stay empty.
    """
    name: str
    unit: str
    bar: float | None = None
    more_is_better: bool = False
    values: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    def add(self, value, cpu_ms=None):
        self.values.append(value)
        if cpu_ms is not None:
            self.cpu_ms.append(cpu_ms)

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def verdict(self):
        """ "met", "missed", or None where nothing is promised."""
        if self.bar is None:
            return None
        return "met" if (self.median > self.bar if self.more_is_better else self.median < self.bar) else "missed"

    def as_json(self):
        return {
            "name": self.name, "unit": self.unit, "runs": len(self.values),
            "median": self.median, "min": min(self.values), "max": max(self.values),
            "cpu_ms": statistics.median(self.cpu_ms) if self.cpu_ms else None,
            "bar": self.bar, "verdict": self.verdict,
        }


class Total(Figure):
    """Of all rounds together: one value."""
    def count(self, more):
        self.values = [sum(self.values) + more]


@dataclass
class Run:
    """One run of a command: from before it was started until it was waited for."""
    ms: float
    cpu_ms: float
    exit_code: int
    output: str


def rounds(group, count):
    """The numbers of the rounds from 0 on; says on a terminal how long those that are left will take."""
    started = time.monotonic()
    for number in range(count):
        yield number
        if sys.stderr.isatty():
            left = (time.monotonic() - started) / (number + 1) * (count - number - 1)
            print(f"bench: {group}: {number + 1} of {count} rounds, {left / 60:.0f} min left", file=sys.stderr)


def run(command, environment=None, output=None):
    """Runs a command found in PATH, started as cheaply as the system can (posix_spawn).

    output   the path of a file for its outputs, given back as Run.output; None: they go to /dev/null
    """
    target = output or os.devnull
    flags = os.O_RDWR | (os.O_CREAT | os.O_TRUNC if output else 0)
    actions = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, target, flags, 0o600),
               (os.POSIX_SPAWN_DUP2, 1, 2)]
    if environment is None:
        environment = os.environ
    started = time.perf_counter()
    try:
        pid = os.posix_spawnp(command[0], command, environment, file_actions=actions)
    except OSError as error:
        raise BenchError(f"cannot run {command[0]}: {error.strerror}; is it installed?") from error
    _, status, usage = os.wait4(pid, 0)
    ms = (time.perf_counter() - started) * 1e3
    text = ""
    if output:
        with open(output, encoding="utf-8", errors="replace") as file:
            text = file.read()
    return Run(ms, (usage.ru_utime + usage.ru_stime) * 1e3, os.waitstatus_to_exitcode(status), text)


def checked(command, environment=None, output=None):
    """As `run`, of a command that has to succeed."""
    done = run(command, environment, output)
    if done.exit_code != 0:
        raise BenchError(f"{' '.join(command)} ended with {done.exit_code}: {done.output.strip() or 'no output'}")
    return done


def pairs(first, second, count):
    """Calls both by turns, each as often first as second, so that a change of the machine's pace strikes both."""
    found = []
    for turn in range(count):
        if turn % 2:
            other, one = second(), first()
        else:
            one, other = first(), second()
        found.append((one, other))
    return found


def ratios(found):
    """How often the second goes into the first, pair by pair. Of a peer with itself this is the null line: what
    a ratio that means nothing looks like on this machine."""
    return [one / other for one, other in found]
