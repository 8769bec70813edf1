# A small tree of Debian's, from this system's own apt sources: what a base image is made of, and where a package is
# installed. It is made once, and kept as an archive in the cache.
import fcntl
import os
import shutil
import subprocess

CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "labnet")

# What a slim image leaves out; of what is installed later, too.
SLIM = "".join(f"path-exclude /usr/share/{folder}/*\n" for folder in ("doc", "man", "info", "locale"))
SLIM += "path-include /usr/share/doc/*/copyright\n"
# Below a container's feet there is no systemd, and in a test nothing begins to serve.
NO_SERVICES = "#!/bin/sh\nexit 101\n"


class TreeError(Exception):
    pass


def output_of(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise TreeError(f"{' '.join(command)}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def release():
    with open("/etc/os-release", encoding="utf-8") as file:
        for line in file:
            if line.startswith("VERSION_CODENAME="):
                return line.strip().split("=")[1]
    raise TreeError("this system does not say which release of Debian it is")


def mirror_of(suite):
    """Where this system has its packages from."""
    listed = output_of("apt-get", "indextargets", "--format", "$(RELEASE) $(COMPONENT) $(REPO_URI)",
                       "Created-By: Packages")
    for line in listed.splitlines():
        words = line.split()
        if words[:2] == [suite, "main"]:
            return words[2]
    raise TreeError(f"there is no apt source for {suite} main here; apt-get update")


def archive():
    """The path of the archive, which is made if it is not there."""
    suite = release()
    path = os.path.join(CACHE, f"{suite}.tar")
    os.makedirs(CACHE, exist_ok=True)
    with open(os.path.join(CACHE, "lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two that want it one makes it
        if not os.path.exists(path):
            make_archive(suite, path)
    return path


def make_archive(suite, path):
    root = os.path.join(CACHE, f"tree.{os.getpid()}")
    try:
        output_of("debootstrap", "--variant=minbase", suite, root, mirror_of(suite))
        take_apt_settings(root)
        write(root, "etc/dpkg/dpkg.cfg.d/slim", SLIM)
        write(root, "etc/apt/apt.conf.d/90slim",
              'APT::Install-Recommends "false";\nAcquire::Languages "none";\n'
              'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };\n')
        write(root, "usr/sbin/policy-rc.d", NO_SERVICES, 0o755)
        for folder in ("man", "info", "locale"):
            empty(os.path.join(root, "usr/share", folder))
        for folder in ("var/lib/apt/lists", "var/cache/apt", "var/log"):
            empty(os.path.join(root, folder))
        output_of("tar", "-C", root, "--numeric-owner", "--one-file-system", "-cf", path + ".part", ".")
        os.rename(path + ".part", path)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def take_apt_settings(root):
    """Sources and their keys, and how they are reached: what is at Debian, not at others."""
    shutil.rmtree(os.path.join(root, "etc/apt/sources.list.d"), ignore_errors=True)
    os.makedirs(os.path.join(root, "etc/apt/sources.list.d"))
    suite = release()
    for line in set(output_of("apt-get", "indextargets", "--format", "$(RELEASE) $(COMPONENT) $(REPO_URI) $(SIGNED_BY)",
                              "Created-By: Packages").splitlines()):
        words = line.split()
        if len(words) < 3 or not words[0].startswith(suite) or words[1] != "main":
            continue
        keys = [key for key in words[3:] if key.startswith("/") and os.path.exists(key)]
        for key in keys:
            os.makedirs(os.path.join(root, os.path.dirname(key)[1:]), exist_ok=True)
            shutil.copy(key, os.path.join(root, key[1:]))
        signed = f" [signed-by={keys[0]}]" if keys else ""
        append(root, "etc/apt/sources.list.d/debian.list", f"deb{signed} {words[2]} {words[0]} main\n")
    settings = [line for line in output_of("apt-config", "dump").splitlines()
                if line.startswith(("Acquire::http", "Acquire::https", "Acquire::Check", "Acquire::Retries"))]
    write(root, "etc/apt/apt.conf.d/80host", "".join(f"{line}\n" for line in settings if not line.endswith(' "";')))
    open(os.path.join(root, "etc/apt/sources.list"), "w", encoding="utf-8").close()


def write(root, name, text, mode=0o644):
    path = os.path.join(root, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def append(root, name, text):
    with open(os.path.join(root, name), "a", encoding="utf-8") as file:
        file.write(text)


def empty(folder):
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.remove(path)
