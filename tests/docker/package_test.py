# Packs the program as a package of Debian's, installs it in a tree of its own, and uses it there: package_test.py ROOT
# BUILD. Of the machine it needs debootstrap, systemd-analyze and the like; nothing of the package gets out of the tree.
import glob
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import unittest

import yaml

import debian_tree
import stage
from stage import run

ROOT, BUILD = (os.path.abspath(argument) for argument in sys.argv[1:3])
SERVICES = ["dns", "ftp", "http", "rtmp", "sip"]
PATIENCE_S = 20
SERVICE_USER = 64071  # in the place of the one that systemd makes up
ORDINARY_USER = 1000
EXPOSURE_MAX = 2.5
FOLDER = "/run/labnet/package"  # in memory, and gone with the stage
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}

# What each service is told, what it is asked by a client elsewhere, and what that has to say.
SERVER = "10.71.0.1"
CLIENT = "10.71.0.2"
SETTINGS = {
    "dns": "zones: { example.org: /etc/labnet/example.org.zone }\n",
    "ftp": "root: /var/lib/labnet-ftp/files\nusers: { ann: { password: secret, home: /, permissions: write } }\n",
    "http": None,  # as it is installed
    "rtmp": "apps: { live: { open: true } }\nrecord: /var/lib/labnet-rtmp/recordings\n",
    "sip": 'store: /var/lib/labnet-sip/exchange.sqlite\nusers: { "101": { password: secret } }\n',
}
QUESTIONS = {
    "dns": [(f"labnet dns www.example.org @{SERVER}", "192.0.2.7"), (f"labnet dns --tcp www.example.org @{SERVER}", "192.0.2.7")],
    "ftp": [(f"labnet ftp put /etc/debian_version ftp://ann:secret@{SERVER}/", ""),
            (f"labnet ftp cat ftp://ann:secret@{SERVER}/debian_version", "12")],
    "http": [(f"labnet http get -f http://{SERVER}/", "Index of")],
    "rtmp": [(f"labnet rtmp publish /usr/share/labnet/labredes71/studio/clip.flv rtmp://{SERVER}/live/a --fast -v", "deleteStream")],
    "sip": [(f"labnet sip call 600 --user 101:secret --server {SERVER} --play tone:440 --expect-tone 440 --duration 1", "answered"),
            (f"labnet sip register --user 101:secret --server tcp:{SERVER}", "")],
}


class Tree:
    """A root tree: what is written goes into a layer of its own."""

    def __init__(self, name, lower):
        self.path = os.path.join(FOLDER, name)
        upper, work = (os.path.join(FOLDER, f"{name}.{part}") for part in ("upper", "work"))
        for folder in (self.path, upper, work):
            os.makedirs(folder)
        run("mount", "-t", "overlay", "-o", f"lowerdir={lower},upperdir={upper},workdir={work}", "overlay", self.path)
        run("mount", "-t", "proc", "proc", f"{self.path}/proc")
        run("mount", "--bind", "/dev", f"{self.path}/dev")

    def of(self, name):
        return os.path.join(self.path, name.lstrip("/"))

    def words(self, words, user=0, host=None):
        """A command that has this tree as its root; not by chroot(2), which forbids user namespaces."""
        enter = 'mount --rbind "$0" "$0" && cd "$0" && mkdir -p .outside && pivot_root . .outside && ' \
                'cd / && umount -l /.outside && exec "$@"'
        become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--inh-caps=-all",
                  "--bounding-set=-all", "--no-new-privs"] if user else []
        inside = ["ip", "netns", "exec", host] if host else []
        return [*inside, "unshare", "--mount", "--propagation", "private", "sh", "-c", enter, self.path, *become, *words]

    def run(self, *words, user=0, host=None, environment=None, **how):
        return subprocess.run(self.words(words, user, host), capture_output=True, text=True, check=False,
                              env={**ENVIRONMENT, **(environment or {})}, **how)

    def must(self, *words, **how):
        done = self.run(*words, **how)
        if done.returncode != 0:
            raise AssertionError(f"{words} ended with {done.returncode}: {(done.stdout + done.stderr)[-3000:]}")
        return done.stdout

    def files(self):
        """What there is, but for what dpkg and apt note for themselves."""
        found = self.must("find", "/", "-xdev", "-not", "-type", "d", "-not", "-path", "/var/lib/dpkg/*", "-not", "-path",
                          "/var/log/*", "-not", "-path", "/var/cache/*", "-not", "-path", "/var/lib/apt/*")
        folders = self.must("find", "/etc", "/usr", "/var/lib", "/lib/", "-xdev", "-type", "d", "-not", "-path",
                            "/var/lib/apt/*")
        return set(found.splitlines()) | set(folders.splitlines())


def settings_of(unit):
    """The lines NAME=VALUE of a unit."""
    with open(unit, encoding="utf-8") as file:
        return [line.rstrip("\n").split("=", 1) for line in file if re.match(r"[A-Za-z0-9]+=", line)]


def values(unit, name):
    return [value for key, value in settings_of(unit) if key == name]


class Service:
    """Started as its unit says: with the sockets of its .socket, in its folder, without a capability."""

    def __init__(self, tree, name):
        self.tree = tree
        units = tree.of("/lib/systemd/system")
        unit, sockets = f"{units}/labnet-{name}.service", f"{units}/labnet-{name}.socket"
        for folder in values(unit, "StateDirectory")[0].split():
            os.makedirs(tree.of(f"/var/lib/{folder}"), exist_ok=True)
            os.chown(tree.of(f"/var/lib/{folder}"), SERVICE_USER, SERVICE_USER)
        self.listening = [self.socket_at(place, socket.SOCK_STREAM) for place in values(sockets, "ListenStream")]
        self.listening += [self.socket_at(place, socket.SOCK_DGRAM) for place in values(sockets, "ListenDatagram")]
        count = len(self.listening)
        fd_name = values(sockets, "FileDescriptorName")[0]
        # A shell takes the number of its process with it into what it executes.
        hand_in = f'LISTEN_PID=$$ LISTEN_FDS={count} LISTEN_FDNAMES={":".join([fd_name] * count)} exec "$@"'
        environment = dict(one.split("=", 1) for one in values(unit, "Environment"))
        command = ["sh", "-c", hand_in, "sh", *shlex.split(values(unit, "ExecStart")[0])]

        def descriptors():
            for number, one in enumerate(self.listening):
                os.dup2(one.fileno(), 103 + number)
            for number in range(count):
                os.dup2(103 + number, 3 + number)

        self.process = subprocess.Popen(tree.words(command, SERVICE_USER, "server"), stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env={**ENVIRONMENT, **environment},
                                        preexec_fn=descriptors, pass_fds=range(3, 3 + count))
        self.ready = self.process.stdout.readline()

    @staticmethod
    def socket_at(place, kind):
        """Made in the server's network: a socket belongs to where it was made."""
        address, port = place.rsplit(":", 1)
        family = socket.AF_INET6 if address.startswith("[") else socket.AF_INET
        own = os.open("/proc/self/ns/net", os.O_RDONLY)
        other = os.open("/run/netns/server", os.O_RDONLY)
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        assert libc.setns(other, 0) == 0
        try:
            one = socket.socket(family, kind)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind((address.strip("[]"), int(port)))
            if kind == socket.SOCK_STREAM:
                one.listen()
        finally:
            assert libc.setns(own, 0) == 0
            os.close(own)
            os.close(other)
        return one

    def end(self):
        self.process.terminate()
        _, said = self.process.communicate(timeout=PATIENCE_S)
        for one in self.listening:
            one.close()
        return self.process.returncode, said


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        os.makedirs(FOLDER)
        started = time.monotonic()
        run("cpack", "--config", f"{BUILD}/CPackConfig.cmake", "-B", f"{FOLDER}/packed", cwd=BUILD)
        [cls.package] = glob.glob(f"{FOLDER}/packed/*.deb")
        print(f"{os.path.basename(cls.package)}: {os.path.getsize(cls.package) / 1e6:.1f} MB, packed in "
              f"{time.monotonic() - started:.0f} s")
        started = time.monotonic()
        os.makedirs(f"{FOLDER}/base")
        run("tar", "-C", f"{FOLDER}/base", "-xf", debian_tree.archive())
        shutil.copy("/etc/resolv.conf", f"{FOLDER}/base/etc/resolv.conf")
        base = Tree("bare", f"{FOLDER}/base")
        shutil.copy(cls.package, base.of("/root/labnet.deb"))
        base.must("apt-get", "update")
        depends = run("dpkg-deb", "--field", cls.package, "Depends")
        names = [one.split()[0] for one in depends.split(",")]  # the first one of alternatives
        base.must("apt-get", "install", "--yes", "--no-install-recommends", *names)
        cls.before = base.files()
        base.must("dpkg", "--install", "/root/labnet.deb")
        cls.tree = base
        print(f"installed in a new tree in {time.monotonic() - started:.0f} s")
        for host, address in (("server", SERVER), ("client", CLIENT)):
            run("ip", "netns", "add", host)
            run("ip", "-netns", host, "link", "set", "lo", "up")
        run("ip", "-netns", "server", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", "client")
        for host, address in (("server", SERVER), ("client", CLIENT)):
            run("ip", "-netns", host, "address", "add", f"{address}/24", "dev", "eth0")
            run("ip", "-netns", host, "link", "set", "eth0", "up")

    def another(self, name):
        """A tree like the one with the package, whose changes are its own."""
        upper = os.path.join(FOLDER, "bare.upper")
        return Tree(name, f"{upper}:{FOLDER}/base")

    def test_1_has_what_it_promises(self):
        tree = self.tree
        self.assertIn("labnet ", tree.must("labnet", "--version"))
        self.assertIn("An FTP server", tree.must("ftp-server", "--help"))
        settings = tree.must("dpkg-query", "--show", "--showformat=${Conffiles}", "labnet")
        for service in SERVICES:
            self.assertIn(f"/etc/labnet/{service}.yaml", settings)
        changed = tree.must("dpkg", "--verify", "labnet").splitlines()
        left_out = r"missing +/usr/share/(doc|man)/"  # as the tree is a slim one
        self.assertEqual([line for line in changed if not re.match(left_out, line)], [])

    def test_manual_pages_are_well_formed(self):
        run("dpkg-deb", "--extract", self.package, f"{FOLDER}/extracted")
        pages = glob.glob(f"{FOLDER}/extracted/usr/share/man/man*/*.gz")
        names = {os.path.basename(page) for page in pages}
        self.assertLessEqual({"labnet.1.gz", "labnet.7.gz", "labnet-serve-dns.1.gz", "labnet-dns.5.gz", "ftp-client.1.gz"}, names)
        for page in pages:
            text = run("gzip", "-dc", page)
            said = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-P-c", "-K", "utf8"], input=text,
                                  cwd=f"{FOLDER}/extracted/usr/share/man", capture_output=True, text=True, check=False)
            if text.startswith(".so "):
                self.assertTrue(os.path.exists(f"{FOLDER}/extracted/usr/share/man/{text.split()[1]}.gz"), page)
            else:
                self.assertEqual(said.stderr, "", page)
                self.assertIn("\nNAME\n", re.sub(".\b", "", said.stdout))
        print(f"{len(pages)} manual pages")

    def test_completes_command_lines(self):
        script = "source /usr/share/bash-completion/completions/{0}; COMP_WORDS=({0} {1}); COMP_CWORD={2}; _labnet; " \
                 "echo \"${{COMPREPLY[@]}}\""
        for name, words, index, expected in (("labnet", "serve rt", 2, "rtmp"), ("labnet", "ping --cou", 2, "--count"),
                                             ("ftp-server", "--anon", 1, "--anonymous"), ("ftp-client", "ge", 1, "get")):
            self.assertEqual(self.tree.must("bash", "-c", script.format(name, words, index)).strip(), expected)
        for shell, place in (("zsh", "zsh/vendor-completions/_labnet"), ("fish", "fish/vendor_completions.d/sip-client.fish")):
            file = self.tree.of(f"/usr/share/{place}")
            self.assertTrue(os.path.exists(file), file)
            if shutil.which(shell):
                run(shell, "-n", file)

    def test_units_are_right_and_sandboxed(self):
        for service in SERVICES:
            said = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", f"--root={self.tree.path}",
                                   f"--threshold={int(EXPOSURE_MAX * 10)}", f"labnet-{service}.service"],
                                  capture_output=True, text=True, check=False)
            exposure = re.search(r"Overall exposure level for labnet-\w+\.service: ([0-9.]+)", said.stdout)
            self.assertTrue(exposure, said.stdout + said.stderr)
            print(f"labnet-{service}.service: exposure {exposure[1]}")
            self.assertLess(float(exposure[1]), EXPOSURE_MAX)
            self.assertEqual(said.returncode, 0)

    def test_units_are_what_systemd_understands(self):
        # systemd is not in the tree; of this machine's it takes what units refer to.
        root = f"{FOLDER}/verified"
        places = f"{root}/lib/systemd/system"
        os.makedirs(places)
        for one in [*glob.glob("/lib/systemd/system/*.target"), *glob.glob("/lib/systemd/system/*.slice"),
                    *glob.glob("/lib/systemd/system/*.mount"), *glob.glob(self.tree.of("/lib/systemd/system/labnet-*"))]:
            shutil.copy(one, places)
        for program in ("/usr/bin/labnet", "/bin/kill"):
            os.makedirs(root + os.path.dirname(program), exist_ok=True)
            shutil.copy(program if program == "/bin/kill" else self.tree.of(program), root + program)
        units = [os.path.basename(one) for one in glob.glob(f"{places}/labnet-*")]
        self.assertEqual(len(units), 14)
        self.assertEqual(self.mistakes(root, units), "")
        with open(f"{places}/labnet-dns.service", "a", encoding="utf-8") as file:
            file.write("[Service]\nNoSuchKey=yes\n")
        self.assertIn("NoSuchKey", self.mistakes(root, ["labnet-dns.service"]))

    @staticmethod
    def mistakes(root, units):
        said = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=one", f"--root={root}", *units],
                              capture_output=True, text=True, check=False)
        return "".join(f"{line}\n" for line in said.stderr.splitlines() if "labnet-" in line)

    def test_each_service_answers_a_client_elsewhere(self):
        server, client = self.another("server"), self.another("client")
        with open(server.of("/etc/labnet/example.org.zone"), "w", encoding="utf-8") as zone:
            zone.write("$TTL 1h\n@ IN SOA ns admin ( 1 1d 2h 4w 1h )\n  IN NS ns\nns IN A 192.0.2.1\nwww IN A 192.0.2.7\n")
        for service in SERVICES:
            if SETTINGS[service]:
                with open(server.of(f"/etc/labnet/{service}.yaml"), "w", encoding="utf-8") as file:
                    file.write(SETTINGS[service])
            running = Service(server, service)
            try:
                self.assertIn("0.0.0.0:", running.ready, running.ready or running.process.communicate(timeout=1))
                self.assertNotIn("127.0.0.1", running.ready)  # where it was not told to answer
                for question, expected in QUESTIONS[service]:
                    said = client.run(*shlex.split(question), user=ORDINARY_USER, host="client", timeout=60)
                    self.assertEqual(said.returncode, 0, f"{question}: {said.stdout}{said.stderr}")
                    self.assertIn(expected, said.stdout + said.stderr)
            finally:
                code, said = running.end()
            self.assertEqual(code, 0, said)
            print(running.ready.strip())

    def test_the_lab_runs_as_an_ordinary_user(self):
        tree = self.another("lab")
        said = tree.run("labnet", "run", "8.1", "8.4", "--out", "/tmp/out", user=ORDINARY_USER,
                        environment={"HOME": "/tmp"}, timeout=120)
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
        self.assertTrue(os.path.exists(tree.of("/tmp/out/HTTP_view.pcap")))

    def test_cloud_init_makes_a_service_of_a_machine(self):
        tree = Tree("cloud", f"{FOLDER}/bare.upper:{FOLDER}/base")
        tree.must("dpkg", "--purge", "labnet")
        with open(f"{ROOT}/docker/cloud-init.yaml", encoding="utf-8") as file:
            text = file.read()
        self.assertTrue(text.startswith("#cloud-config\n"))
        config = yaml.safe_load(text)
        for one in config["write_files"]:
            debian_tree.write(tree.path, one["path"][1:], one["content"], int(one["permissions"], 8))
        os.makedirs(tree.of("/media/labnet"))
        shutil.copy(self.package, tree.of("/media/labnet"))
        # systemd is another machine's business; here it is noted what it would be told.
        debian_tree.write(tree.path, "usr/bin/systemctl", '#!/bin/sh\necho "$@" >>/systemctl\n', 0o755)
        for command in config["runcmd"]:
            tree.must("sh", "-c", command)
        with open(tree.of("/systemctl"), encoding="utf-8") as file:
            told = file.read().split()
        self.assertEqual(told[:2], ["enable", "--now"])
        for unit in told[2:]:
            self.assertTrue(os.path.exists(tree.of(f"/lib/systemd/system/{unit}")), unit)
        with open(tree.of("/etc/labnet/http.yaml"), encoding="utf-8") as file:
            self.assertEqual(file.read(), config["write_files"][0]["content"])
        service = Service(tree, "http")
        try:
            client = self.another("visitor")
            said = client.run("labnet", "http", "get", "-f", f"http://{SERVER}/", user=ORDINARY_USER, host="client")
            self.assertIn("Index of", said.stdout + said.stderr)
        finally:
            service.end()

    def test_removal_leaves_nothing(self):
        tree = self.another("removed")
        os.makedirs(tree.of("/var/lib/labnet-sip"))
        tree.must("dpkg", "--purge", "labnet")
        after = tree.files()
        self.assertEqual(sorted(after - self.before), [])
        self.assertEqual(sorted(self.before - after), [])

    def test_lintian_finds_nothing(self):
        if not shutil.which("lintian"):
            self.skipTest("lintian is not installed")
        said = subprocess.run(["lintian", "--fail-on", "error,warning", "--allow-root", self.package], capture_output=True,
                              text=True, check=False)
        self.assertEqual(said.stdout, "")
        self.assertEqual(said.returncode, 0, said.stderr)


if __name__ == "__main__":
    stage.need("debootstrap", "dpkg-shlibdeps", "cpack", "systemd-analyze", "groff", "setpriv", "ip", "unshare")
    stage.enter(network=False)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
