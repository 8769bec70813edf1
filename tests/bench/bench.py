# Measures what is promised: `./lab bench [GROUP...] [--gate] [--runs N] [--format json]`. Without GROUP: all of them.
import argparse
import importlib
import json
import os
import signal
import sys

from measure import BenchError, Settings

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RUNS = 20
RUNS_MAX = 1000

# A group is a module here with `measure(settings)`, which returns its figures, and with RUNS if its runs are usually
# others than RUNS here. Its module is not named like one of the standard library (http, for one), which it would hide.
GROUPS = {
    "lab": "lab",
    "dns": "dns_servers",
    "ftp": "ftp_servers",
    "http": "http_servers",
    "sip": "sip_servers",
    "rtmp": "rtmp_servers",
    "classroom": "classroom",
}


def read_arguments():
    parser = argparse.ArgumentParser(prog="./lab bench", description="Measures what is promised.")
    parser.add_argument("groups", metavar="GROUP", nargs="*", help="what to measure: " + ", ".join(GROUPS))
    parser.add_argument("--gate", action="store_true", help="exit code 1 if a promise is not kept")
    parser.add_argument("--runs", metavar="N", type=int, help="how often; default: 20; of the classroom: labs, 100")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.add_argument("--program", metavar="FILE", default=os.path.join(ROOT, "build", "bin", "labnet"),
                        help="the labnet to measure; default: build/bin/labnet")
    arguments = parser.parse_args()
    for group in arguments.groups:
        if group not in GROUPS:
            raise BenchError(f"there is no group {group!r}; there are {', '.join(GROUPS)}")
    if arguments.runs is not None and not 1 <= arguments.runs <= RUNS_MAX:
        raise BenchError(f"--runs is from 1 to {RUNS_MAX}")
    arguments.program = os.path.abspath(arguments.program)
    if not os.access(arguments.program, os.X_OK):
        raise BenchError(f"there is no program {arguments.program}; ./lab build makes it")
    if arguments.gate:
        expect_release(arguments.program)
    return arguments


def expect_release(program):
    """A gate that judges a debug build, or one with sanitizers, would judge the wrong program."""
    cache = os.path.join(os.path.dirname(os.path.dirname(program)), "CMakeCache.txt")
    try:
        with open(cache, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except OSError:
        return  # installed, not built here
    if "CMAKE_BUILD_TYPE:STRING=Release" not in lines or "LABNET_SANITIZER:STRING=" not in lines:
        raise BenchError(f"--gate judges the release build, and {program} is another one")


def as_text(value):
    if not isinstance(value, float):
        return "-" if value is None else str(value)
    return f"{value:.2f}" if abs(value) >= 0.1 or value == 0 else f"{value:.4f}"


def print_table(rows):
    columns = ["group", "name", "median", "min", "max", "unit", "cpu_ms", "runs", "bar", "verdict"]
    head = ["GROUP", "WHAT", "MEDIAN", "MIN", "MAX", "UNIT", "CPU ms", "RUNS", "BAR", "VERDICT"]
    lines = [head] + [[as_text(row[column]) for column in columns] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(*lines)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def main():
    arguments = read_arguments()
    rows = []
    for group in dict.fromkeys(arguments.groups or GROUPS):
        module = importlib.import_module(GROUPS[group])
        figures = module.measure(Settings(arguments.program, arguments.runs or getattr(module, "RUNS", RUNS)))
        rows += [{"group": group} | figure.as_json() for figure in figures]
    if arguments.format == "json":
        print(json.dumps(rows))
    else:
        print_table(rows)
    return 1 if arguments.gate and any(row["verdict"] == "missed" for row in rows) else 0


def stop(_signal, _frame):
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    try:
        code = main()
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        code = 2
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
