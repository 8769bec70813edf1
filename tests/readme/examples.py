# Runs what stands under "Try it" in a README: examples.py LABNET ROOT README. Each line is run as it stands there,
# in order, with the shipped lab up unless the README starts one itself. Expected is exit code 0, or what a comment
# behind the line says: `# exit code 1`. A line whose comment says `until Ctrl-C` runs beside those that follow, once it
# has said something, and gets its Ctrl-C at the end.
#
# It all happens in a network namespace with nothing but a loopback interface, so that no example reaches beyond it and
# the ports of the machine stay free.
import contextlib
import os
import re
import select
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "bench"))

from measure import BenchError  # noqa: E402
from running_lab import PATIENCE_S, RunningLab  # noqa: E402

HEADING = "## Try it"
PROGRAMS = ["labnet", "dig", "curl"]  # which lines may begin with
SKIPPED = {  # a word of the line -> why it is not run
    "sudo": "a test asks nobody for a password",
    "wireshark": "it opens a window",
}
STAYS_S = 0.3  # what is to run until Ctrl-C runs at least so long
STARTS_A_LAB = re.compile(r"labnet (?:up|run)\b")
ISOLATED = "LABNET_README_ISOLATED"


class ReadmeError(Exception):
    """What is wrong with a README, as one sentence."""


def examples_in(path):
    """The lines of the indented blocks under the heading, each with its number."""
    found = []
    is_inside = False
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file.read().splitlines(), 1):
            if line.startswith("#"):
                is_inside = line == HEADING
            elif is_inside and line.startswith("    ") and line.strip():
                found.append((number, line.strip()))
    return found


def reason_to_skip(line):
    words = line.partition(" # ")[0].split()
    return next((reason for word, reason in SKIPPED.items() if word in words), None)


class Example:
    """One line, run by a shell in a session of its own, so that it can get a Ctrl-C as from a terminal."""

    def __init__(self, place, line, environment, folder):
        self.place = place
        self.line = line
        # Without a shell between, as in a terminal: else it is the shell that the Ctrl-C ends.
        self.process = subprocess.Popen(["sh", "-c", "exec " + line], cwd=folder, env=environment,
                                        start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        self.output = b""
        self.deadline = time.monotonic() + PATIENCE_S

    @property
    def is_until_ctrl_c(self):
        return "until Ctrl-C" in self.line.partition(" # ")[2]

    @property
    def expected_code(self):
        said = re.search(r"# .*\bexit code (\d+)", self.line)
        return int(said[1]) if said else 0

    def receive(self):
        """More of its output; False at its end."""
        descriptor = self.process.stdout.fileno()
        ready, _, _ = select.select([descriptor], [], [], max(0, self.deadline - time.monotonic()))
        if not ready:
            raise self.error(f"says nothing for {PATIENCE_S} s, and has not ended")
        piece = os.read(descriptor, 65536)
        self.output += piece
        self.deadline = time.monotonic() + PATIENCE_S
        return piece != b""

    def wait_for_a_line(self):
        while b"\n" not in self.output:
            if not self.receive():
                raise self.error(f"ended with {self.process.wait()} and was to run")

    def press_ctrl_c(self):
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self.process.wait(STAYS_S)
            raise self.error(f"ended with {code} and was to run")
        os.killpg(self.process.pid, signal.SIGINT)
        self.deadline = time.monotonic() + PATIENCE_S

    def finish(self):
        while self.receive():
            pass
        code = self.process.wait()
        if code != self.expected_code:
            raise self.error(f"ended with {code}, not {self.expected_code}")

    def error(self, sentence):
        said = self.output.decode(errors="replace").strip() or "no output"
        return ReadmeError(f"{self.place}: `{self.line}` {sentence}: {said}")

    def end(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process.stdout.close()


def run_all(lines, environment, folder):
    started = []
    try:
        for place, line in lines:
            example = Example(place, line, environment, folder)
            started.append(example)
            if example.is_until_ctrl_c:
                example.wait_for_a_line()
            else:
                example.finish()
        for example in reversed(started):
            if example.is_until_ctrl_c:
                example.press_ctrl_c()
                example.finish()
    finally:
        for example in started:
            example.end()


def prepare_folder(lab, root):
    """A folder in which the examples find `config` and leave what they write."""
    folder = os.path.join(lab.folder, "here")
    os.mkdir(folder)
    os.symlink(os.path.join(root, "config"), os.path.join(folder, "config"))
    return folder


def test(program, root, readme):
    examples = examples_in(readme)
    if not examples and os.path.relpath(readme, root).startswith(("servers/", "clients/")):
        raise ReadmeError(f"{readme}: there is nothing under \"{HEADING}\"")
    lines = []
    for number, line in examples:
        place = f"{readme}:{number}"
        skipped = reason_to_skip(line)
        if skipped:
            print(f"{place}: not run: {skipped}", flush=True)
        elif line.split()[0] not in PROGRAMS:
            raise ReadmeError(f"{place}: a line begins with {' or '.join(PROGRAMS)}, found `{line}`")
        else:
            lines.append((place, line))
    with RunningLab(program) as lab:
        environment = dict(lab.environment, PATH=os.path.dirname(program) + os.pathsep + os.environ["PATH"])
        if not any(STARTS_A_LAB.match(line) for _, line in lines):
            lab.environment["LABNET_NO_PUBLISH"] = "1"  # the ports are for what an example serves
            lab.up(os.path.join(root, "config", "labredes71", "lab.yaml"))
        run_all(lines, environment, prepare_folder(lab, root))


def isolate():
    """Starts this test again, in namespaces of its own."""
    if ISOLATED in os.environ:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    os.environ[ISOLATED] = "1"
    os.execvp("unshare", ["unshare", "--user", "--map-root-user", "--net", "--", sys.executable, "-B", *sys.argv])


def main():
    if len(sys.argv) != 4:
        print("usage: examples.py LABNET ROOT README", file=sys.stderr)
        return 2
    isolate()
    try:
        test(*map(os.path.abspath, sys.argv[1:]))
    except (ReadmeError, BenchError) as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
