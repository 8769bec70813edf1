# Asks `labnet lint` about settings that a test makes up.
import json
import os
import re
import subprocess
import tempfile

PATIENCE_S = 60  # of many files at once
FILES_AT_ONCE = 50
NO_SUCH_KEY = "no_key_of_any_program"


def run_lint(program, *words):
    # The CA of the user who runs the tests has no say in what is right.
    environment = dict(os.environ, LABNET_CA_DIR="/nonexistent/ca")
    return subprocess.run([program, "lint", *words], capture_output=True, text=True, timeout=PATIENCE_S, check=False,
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

    def write(self, document, name):
        """JSON is YAML, too."""
        path = os.path.join(self.folder.name, name)
        if os.path.islink(path):
            os.unlink(path)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(document, file)
        return path

    def complaints(self, documents):
        """As `complaint` of each, of documents that are known by what they have in them. One run for many of them: to
        start a program costs more than a file."""
        found = []
        for first in range(0, len(documents), FILES_AT_ONCE):
            some = documents[first:first + FILES_AT_ONCE]
            paths = [self.write(document, f"made-up-{number}.yaml") for number, document in enumerate(some)]
            said = json.loads(run_lint(self.program, "--format", "json", *paths).stdout)
            assert [one["file"] for one in said] == paths, said
            found += [None if one["ok"] else one["fault"] for one in said]
        return found

    def complaint(self, document, name):
        """What lint says about a document in a file of that name; None if nothing."""
        path = self.write(document, name)
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
