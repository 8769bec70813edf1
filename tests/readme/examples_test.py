# Gives examples.py made-up READMEs, right ones and wrong ones: examples_test.py LABNET ROOT.
import os
import subprocess
import sys
import tempfile
import unittest

LABNET, ROOT = (os.path.abspath(argument) for argument in sys.argv[1:3])
EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "examples.py")
PATIENCE_S = 60  # a lab is started, and an example may wait for all its time


class Readme(unittest.TestCase):
    def outcome(self, *lines, heading="## Try it"):
        """Exit code and output for a README with these lines as its examples."""
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "clients", "made-up"))
            readme = os.path.join(folder, "clients", "made-up", "README.md")
            with open(readme, "w", encoding="utf-8") as file:
                file.write(f"# made up\n\n{heading}\n\n" + "".join(f"    {line}\n" for line in lines))
                file.write("\n## Supported\n\n    labnet no-such-verb\n")
            os.symlink(os.path.join(ROOT, "config"), os.path.join(folder, "config"))
            done = subprocess.run([sys.executable, "-B", EXAMPLES, LABNET, folder, readme], capture_output=True,
                                  text=True, timeout=PATIENCE_S, check=False)
            return done.returncode, (done.stdout + done.stderr).replace(readme, "README.md").strip()

    def test_that_is_right(self):
        self.assertEqual(self.outcome("labnet ping -c 1 127.0.0.1", "labnet lint config/dns.yaml"), (0, ""))
        self.assertEqual(self.outcome("labnet exec pc1 -- sh -c 'exit 1'  # a comment, exit code 1"), (0, ""))
        served = self.outcome("labnet serve dns  # until Ctrl-C", "dig @127.0.0.1 -p 5300 example.com")
        self.assertEqual(served, (0, ""))
        skipped = self.outcome("sudo labnet ping ::1")
        self.assertEqual(skipped, (0, "README.md:5: not run: a test asks nobody for a password"))

    def test_with_a_command_that_fails(self):
        code, said = self.outcome("labnet ping -c 1 127.0.0.1", "labnet status --no-such-option")
        self.assertEqual(code, 1)
        self.assertTrue(said.startswith("README.md:6: `labnet status --no-such-option` ended with 2, not 0: "), said)
        code, said = self.outcome("labnet ping -c 1 127.0.0.1  # exit code 1")
        self.assertEqual(code, 1)
        self.assertIn("ended with 0, not 1", said)

    def test_with_a_server_that_does_not_stay(self):
        code, said = self.outcome("labnet serve dns --check  # until Ctrl-C")
        self.assertEqual((code, said), (1, "README.md:5: `labnet serve dns --check  # until Ctrl-C` ended with 0 and "
                                           "was to run: ok"))

    def test_with_what_is_no_command(self):
        code, said = self.outcome("rm -rf lab-out")
        self.assertEqual((code, said), (1, "README.md:5: a line begins with labnet or dig or curl, found `rm -rf lab-out`"))

    def test_without_examples(self):
        self.assertEqual(self.outcome("labnet status", heading="## What it does"),
                         (1, 'README.md: there is nothing under "## Try it"'))

    def test_that_reaches_beyond_this_machine(self):
        code, said = self.outcome("labnet ping -c 1 192.0.2.1")
        self.assertEqual(code, 1)
        self.assertIn("unreachable", said)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
