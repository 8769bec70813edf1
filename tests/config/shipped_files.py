# What holds of every shipped configuration file: shipped_files.py CHECK FOLDER LABNET.
import os
import re
import sys

import core_yaml
from labnet_lint import NO_SUCH_KEY, Lint, run_lint, words_after

KEY = re.compile(r" *[a-z][a-z0-9_]*:(?: |$)")


def yaml_files(folder):
    files = [os.path.join(where, name) for where, _, names in os.walk(folder) for name in names]
    return sorted(file for file in files if file.endswith(".yaml"))


def check_lint(folder, labnet):
    """labnet lint accepts each one: a key that no program knows is a fault of the file."""
    for file in yaml_files(folder):
        done = run_lint(labnet, file)
        if done.returncode != 0:
            yield done.stderr.strip() or f"{file}: labnet lint ends with {done.returncode}"


def reference_files(folder):
    """config/<service>.yaml: what one copies a configuration of one's own from."""
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".yaml")]


def check_keys(folder, labnet):
    """A reference file has every key that its service knows."""
    lint = Lint(labnet, folder)
    for file in reference_files(folder):
        document = core_yaml.load(file)
        for path, section in sections_of(document):
            section[NO_SUCH_KEY] = 0
            complaint = lint.complaint(document, os.path.basename(file)) or ""
            del section[NO_SUCH_KEY]
            if f'unknown key "{NO_SUCH_KEY}"' in complaint:  # else: keys that are free names
                for key in sorted(words_after("known here:", complaint) - set(section)):
                    yield f"{file}: key {'.'.join([*path, key])} is missing"
    lint.close()


def sections_of(document, path=()):
    yield path, document
    for key, value in list(document.items()):
        if isinstance(value, dict):
            yield from sections_of(value, (*path, key))


def check_comments(folder, _labnet):
    """A reference file explains each of its keys."""
    for file in reference_files(folder):
        with open(file, encoding="utf-8") as text:
            for number in unexplained_keys(text.read().splitlines()):
                yield f"{file}:{number}: no comment says what this key is for"


def unexplained_keys(lines):
    """A comment stands beside a key or right above it, or above those of its section that it follows without a gap.
    A key that opens a section may leave it to the first one inside."""
    lines = ["", *lines, ""]
    explained = set()
    for number, line in enumerate(lines):
        key = KEY.match(line)
        if not key:
            continue
        above, below = lines[number - 1], lines[number + 1]
        follows_one = number - 1 in explained and indent_of(above) == indent_of(line)
        opens_explained = line.endswith(":") and is_comment(below)
        if is_comment(above) or " # " in line or follows_one or opens_explained:
            explained.add(number)
        else:
            yield number


def is_comment(line):
    return line.lstrip().startswith("#")


def indent_of(line):
    return len(line) - len(line.lstrip())


CHECKS = {"lint": check_lint, "keys": check_keys, "comments": check_comments}


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in CHECKS:
        print(f"usage: shipped_files.py {'|'.join(CHECKS)} FOLDER LABNET", file=sys.stderr)
        return 2
    name, folder, labnet = sys.argv[1], os.path.abspath(sys.argv[2]), os.path.abspath(sys.argv[3])
    if not yaml_files(folder):
        print(f"there are no files in {folder}", file=sys.stderr)
        return 2
    complaints = list(CHECKS[name](folder, labnet))
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
