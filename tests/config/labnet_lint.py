# Asks `labnet lint` about settings that a test makes up.
import json
import os
import re
import subprocess
import tempfile

PATIENCE_S = 10
NO_SUCH_KEY = "no_key_of_any_program"


def run_lint(program, path):
    # The CA of the user who runs the tests has no say in what is right.
    environment = dict(os.environ, LABNET_CA_DIR="/nonexistent/ca")
    return subprocess.run([program, "lint", path], capture_output=True, text=True, timeout=PATIENCE_S, check=False,
                          env=environment)


class Lint:
    """A folder for made-up files, in which what they point to is there too: the files of `config` and its labs."""

    def __init__(self, program, config):
        self.program = program
        self.folder = tempfile.TemporaryDirectory(prefix="labnet-lint-")
        for folder in [config, os.path.join(config, "labredes71")]:
            for name in os.listdir(folder):
                link = os.path.join(self.folder.name, name)
                if not os.path.lexists(link):
                    os.symlink(os.path.join(folder, name), link)

    def close(self):
        self.folder.cleanup()

    def complaint(self, document, name):
        """What lint says about a document in a file of that name; None if nothing. JSON is YAML, too."""
        path = os.path.join(self.folder.name, name)
        if os.path.islink(path):
            os.unlink(path)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(document, file)
        done = run_lint(self.program, path)
        if done.returncode == 0:
            return None
        if done.returncode != 2:
            raise AssertionError(f"labnet lint ended with {done.returncode}: {done.stderr}\n{document}")
        return done.stderr.strip()


def words_after(start, complaint):
    """The words of the list that follows `start` in a complaint: "known here: id, on, do)" has id, on and do."""
    found = re.search(re.escape(start) + r" ([^)]*?)(?:, found|\)|$)", complaint)
    if not found:
        raise AssertionError(f"expected a list after {start!r}: {complaint}")
    return set(found[1].split(", "))
