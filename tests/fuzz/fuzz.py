# Fuzzes with libFuzzer: `./lab fuzz GROUP SECONDS`. Exit code 1, and the files that reproduce it, if anything is found.
import argparse
import glob
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, "build-fuzz")
CORPUS = os.path.join(BUILD, "corpus")  # inputs that reach something new; the next run goes on from there
FINDINGS = os.path.join(BUILD, "findings")
INPUT_BYTES_MAX = 4096
INPUT_SECONDS_MAX = 10  # one input may take no longer
SECONDS_MAX = 7 * 24 * 3600
# Real inputs that are in the tree anyway.
MORE_SEEDS = {"dns_zone_fuzz": ["config/labredes71/zones", "config/labredes71/zones/internet"],
              "sip_message_fuzz": ["tests/vectors/sip-torture/rfc4475", "tests/vectors/sip-torture/rfc5118"]}


@dataclass
class Run:
    target: str
    exit_code: int
    log: str  # what libFuzzer printed
    findings: list  # files

    @property
    def is_clean(self):
        return self.exit_code == 0 and not self.findings

    def figure(self, name):
        match = re.search(rf"^stat::{name}: *(\d+)", self.log, re.MULTILINE)
        return int(match[1]) if match else 0

    def summary(self):
        covered = [int(count) for count in re.findall(r"^#\d+\s.*cov: (\d+)", self.log, re.MULTILINE)] or [0]
        return (f"{self.target:18} {self.figure('number_of_executed_units'):>9} runs "
                f"{self.figure('average_exec_per_sec'):>7}/s  coverage {covered[-1]:>5}, "
                f"{covered[-1] - covered[0]:>4} of it new, {self.figure('new_units_added'):>4} new inputs  "
                f"{'clean' if self.is_clean else 'FOUND SOMETHING'}")


def targets_of(group):
    """Of all groups with "*"."""
    files = glob.glob(os.path.join(HERE, f"{group}_*_fuzz.cpp"))
    return sorted(os.path.basename(file).removesuffix(".cpp") for file in files)


def groups():
    return sorted({target.split("_")[0] for target in targets_of("*")})


def read_arguments():
    parser = argparse.ArgumentParser(prog="./lab fuzz", description="Looks for inputs that break a promise.")
    parser.add_argument("group", metavar="GROUP", choices=groups(), help="what to fuzz: " + ", ".join(groups()))
    parser.add_argument("seconds", metavar="SECONDS", type=int, help="for all targets of the group together")
    arguments = parser.parse_args()
    if not 1 <= arguments.seconds <= SECONDS_MAX:
        parser.error(f"SECONDS is from 1 to {SECONDS_MAX}")
    return arguments


def build(targets):
    for command in (["cmake", "--preset", "fuzz"], ["cmake", "--build", "--preset", "fuzz", "--target", *targets]):
        outcome = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if outcome.returncode != 0:
            print(outcome.stdout[-5000:], file=sys.stderr)
            raise SystemExit("./lab fuzz: the targets cannot be built")


def fuzz(target, group, seconds):
    corpus, findings = (os.path.join(folder, target) for folder in (CORPUS, FINDINGS))
    for folder in (corpus, findings):
        os.makedirs(folder, exist_ok=True)
    command = [os.path.join(BUILD, "tests", target), f"-max_total_time={seconds}", f"-timeout={INPUT_SECONDS_MAX}",
               f"-max_len={INPUT_BYTES_MAX}", f"-artifact_prefix={findings}/", "-print_final_stats=1"]
    dictionary = os.path.join(HERE, f"{group}.dict")
    if os.path.exists(dictionary):
        command.append(f"-dict={dictionary}")
    seeds = [os.path.join(HERE, "seeds", target)] + [os.path.join(ROOT, path) for path in MORE_SEEDS.get(target, [])]
    outcome = subprocess.run(command + [corpus] + seeds, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, errors="replace")
    found = re.findall(r"Test unit written to (.+)$", outcome.stdout, re.MULTILINE)
    return Run(target, outcome.returncode, outcome.stdout, found)


def report(run):
    """What was found, and how to see it again."""
    print("\n".join(run.log.splitlines()[-40:]))
    for file in run.findings:
        print(f"found: {file}\nagain: {os.path.join(BUILD, 'tests', run.target)} {file}")


def main():
    arguments = read_arguments()
    targets = targets_of(arguments.group)
    started = time.monotonic()
    build(targets)
    side_by_side = min(len(os.sched_getaffinity(0)), len(targets))
    each = max(1, arguments.seconds * side_by_side // len(targets))
    print(f"built in {time.monotonic() - started:.0f} s; {each} s for each target, {side_by_side} at a time; "
          f"findings go to {FINDINGS}, inputs that reach something new to {CORPUS}", flush=True)
    runs = []
    with ThreadPoolExecutor(side_by_side) as pool:
        for run in pool.map(lambda target: fuzz(target, arguments.group, each), targets):
            print(run.summary(), flush=True)
            runs.append(run)
    for run in runs:
        if not run.is_clean:
            report(run)
    return 0 if all(run.is_clean for run in runs) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # the fuzzers have had it too
        sys.exit(130)
