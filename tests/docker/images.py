# The images of docker/Dockerfile, built from what is in the tree.
import json
import os
import shutil

import debian_tree
from stage import run

SERVICES = ["dns", "ftp", "http", "sip", "rtmp"]
TARGETS = [*SERVICES, "clients", "lab"]
BASE = "debian:bookworm-slim"


# Where builds work, and where the compiler's cache of the builder stays.
WORK = os.path.join(debian_tree.CACHE, "tmp")
COMPILER_CACHE = "buildah-cache"


def podman(*words):
    return run("podman", *words, env={**os.environ, "TMPDIR": WORK})


def has_image(name):
    return name in podman("images", "--format", "{{.Repository}}:{{.Tag}}").split()


def make_base():
    """Under the name that the Dockerfile has it by; no registry is asked."""
    os.makedirs(WORK, exist_ok=True)
    for name in os.listdir(WORK):
        if name.startswith("buildah") and not name.startswith(COMPILER_CACHE):  # of a build that was killed
            shutil.rmtree(os.path.join(WORK, name), ignore_errors=True)
    own = f"localhost/{BASE}"
    if not has_image(own):
        podman("import", "--quiet", "--change", 'CMD ["bash"]', "--change",
               "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", debian_tree.archive(), own)
    podman("tag", own, f"docker.io/library/{BASE}")


def build(root, target):
    podman("build", "--format", "docker", "--network", "host", "--pull-never", "--file", f"{root}/docker/Dockerfile",
           "--target", target, "--tag", f"labnet-{target}", root)


def forget_old():
    """What earlier trees have left: layers that no image has. Those of the builder are kept by its name, so that what has
    not changed is not made again."""
    podman("image", "prune", "--force")


def about(name):
    return json.loads(podman("image", "inspect", name))[0]
