# What is common to the groups that measure servers.
import os
import subprocess
import sys
import tempfile
import time
import unittest

from servers import Server, adopting, family_of, find_program, free_port

BURN = "import time\nuntil = time.process_time() + 0.2\nwhile time.process_time() < until: pass\n"


class ServersTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="labnet-bench-")
        self.addCleanup(self.folder.cleanup)

    def start(self, code):
        server = Server("python", [sys.executable, "-c", code], free_port(), self.folder.name)
        self.addCleanup(server.stop)
        return server

    def test_ports_differ(self):
        self.assertEqual(len({free_port() for _ in range(50)}), 50)

    def test_cpu_of_children_that_have_ended_counts(self):
        server = self.start(f"import subprocess, sys, time\nsubprocess.run([sys.executable, '-c', '''{BURN}'''])\n"
                            "print('done', flush=True)\ntime.sleep(60)")
        server.wait_until(lambda _port: os.path.getsize(server.log) > 0)
        self.assertGreater(server.cpu_us(), 180_000)
        self.assertGreater(server.pss_mib(), 1)

    def test_cpu_of_orphans_counts_if_they_are_adopted(self):
        child = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {BURN!r}])"
        server = Server("python", adopting([sys.executable, "-c", "import subprocess, sys, time\n"
                                            f"subprocess.run([sys.executable, '-c', {child!r}])\ntime.sleep(60)"]),
                        free_port(), self.folder.name)
        self.addCleanup(server.stop)
        until = time.monotonic() + 5
        while server.cpu_us() < 180_000 and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.2)
        self.assertGreater(server.cpu_us(), 180_000)

    def test_cpu_of_threads_that_have_ended_counts(self):
        server = self.start(f"import threading, time\none = threading.Thread(target=exec, args=({BURN!r}, {{}}))\n"
                            "one.start()\none.join()\nprint('done', flush=True)\ntime.sleep(60)")
        server.wait_until(lambda _port: os.path.getsize(server.log) > 0)
        self.assertGreater(server.cpu_us(), 180_000)

    def test_children_end_with_it_though_they_are_in_another_group(self):
        server = self.start("import subprocess, time\nsubprocess.Popen(['sleep', '60'], start_new_session=True)\n"
                            "print('done', flush=True)\ntime.sleep(60)")
        server.wait_until(lambda _port: os.path.getsize(server.log) > 0)
        family = family_of(server.process.pid)
        self.assertEqual(len(family), 2)
        server.stop()
        until = time.monotonic() + 5
        while is_alive(family[1]) and time.monotonic() < until:
            time.sleep(0.01)
        self.assertFalse(is_alive(family[1]))

    def test_unpacked_programs_are_found(self):
        os.makedirs(os.path.join(self.folder.name, "usr/sbin"))
        program = os.path.join(self.folder.name, "usr/sbin/no-such-server-elsewhere")
        subprocess.run(["cp", "/bin/true", program], check=True)
        os.environ["LABNET_BENCH_PEERS"] = self.folder.name
        self.addCleanup(os.environ.pop, "LABNET_BENCH_PEERS")
        self.assertEqual(find_program("no-such-server-elsewhere"), program)
        self.assertIsNone(find_program("no-such-server-at-all"))


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


if __name__ == "__main__":
    unittest.main()
