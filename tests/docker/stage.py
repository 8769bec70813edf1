# Where the tests of docker/ play: in namespaces of their own, which take everything with them when the test ends or is
# killed. Bridges, addresses, NAT tables and forwarding of containers stand in a network namespace that is the test's, and
# never on the machine; so does no process, mount or lock of podman's stay.
import glob
import os
import shutil
import subprocess
import sys

from debian_tree import CACHE

SKIPPED = 77  # what CMakeLists.txt calls a test that was skipped
MARK = "LABNET_STAGE"
STORAGE = os.path.join(CACHE, "containers")  # images: kept, so that the next run takes seconds

CONTAINERS_CONF = """
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
[network]
network_backend = "netavark"
network_config_dir = "/run/labnet/networks"
"""
STORAGE_CONF = f"""
[storage]
driver = "overlay"
graphroot = "{STORAGE}"
runroot = "/run/labnet/storage"
"""


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def need(*programs):
    """Ends the test as skipped where it cannot be played."""
    if os.geteuid() != 0:
        skip("containers and trees of Debian's are made by root")
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        skip(f"not installed: {' '.join(missing)} (./lab packed installs them)")


def enter(*, network):
    """Starts this script again on a stage of its own, if it is not there yet.

    network  whether the stage has a network of its own, with nothing but a loopback interface; else the machine's,
             which building images needs for packages"""
    wanted = "alone" if network else "connected"
    if os.environ.get(MARK) == wanted:
        prepare()
        return
    own = ["--net"] if network else []
    # As process 1 of the stage bash takes leave of whatever ends without a parent, as conmon does.
    words = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private", *own,
             "bash", "-c", '"$@"; exit $?', "stage", sys.executable, "-B", *sys.argv]
    os.execvpe("unshare", words, {**os.environ, MARK: wanted})


def prepare():
    run("mount", "-t", "tmpfs", "-o", "mode=755", "labnet", "/run")
    os.makedirs("/run/labnet/networks")
    os.makedirs("/run/lock", exist_ok=True)
    for name, text in (("containers.conf", CONTAINERS_CONF), ("storage.conf", STORAGE_CONF)):
        with open(f"/run/labnet/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    os.environ["CONTAINERS_CONF"] = "/run/labnet/containers.conf"
    os.environ["CONTAINERS_STORAGE_CONF"] = "/run/labnet/storage.conf"
    subprocess.run(["ip", "link", "set", "lo", "up"], check=False, capture_output=True)


def leave():
    """The one thing that no namespace of the stage's takes with it: groups of processes that podman has made, empty by
    now. Those that somebody uses stay."""
    for parent in glob.glob("/sys/fs/cgroup/*/libpod_parent") + glob.glob("/sys/fs/cgroup/libpod_parent"):
        for folder, _, _ in os.walk(parent, topdown=False):
            try:
                os.rmdir(folder)
            except OSError:
                pass


def run(*command, **how):
    """Its standard output; with what it said if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **how)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-4000:]}")
    return done.stdout
