# Runs a group of measurements briefly and looks whether every figure is there. No figure is judged here.
import json
import subprocess
import sys

FIGURES = {
    "lab": [
        "up -d, until every service answers", "up -d, at once after a down", "peer of up: unshare -Urn true",
        "down, until nothing is left", "proportional set size, all processes", "exec pc1 -- true, added to true",
        "peer of exec: true", "null line: true to itself",
    ],
    # Others stand beside these if their servers are installed.
    "dns": [
        "flood: null", "flood: labnet", "flood: labnet to null", "flood: null line, null to itself", "udp: labnet",
        "udp: labnet to null", "tcp: labnet", "p99 at 20000 q/s: labnet",
        "a zone of 100000 names: start until it answers", "its CPU of a query, to that of the small zone",
    ],
    "ftp": [
        "retr: null", "retr: labnet", "retr: labnet to null", "retr, 8 sessions: labnet", "stor: labnet",
        "stor, 8 sessions: labnet", "sessions: labnet", "ftps retr: labnet", "ftps stor, 8 sessions: labnet",
        "ftps sessions: labnet", "MLSD of 20000 files: labnet", "memory with 1000 idle sessions",
    ],
    "http": [
        "page: null", "page: labnet", "page: labnet to null", "page, gzip: labnet", "1 KiB: labnet", "1 MiB: labnet",
        "https 1 KiB: labnet", "https 1 MiB: labnet", "new TLS, ECDSA: labnet", "new TLS, RSA: labnet",
        "page, p99: labnet", "idle connection: labnet", "idle connection of TLS: labnet",
        "longest wait of a new client: labnet", "longest wait of a new client beside 500 slow ones: labnet",
    ],
    "sip": [
        "registrations: labnet", "calls: labnet", "media of 500 calls: null", "media of 500 calls: labnet",
        "media of 500 calls, CPU of a packet: null", "media of 500 calls, CPU of a packet: labnet",
        "media of 500 calls, latency added: labnet", "memory of a call: labnet",
    ],
    "rtmp": [
        "1000 players: null", "1000 players: labnet", "1000 players: labnet's efficiency to that of null",
        "1000 players, first key frame: labnet", "1000 players, memory of a player: labnet",
    ],
    "classroom": [
        "up -d, until every service answers", "proportional set size of a lab, at rest",
        "proportional set size of a lab, after its activities", "all activities of a lab",
    ],
}


def is_number_above_zero(value):
    return isinstance(value, (int, float)) and value > 0


def main():
    bench, group, program = sys.argv[1:]
    words = [sys.executable, bench, group, "--runs", "2", "--format", "json", "--program", program]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        return f"{' '.join(words)} ended with {done.returncode}"
    rows = json.loads(done.stdout)
    names = [row["name"] for row in rows]
    missing = [name for name in FIGURES[group] if name not in names]
    if missing or len(set(names)) < len(names):
        return f"the figures are {names}; missing are {missing}"
    for row in (row for row in rows if row["name"] in FIGURES[group]):
        for column in ["runs", "median", "min", "max"]:
            if not is_number_above_zero(row[column]):
                return f"{row['name']}: {column} is {row[column]}"
    unknown = subprocess.run([sys.executable, bench, "no-such-group", "--program", program], check=False,
                             capture_output=True, text=True)
    if unknown.returncode != 2 or unknown.stderr.count("\n") != 1:
        return f"an unknown group ended with {unknown.returncode}: {unknown.stderr}"
    return None


if __name__ == "__main__":
    sys.exit(main())
