# Starts docker/compose.yaml, plays the sessions against its containers, and kills each of them under traffic:
# compose_test.py ROOT [Compose.TEST...]. What was acknowledged has to be there afterwards.
import os
import signal
import subprocess
import sys
import threading
import time
import unittest

import images
import stage
from stage import run

ROOT = os.path.abspath(sys.argv[1])
PROJECT = "labnet-test"
SOCKET = "/run/labnet/podman.sock"
PATIENCE_S = 30  # no event takes longer, however busy the machine is
SERVICES = ["dns", "ftp", "web", "voip", "rtmp"]
ACCOUNT = "ftp://samurt123:password@192.168.1.11"
FLV_TAG = 11  # bytes of a tag's header; behind its data stands its length once more, in 4


# The clients' container stays, so that one command after the other is run in it.
OVERRIDE = "services: { clients: { entrypoint: [sleep, infinity] } }\n"


def compose(*words):
    override = "/run/labnet/override.yaml"
    with open(override, "w", encoding="utf-8") as file:
        file.write(OVERRIDE)
    return run("docker-compose", "--project-name", PROJECT, "--file", f"{ROOT}/docker/compose.yaml", "--file", override,
               "--profile", "clients", *words)


def container(service):
    return f"{PROJECT}_{service}_1"


def eventually(question, what):
    until = time.monotonic() + PATIENCE_S
    while not question():
        if time.monotonic() > until:
            raise AssertionError(f"not within {PATIENCE_S} s: {what}\n{logs()}")
        time.sleep(0.1)


def logs():
    """What the containers have said last."""
    names = images.podman("ps", "--all", "--format", "{{.Names}}").split()
    said = {name: subprocess.run(["podman", "logs", "--tail", "15", name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 text=True, check=False).stdout for name in names}
    return "\n".join(f"{name}: {text}" for name, text in said.items())


def is_healthy(service):
    return subprocess.run(["podman", "healthcheck", "run", container(service)], capture_output=True,
                          check=False).returncode == 0


def as_client(*words):
    """A command in the clients' container."""
    return subprocess.run(["podman", "exec", container("clients"), *words], capture_output=True, text=True, check=False)


def kill_and_start(service):
    """By SIGKILL, as a crash or the kernel ends it."""
    name = container(service)
    images.podman("kill", "--signal", "KILL", name)
    eventually(lambda: images.podman("inspect", "--format", "{{.State.Running}}", name).strip() == "false",
               f"{service} is dead")
    images.podman("start", name)
    # Its card is a new one to podman; Docker keeps the MAC, as a machine that starts again does.
    run("nsenter", "--net", "--target", images.podman("inspect", "--format", "{{.State.Pid}}", container("clients")).strip(),
        "ip", "neighbour", "flush", "all")
    eventually(lambda: is_healthy(service), f"{service} answers again")


class Traffic:
    """A command that the clients' container runs over and over, `$i` being how often; notes which ended well. With
    `with`: it ends with the block, whatever comes."""

    def __init__(self, script):
        self.script = script
        self.acknowledged = []
        self.process = subprocess.Popen(
            ["podman", "exec", container("clients"), "sh", "-c",
             f"i=0; while :; do i=$((i+1)); if {{ {script}; }} >/dev/null 2>&1; then echo $i; fi; done"],
            stdout=subprocess.PIPE, text=True)
        self.thread = threading.Thread(target=self.note)
        self.thread.start()

    def note(self):
        for line in self.process.stdout:
            self.acknowledged.append(int(line))

    def wait_for(self, count):
        wanted = len(self.acknowledged) + count
        eventually(lambda: len(self.acknowledged) >= wanted, f"{count} more of: {self.script}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # In the stage's PID namespace: what is in the container has a number there, too.
        inside = images.podman("top", container("clients"), "hpid", "args")
        for line in inside.splitlines():
            if "while :" in line:
                os.kill(int(line.split()[0]), signal.SIGTERM)
        self.process.wait(timeout=PATIENCE_S)
        self.thread.join()
        self.process.stdout.close()


class Compose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # It complains of each container that there is no systemd, which would run the probes.
        cls.engine = subprocess.Popen(["podman", "system", "service", "--time", "0", f"unix://{SOCKET}"],
                                      stderr=subprocess.DEVNULL)
        os.environ["DOCKER_HOST"] = f"unix://{SOCKET}"
        try:
            eventually(lambda: os.path.exists(SOCKET), "podman answers")
            started = time.monotonic()
            # The clients begin once all services are healthy, which here nobody looks for but the test.
            going_up = threading.Thread(target=compose, args=("up", "--detach", "--no-build"))
            going_up.start()
            for service in SERVICES:
                eventually(lambda one=service: is_healthy(one), f"{service} is healthy")
            going_up.join()
            print(f"up and healthy in {time.monotonic() - started:.1f} s")
            eventually(lambda: as_client("true").returncode == 0, "the clients' container is up")
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def tearDownClass(cls):
        try:
            compose("down", "--volumes", "--timeout", "5")
            left = images.podman("ps", "--all", "--quiet") + images.podman("volume", "ls", "--quiet")
            if left:
                raise AssertionError(f"left behind: {left}")
        finally:
            cls.engine.terminate()
            cls.engine.wait()
            stage.leave()

    def test_1_sessions_are_as_expected(self):
        started = time.monotonic()
        played = as_client("labnet-sessions")
        print(played.stdout)
        print(f"played in {time.monotonic() - started:.1f} s")
        self.assertEqual(played.returncode, 0, played.stderr)

    def test_containers_have_the_lab_s_addresses_and_may_nothing(self):
        for service, address in (("dns", "192.168.1.7"), ("ftp", "192.168.1.11"), ("web", "192.168.1.10"),
                                 ("voip", "172.20.10.12"), ("rtmp", "172.20.10.6")):
            said = images.podman("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}"
                                 "{{.HostConfig.ReadonlyRootfs}}", container(service))
            self.assertEqual(said.split(), [address, "true"], service)
            with open(f"/proc/{self.process_of(service)}/status", encoding="utf-8") as file:
                status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
            self.assertEqual(status["Uid"].split()[0], "7100", service)
            self.assertEqual(int(status["CapBnd"], 16), 0, service)

    def process_of(self, service):
        return images.podman("inspect", "--format", "{{.State.Pid}}", container(service)).strip()

    def test_a_killed_name_server_answers_again(self):
        with Traffic("labnet dns web.labredes71.com @192.168.1.7 | grep -q 192.168.1.10") as traffic:
            traffic.wait_for(3)
            kill_and_start("dns")
            traffic.wait_for(3)

    def test_a_killed_ftp_server_has_every_upload_that_it_has_acknowledged(self):
        with Traffic(f"head -c 300000 /dev/urandom >/tmp/up-$i && labnet ftp put --timeout 5s /tmp/up-$i {ACCOUNT}/") as traffic:
            traffic.wait_for(3)
            kill_and_start("ftp")
            traffic.wait_for(3)
        for number in traffic.acknowledged:
            same = as_client("sh", "-c", f"labnet ftp cat {ACCOUNT}/up-{number} 2>/dev/null | cmp - /tmp/up-{number}")
            self.assertEqual(same.returncode, 0, f"upload {number}: {same.stdout}{same.stderr}")
        print(f"{len(traffic.acknowledged)} uploads by FTP, none lost")

    def test_a_killed_web_server_has_every_comment_and_file(self):
        comment = "labnet http post -f --timeout 5s http://192.168.1.10/comments -d on=kills -d name=clients -d text=number-$i-."
        file = "echo $i >/tmp/put-$i && labnet http put -f --timeout 5s -T /tmp/put-$i http://192.168.1.10/put-$i"
        with Traffic(f"[ $i -le 150 ] && {comment} && sleep 0.1") as comments, Traffic(f"{file} && sleep 0.1") as files:
            comments.wait_for(3)
            files.wait_for(3)
            kill_and_start("web")
            comments.wait_for(3)
            files.wait_for(3)
        page = as_client("labnet", "http", "get", "-f", "http://192.168.1.10/comments?on=kills").stdout
        for number in comments.acknowledged:
            self.assertIn(f"number-{number}-.", page)
        for number in files.acknowledged:
            self.assertEqual(as_client("labnet", "http", "get", "-f", f"http://192.168.1.10/put-{number}").stdout,
                             f"{number}\n")
        print(f"{len(comments.acknowledged)} comments and {len(files.acknowledged)} files by HTTP, none lost")

    def test_a_killed_exchange_knows_its_phones(self):
        phone = subprocess.Popen(["podman", "exec", container("clients"), "labnet", "sip", "answer", "--user", "101:phone101", "--server",
                                  "172.20.10.12", "--calls", "9", "--play", "tone:880", "--answer-after", "0ms", "-v"],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        call = "labnet sip call {} --user 102:phone102 --server 172.20.10.12 --play tone:440 --duration 500ms"
        try:
            eventually(lambda: as_client("sh", "-c", call.format("101")).returncode == 0, "101 is registered")
            with Traffic(call.format("600")) as traffic:
                traffic.wait_for(2)
                kill_and_start("voip")
                reached = as_client("sh", "-c", call.format("101"))  # 101 has not registered again
            self.assertEqual(reached.returncode, 0, reached.stdout + reached.stderr)
        finally:
            for line in images.podman("top", container("clients"), "hpid", "args").splitlines():
                if "sip answer" in line:
                    os.kill(int(line.split()[0]), signal.SIGTERM)
            said, _ = phone.communicate(timeout=PATIENCE_S)
        self.assertEqual(said.count("-> REGISTER"), 3, said)  # the first one, with its password, and at its own end
        print("the exchange was killed in calls, and its phone is registered")

    def test_a_killed_stream_server_keeps_what_was_recorded(self):
        studio = subprocess.Popen(["podman", "exec", container("clients"), "labnet", "rtmp", "publish", "/etc/labnet/studio/clip.flv",
                                   "rtmp://172.20.10.6/live/1234", "--loop", "--duration", "60s"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        recordings = os.path.join(images.podman("volume", "inspect", "--format", "{{.Mountpoint}}",
                                                f"{PROJECT}_recordings").strip(), "recordings")
        try:
            before = set(os.listdir(recordings))

            def new_bytes():
                return sum(os.path.getsize(os.path.join(recordings, name)) for name in set(os.listdir(recordings)) - before)

            eventually(lambda: new_bytes() > 100_000, "a stream is recorded")
            before_kill = new_bytes()
            kill_and_start("rtmp")
        finally:
            studio.kill()
            studio.wait()
        [name] = set(os.listdir(recordings)) - before
        with open(os.path.join(recordings, name), "rb") as file:
            flv = file.read()
        self.assertGreaterEqual(len(flv), before_kill)
        self.assertGreater(last_time(flv), 0)
        print(f"{name}: {len(flv)} bytes, {last_time(flv)} ms of stream")


def last_time(flv):
    """Of the last whole tag, in ms; the file is FLV from its beginning on."""
    assert flv[:4] == b"FLV\x01", flv[:16]
    at, time_ms = 13, 0
    while at + FLV_TAG <= len(flv):
        length = int.from_bytes(flv[at + 1:at + 4], "big")
        if at + FLV_TAG + length + 4 > len(flv):
            break
        assert int.from_bytes(flv[at + FLV_TAG + length:at + FLV_TAG + length + 4], "big") == FLV_TAG + length
        time_ms = int.from_bytes(flv[at + 7:at + 8] + flv[at + 4:at + 7], "big")
        at += FLV_TAG + length + 4
    return time_ms


if __name__ == "__main__":
    stage.need("podman", "buildah", "runc", "docker-compose", "ip", "nsenter", "unshare")
    stage.enter(network=True)
    if not all(images.has_image(f"localhost/labnet-{target}:latest") for target in images.TARGETS):
        stage.skip("the images are not there (docker_images builds them)")
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
