# Holds the rules of rules.py against the source tree: check.py CHECK [ROOT]. One line for each violation, and then exit
# code 1.
import fnmatch
import os
import re
import sys
from dataclasses import dataclass

import rules

TOPS = ["common", "servers", "clients", "tests"]
INCLUDE = re.compile(r'\s*#\s*include\s*(?P<mark>["<])(?P<path>[^">]+)[">]')


@dataclass
class Line:
    """One line of a source file, without what follows `//`."""
    file: str  # from the root of the project
    number: int
    text: str

    def complain(self, sentence):
        return f"{self.file}:{self.number}: {sentence}"


@dataclass
class Include:
    line: Line
    path: str
    is_quoted: bool

    @property
    def folder(self):
        return folder_of(self.path)


class Tree:
    """The lines and the include lines of every source file below the root."""

    def __init__(self, root):
        self.root = root
        self.lines = [line for file in source_files(root) for line in lines_of(root, file)]
        self.includes = [include for line in self.lines for include in includes_in(line)]

    def has(self, path):
        return os.path.isfile(os.path.join(self.root, path))


def source_files(root):
    found = []
    for top in TOPS:
        for folder, _, names in os.walk(os.path.join(root, top)):
            found += [os.path.relpath(os.path.join(folder, name), root)
                      for name in names if name.endswith((".hpp", ".cpp"))]
    return sorted(found)


def lines_of(root, file):
    with open(os.path.join(root, file), encoding="utf-8") as text:
        return [Line(file, number, line.partition("//")[0].rstrip()) for number, line in enumerate(text, 1)]


def includes_in(line):
    match = INCLUDE.match(line.text)
    return [Include(line, match["path"], match["mark"] == '"')] if match else []


def folder_of(path):
    """The folder that the rules speak of: common/dns for common/dns/records/mx.hpp, tests/common/dns for its tests."""
    parts = os.path.dirname(path).split("/")
    return "/".join(parts[:3 if path.startswith(tuple(f"tests/{top}/" for top in TOPS)) else 2])


def is_below(path, folders):
    return any(path.startswith(folder + "/") for folder in folders)


def check_include_paths(tree):
    """Include paths start at the root, so that a file is called the same everywhere."""
    for include in tree.includes:
        is_own = is_below(include.path, TOPS)
        if include.is_quoted and not (is_own and ".." not in include.path.split("/")):
            yield include.line.complain(f'"{include.path}" does not start at the root of the project')
        elif include.is_quoted and not tree.has(include.path):
            yield include.line.complain(f"there is no {include.path}")
        elif not include.is_quoted and is_own:
            yield include.line.complain(f"<{include.path}> is a file of the project: it stands in quotes")


def check_who_includes_whom(tree):
    for line in tree.lines:
        folder = folder_of(line.file)
        if line.number == 1 and folder.startswith("common/") and name_in_common(folder) not in rules.COMMON:
            yield line.complain(f"{folder} has no row in the table of who may include whom")
    for include in tree.includes:
        if include.is_quoted and is_below(include.path, TOPS):
            complaint = complaint_about(folder_of(include.line.file), include)
            if complaint:
                yield include.line.complain(complaint)


def complaint_about(folder, include):
    target = include.folder
    if target == folder or is_exception(folder, target):
        return None
    if folder.startswith("tests/"):
        return complaint_about_test(folder, include)
    if target.startswith("tests/"):
        return f"{folder} may not include {target}: tests look at the rest, never the reverse"
    if folder == rules.PROGRAM_TABLE:
        is_program = os.path.basename(include.path) in rules.PROGRAM_HEADERS
        return None if is_program or target.startswith("common/") else \
            f"{folder} may include of {target} only {' or '.join(rules.PROGRAM_HEADERS)}"
    if folder.startswith("common/"):
        return complaint_about_common(folder, target)
    return None if target.startswith("common/") else f"{folder} may not include {target}; it may include common"


def complaint_about_common(folder, target):
    allowed = rules.COMMON.get(name_in_common(folder))
    if allowed is None:
        return None  # that it has no row has been said already
    if target.startswith("common/") and name_in_common(target) in allowed:
        return None
    return f"{folder} may not include {target}; it may include {', '.join(allowed) or 'nothing'}"


def complaint_about_test(folder, include):
    target = include.folder
    if target in rules.TEST_TOOLS or folder in rules.TESTS_OF_ALL:
        return None
    mirrored = folder.removeprefix("tests/")
    wanted = target.removeprefix("tests/")  # a helper of the tests of dns goes where dns may go
    if wanted == mirrored or wanted.startswith("common/") or is_exception(mirrored, wanted):
        return None
    allowed = f"{mirrored} and common" if is_below(mirrored, TOPS) else "common"
    return f"{folder} may not include {target}; it may include {allowed}"


def is_exception(folder, target):
    return any(folder == who and fnmatch.fnmatch(target, whom) for who, whom, _ in rules.EXCEPTIONS)


def name_in_common(folder):
    return folder.removeprefix("common/")


def check_libraries(tree):
    """Each library appears in its place alone; tests may use any."""
    for include in tree.includes:
        for library, places in rules.LIBRARIES.items():
            if begins(include.path, library) and not is_below(include.line.file, places + ["tests"]):
                where = f"is for {', '.join(places)}" if places else "is used nowhere"
                yield include.line.complain(f"<{include.path}> {where}")


def begins(path, start):
    """True for the header itself and for those below it: "ares" for <ares.h>, not for <arestable/x.h>."""
    return path.startswith(start if start.endswith("/") else (start + "/", start + ".")) or path == start


def check_pure(tree):
    """The pure folders of common do not reach for the system."""
    folders = [f"common/{name}" for name in rules.PURE]
    for line in tree.lines:
        if not is_below(line.file, folders):
            continue
        folder = folder_of(line.file)
        for include in includes_in(line):
            for header, reach in rules.IMPURE_HEADERS.items():
                if begins(include.path, header) and (line.file, include.path) not in rules.IMPURE_EXCEPTIONS:
                    yield line.complain(f"{folder} is pure, and {include.path} is for {reach}")
        for word, act in rules.IMPURE_WORDS.items():
            match = re.search(word, line.text)
            if match:
                yield line.complain(f"{folder} is pure, and {match[0]} {act}; let it be an argument")


def check_sentences(tree):
    """What is said in the language of who reads it stands in a catalogue."""
    ended = set()
    for line in tree.lines:
        catalogue = next((place for files, place in rules.SPOKEN.items() if fnmatch.fnmatch(line.file, files)), None)
        if catalogue is None or line.file in rules.SPOKEN_EXCEPTIONS:
            continue
        if re.search(rules.SPOKEN_UNTIL, line.text):
            ended.add(line.file)
        match = re.search(rules.SENTENCE, line.text)
        if match and line.file not in ended:
            yield line.complain(f"{match[0]} is a sentence; let it stand in {catalogue}, with its translation")


CHECKS = {
    "include_paths": check_include_paths,
    "who_includes_whom": check_who_includes_whom,
    "libraries": check_libraries,
    "pure": check_pure,
    "sentences": check_sentences,
}


def main():
    if not 2 <= len(sys.argv) <= 3 or sys.argv[1] not in CHECKS:
        print(f"usage: check.py {'|'.join(CHECKS)} [ROOT]", file=sys.stderr)
        return 2
    tree = Tree(sys.argv[2] if len(sys.argv) == 3 else ".")
    if not tree.includes:
        print(f"there are no sources below {tree.root}", file=sys.stderr)
        return 2
    complaints = list(CHECKS[sys.argv[1]](tree))
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
