# Builds every image of docker/Dockerfile, and looks at what has come of it: images_test.py ROOT.
import os
import sys
import time
import unittest

import images
import stage

ROOT = os.path.abspath(sys.argv[1])
ABOVE_BASE_MAX = 40_000_000  # bytes


class Images(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        started = time.monotonic()
        images.make_base()
        cls.base = images.about(f"localhost/{images.BASE}")["Size"]
        for target in ["builder", *images.TARGETS]:
            images.build(ROOT, target)
        images.forget_old()
        print(f"built in {time.monotonic() - started:.0f} s")
        cls.built = {target: images.about(f"localhost/labnet-{target}") for target in images.TARGETS}

    @classmethod
    def tearDownClass(cls):
        stage.leave()

    def test_are_small(self):
        for target, about in self.built.items():
            above = about["Size"] - self.base
            print(f"labnet-{target}: {above / 1e6:.1f} MB above its base of {self.base / 1e6:.1f} MB")
            self.assertGreater(above, 5_000_000, target)
            self.assertLess(above, ABOVE_BASE_MAX, target)

    def test_run_as_an_ordinary_user(self):
        for target, about in self.built.items():
            self.assertEqual(about["Config"]["User"], "7100:7100", target)

    def test_of_services_have_a_probe(self):
        for target in images.SERVICES:
            self.assertIn("labnet", " ".join(self.built[target]["HealthCheck"]["Test"]), target)

    def test_hold_a_program_that_runs_and_nothing_to_build_it_with(self):
        for target in images.TARGETS:
            said = images.podman("run", "--rm", "--network", "none", "--read-only", "--cap-drop", "all", "--entrypoint",
                                 "labnet", f"labnet-{target}", "--version")
            self.assertIn("labnet ", said)
        left = images.podman("run", "--rm", "--network", "none", "--entrypoint", "sh", "labnet-lab", "-c",
                             "ls -d /labnet /usr/bin/g++ /var/lib/apt/lists/*_Packages 2>/dev/null; true")
        self.assertEqual(left, "")

    def test_the_whole_lab_runs_in_one_container(self):
        said = images.podman("run", "--rm", "--network", "none", "--security-opt", "seccomp=unconfined", "--security-opt",
                             "unmask=ALL", "--tmpfs", "/tmp", "labnet-lab", "run", "8.1", "8.4")
        self.assertIn("Ping_DNS_IP.pcap", said)
        self.assertIn("HTTP_view.pcap", said)


if __name__ == "__main__":
    stage.need("podman", "buildah", "runc", "debootstrap", "unshare")
    stage.enter(network=False)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
