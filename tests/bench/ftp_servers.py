# The group "ftp": our FTP server beside a null server (sendfile and splice, and nothing else) and those of vsftpd, proftpd
# and pure-ftpd that are there. All of them run at once, each in a session of its own, serve the same folder in memory and
# are asked by turns: a round asks each of them once, so that a change of the machine's pace strikes all. Names and sizes
# are drawn afresh each round.
#
# Peers need root. Debian's packages of them exclude one another: LABNET_BENCH_PEERS names a folder with unpacked ones.
# Ratios are of one round. CPU is the server's own, for each GiB or session.
import contextlib
import os
import pwd
import random
import select
import shutil
import socket
import string
import subprocess
import tempfile

from measure import BenchError, checked, rounds
from servers import Rows, Server, Servers, adopting, compile_tool, find_program, in_own_session, write

AT_LEAST_EQUAL = 0.97  # a ratio that is no less than this is noise
SESSIONS_TO_PEERS = 5
IDLE_MIB = 30
LIST_MS = 100

GIB = 1 << 30
TRANSFERS = {1: 4, 8: 1}  # one after the other, for each number of sessions
SIZE_DRAW = 1 << 20  # of up to so many bytes less
SMALL_BYTES = (900, 1100)
LISTED_FILES = 20_000
IDLE_SESSIONS = 1000
SESSIONS_AT_ONCE = 16
SESSIONS_S = 1
BENCH_HASH = "ab3Nxe3bAE.r."  # of the password "bench"; cheap, as its check is not what is measured



def measure(settings):
    figures = Figures()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="labnet-bench-", dir="/dev/shm"))
        os.chmod(folder, 0o755)  # for servers that drop their privileges
        tools = Tools(folder)
        tree = Tree(os.path.join(folder, "tree"))
        servers = stack.enter_context(FtpServers(settings.program, tools, tree, folder))
        for _ in rounds("ftp", max(1, settings.runs // 2)):
            tree.draw()
            figures.add_round(measure_round(servers.all, tools, tree))
            figures.add_listing(measure_listing(servers.all, tools, tree), measure_looking_up(tools, tree))
            figures.add_idle(measure_idle(servers.ours(), tools))
    return figures.all()


class Tools:
    """The load and the null server, built here: they are no part of the product. A certificate, for all servers."""
    def __init__(self, folder):
        self.log = os.path.join(folder, "log")
        self.load = compile_tool("ftp_load", folder, ["-lssl", "-lcrypto"])
        self.null = compile_tool("ftp_null", folder)
        self.key, self.certificate = os.path.join(folder, "key.pem"), os.path.join(folder, "certificate.pem")
        checked(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                 "-keyout", self.key, "-out", self.certificate], output=self.log)
        self.both = os.path.join(folder, "both.pem")
        with open(self.both, "wb") as both:
            for part in (self.key, self.certificate):
                with open(part, "rb") as file:
                    shutil.copyfileobj(file, both)


def draw_name():
    return "".join(random.choices(string.ascii_lowercase, k=random.randint(4, 16)))


class Tree:
    """What is served: files to fetch, a folder to list, and one for uploads, which anybody may write to."""
    def __init__(self, root):
        self.root = root
        self.names = []
        os.makedirs(os.path.join(root, "incoming"))
        os.chmod(os.path.join(root, "incoming"), 0o777)
        with open(os.path.join(root, "big"), "wb") as file:
            block = random.randbytes(1 << 20)
            for _ in range(GIB >> 20):
                file.write(block)
        os.makedirs(os.path.join(root, "many"))
        for number in range(LISTED_FILES):
            with open(os.path.join(root, "many", f"{draw_name()}-{number}"), "wb"):
                pass
        self.listed, self.big, self.small = "many", "big", "small"

    def draw(self):
        """Other names and sizes."""
        self.listed, self.big = (self.rename(one) for one in (self.listed, self.big))
        with contextlib.suppress(FileNotFoundError):
            os.remove(os.path.join(self.root, self.small))
        self.small, self.small_bytes = draw_name() + "-small", random.randint(*SMALL_BYTES)
        with open(os.path.join(self.root, self.small), "wb") as file:
            file.write(random.randbytes(self.small_bytes))
        self.bytes = {sessions: GIB // sessions - random.randrange(SIZE_DRAW) for sessions in (1, 8)}

    def rename(self, name):
        fresh = f"{draw_name()}-{len(self.names)}"
        self.names.append(fresh)
        os.rename(os.path.join(self.root, name), os.path.join(self.root, fresh))
        return fresh

    def cut(self, sessions):
        """Gives the big file the size for so many sessions. What it grows by is a hole, until it is read once."""
        os.truncate(os.path.join(self.root, self.big), self.bytes[sessions])

    def empty_incoming(self):
        for entry in os.scandir(os.path.join(self.root, "incoming")):
            os.remove(entry.path)


def system_user():
    """Somebody without rights who has a home: vsftpd enters it before it locks itself into the folder it serves."""
    return next(user for user in pwd.getpwall() if user.pw_uid != 0 and user.pw_gid != 0 and os.path.isdir(user.pw_dir))


def start_ours(program, tools, tree, folder, port):
    # As it is shipped: all limits and deadlines, the log on.
    return Server("labnet", [program, "serve", "ftp", "--root", tree.root, "--user", "bench:bench", "--listen",
                             f"127.0.0.1:{port}", "--cert", tools.certificate, "--key", tools.key], port, folder)


def start_null(tools, tree, folder, port):
    return Server("null", [tools.null, "127.0.0.1", str(port), tree.root], port, folder)


def start_vsftpd(program, tools, tree, folder, port):
    user = system_user().pw_name
    os.makedirs(os.path.join(folder, "empty"))
    config = write(folder, "vsftpd.conf", f"""listen=YES
background=NO
listen_address=127.0.0.1
listen_port={port}
anonymous_enable=YES
local_enable=NO
write_enable=YES
anon_upload_enable=YES
anon_other_write_enable=YES
anon_umask=022
anon_root={tree.root}
ftp_username={user}
nopriv_user={user}
secure_chroot_dir={folder}/empty
xferlog_enable=NO
seccomp_sandbox=NO
max_clients=0
max_per_ip=0
use_sendfile=YES
pasv_min_port=21000
pasv_max_port=23999
ssl_enable=YES
allow_anon_ssl=YES
force_local_data_ssl=NO
force_local_logins_ssl=NO
require_ssl_reuse=NO
ssl_ciphers=HIGH
rsa_cert_file={tools.both}
rsa_private_key_file={tools.both}
""")
    return Server("vsftpd", adopting([program, config]), port, folder)


def start_proftpd(program, tools, tree, folder, port):
    user = system_user().pw_name
    modules = os.path.join(os.path.dirname(os.path.dirname(program)), "lib", "proftpd")
    config = write(folder, "proftpd.conf", f"""ModulePath {modules}
LoadModule mod_tls.c
ServerType standalone
ServerName bench
DefaultServer on
DefaultAddress 127.0.0.1
Port {port}
UseIPv6 off
UseReverseDNS off
User {user}
Group nogroup
MaxInstances 500
PidFile {folder}/proftpd.pid
ScoreboardFile {folder}/scoreboard
SystemLog {folder}/proftpd.log
TransferLog none
WtmpLog off
DelayEngine off
AuthPAM off
RequireValidShell off
UseFtpUsers off
UseSendfile on
AllowOverwrite on
PassivePorts 24000 26999
TimesGMT off
TLSEngine on
TLSRequired off
TLSRSACertificateFile {tools.certificate}
TLSRSACertificateKeyFile {tools.key}
TLSProtocol TLSv1.2 TLSv1.3
TLSOptions NoSessionReuseRequired
TLSRenegotiate none
TLSLog none
<Anonymous {tree.root}>
    User {user}
    Group nogroup
    UserAlias anonymous {user}
    AnonRequirePassword off
    MaxClients none
</Anonymous>
""")
    return Server("proftpd", adopting([program, "--nodaemon", "-q", "-c", config]), port, folder)


def start_pure_ftpd(program, tools, tree, folder, port):
    # Its anonymous users may not overwrite: a user of its own.
    user = system_user()
    users = write(folder, "users", f"anonymous:{BENCH_HASH}:{user.pw_uid}:{user.pw_gid}::{tree.root}/./::::::::::::\n")
    database = os.path.join(folder, "users.pdb")
    checked([find_program("pure-pw") or "pure-pw", "mkdb", database, "-f", users], output=tools.log)
    command = [program, "-S", f"127.0.0.1,{port}", "-4", "-H", "-E", "-u", "1", "-c", "500", "-C", "500", "-p",
               "27000:29999", "-l", f"puredb:{database}", "-Y", "1", "-2", tools.both, "-g",
               os.path.join(folder, "pid"), "-f", "none"]
    return Server("pure-ftpd", adopting(command), port, folder)


PEERS = {"vsftpd": start_vsftpd, "proftpd": start_proftpd, "pure-ftpd": start_pure_ftpd}


def answers(port):
    with socket.create_connection(("127.0.0.1", port), 1) as client:
        client.settimeout(1)
        return client.recv(512).startswith(b"220")


class FtpServers(Servers):
    """The null server, ours and the peers that are there, all of them answering."""
    def __init__(self, program, tools, tree, folder):
        starts = [lambda own, port: start_null(tools, tree, own, port),
                  lambda own, port: start_ours(program, tools, tree, own, port)]
        for name, start in PEERS.items():
            found = find_program(name)
            if found and os.geteuid() == 0:
                starts.append(lambda own, port, start=start, found=found: start(found, tools, tree, own, port))
        super().__init__(folder, starts)

    def answers(self, port):
        return answers(port)

    def ours(self):
        return next(server for server in self.all if server.name == "labnet")


def load_of(server, tools, safety, sessions, *what):
    """(bytes, done, seconds) of a load that went well."""
    user = "bench" if server.name == "labnet" else "anonymous"
    words = [tools.load, "127.0.0.1", str(server.port), user, "bench", safety, str(sessions)]
    output = in_own_session(words + [str(word) for word in what], tools.log)
    moved, done, failed, seconds = output.split()
    if int(done) == 0 or int(failed) > 0:
        raise BenchError(f"{server.name}: {done} done and {failed} failed of {' '.join(map(str, what))}, {safety}")
    return int(moved), int(done), float(seconds)


def fetch(server, tools, tree, safety, sessions):
    tree.cut(sessions)
    return again_and_again(sessions, lambda: load_of(server, tools, safety, sessions, "retr", tree.big,
                                                     tree.bytes[sessions]))


def store(server, tools, tree, safety, sessions):
    def once():
        found = load_of(server, tools, safety, sessions, "stor", f"incoming/{draw_name()}", tree.bytes[sessions])
        tree.empty_incoming()
        return found
    return again_and_again(sessions, once)


def again_and_again(sessions, once):
    """(GiB/s, GiB) of several transfers as one: where the system puts two processes makes a single one fast or slow."""
    loads = [once() for _ in range(TRANSFERS[sessions])]
    gib = sum(moved for moved, _, _ in loads) / GIB
    return gib / sum(seconds for _, _, seconds in loads), gib


def repeat_sessions(server, tools, tree, safety, sessions):
    _, done, seconds = load_of(server, tools, safety, sessions, "session", tree.small, tree.small_bytes, SESSIONS_S)
    return done / seconds, done


# What is measured: its unit, how, by how many sessions.
LOADS = {
    "retr": ("GiB/s", fetch, 1), "retr, 8 sessions": ("GiB/s", fetch, 8),
    "stor": ("GiB/s", store, 1), "stor, 8 sessions": ("GiB/s", store, 8),
    "sessions": ("1/s", repeat_sessions, SESSIONS_AT_ONCE),
}


def measure_round(servers, tools, tree):
    """{load: {server: (value, cpu in ms for each operation)}}; each load of each server once, in an order of its own.
    The first peer, or the null server if there is none, has two turns: what a ratio that means nothing looks like."""
    found = {}
    for name, (_, ask, sessions) in LOADS.items():
        for safety in ("plain", "tls"):
            load = name if safety == "plain" else f"ftps {name}"
            order = [server for server in servers if server.name != "null" or safety == "plain"]
            order.append(next((one for one in order if one.name not in ("labnet", "null")), order[0]))
            random.shuffle(order)
            found[load] = {}
            for server in order:
                before = server.cpu_us()
                value, operations = ask(server, tools, tree, safety, sessions)
                key = f"{server.name} again" if server.name in found[load] else server.name
                found[load][key] = (value, (server.cpu_us() - before) / operations / 1e3)
    return found


def measure_listing(servers, tools, tree):
    """{server: (ms, cpu in ms)}"""
    found = {}
    for server in servers:
        if server.name in ("labnet", "proftpd", "pure-ftpd"):  # the others know no MLSD
            before = server.cpu_us()
            seconds = load_of(server, tools, "plain", 1, "list", tree.listed)[2]
            found[server.name] = (seconds * 1e3, (server.cpu_us() - before) / 1e3)
    return found


def measure_looking_up(tools, tree):
    """ms of the bare system calls for a listing: each name read, and looked up."""
    words = [tools.load, "127.0.0.1", "1", "-", "-", "plain", "1", "statx", os.path.join(tree.root, tree.listed)]
    return float(checked(words, output=tools.log).output.split()[3]) * 1e3


def measure_idle(server, tools):
    """The memory of the server, in MiB, with sessions that do nothing."""
    words = [tools.load, "127.0.0.1", str(server.port), "bench", "bench", "plain", str(IDLE_SESSIONS), "idle"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as load:
        try:
            if not select.select([load.stdout], [], [], 30)[0] or load.stdout.readline() != "held\n":
                raise BenchError(f"{IDLE_SESSIONS} sessions did not come about")
            held = server.pss_mib()
            done = load.communicate("")[0].split()[1]
        finally:
            load.kill()
    if int(done) != IDLE_SESSIONS:
        raise BenchError(f"{done} of {IDLE_SESSIONS} sessions were let in")
    return held


class Figures(Rows):
    """All rounds, as rows of the table."""
    def add_round(self, found):
        for load, speeds in found.items():
            self.add_speeds(load, LOADS[load.removeprefix("ftps ")][0], speeds)

    def add_speeds(self, load, unit, speeds):
        ours, our_cpu = speeds["labnet"]
        twice = next(name for name in speeds if name.endswith(" again")).removesuffix(" again")
        for server, (value, cpu) in speeds.items():
            if not server.endswith(" again"):
                self.row(f"{load}: {server}", unit).add(value, cpu)
        if "null" in speeds:
            self.row(f"{load}: labnet to null", "ratio").add(ours / speeds["null"][0])
        self.row(f"{load}: null line, {twice} to itself", "ratio").add(speeds[f"{twice} again"][0] / speeds[twice][0])
        # To each of them: the best of several is the luckiest of them, too.
        bar = {"sessions": SESSIONS_TO_PEERS, "ftps sessions": None}.get(load, AT_LEAST_EQUAL)
        for peer in PEERS:
            if peer in speeds:
                value, cpu = speeds[peer]
                self.row(f"{load}: labnet to {peer}", "ratio", bar, True).add(ours / value)
                self.row(f"{load}: CPU, labnet to {peer}", "ratio", 1).add(our_cpu / cpu)

    def add_listing(self, found, looking_up_ms):
        for server, (ms, cpu_ms) in found.items():
            bar = LIST_MS if server == "labnet" else None
            self.row(f"MLSD of {LISTED_FILES} files: {server}", "ms", bar).add(ms, cpu_ms)
        self.row(f"MLSD of {LISTED_FILES} files: null line, the bare statx calls", "ms").add(looking_up_ms)

    def add_idle(self, mib):
        self.row(f"memory with {IDLE_SESSIONS} idle sessions", "MiB", IDLE_MIB).add(mib)
