# The rules of the source tree as data: who may include whom, and where a library or a system header may appear.

CODECS = ["dns", "ftp", "http", "sip", "sdp", "rtp", "rtmp"]
CODEC_TOOLS = ["base", "crypto", "coding"]

# Folder of common -> the other folders of common that it may include. A folder without a row is a fault: whoever adds
# one says here where it stands.
COMMON = {
    "base": [],
    # bytes and values
    "crypto": ["base"],
    "coding": ["base"],
    "audio": ["base"],
    "packet": ["base"],
    "digest": CODEC_TOOLS,
    # codecs: none includes another, but a call describes its media
    "dns": CODEC_TOOLS,
    "ftp": CODEC_TOOLS,
    "http": CODEC_TOOLS + ["digest"],
    "sip": CODEC_TOOLS + ["digest", "sdp", "rtp"],
    "sdp": CODEC_TOOLS + ["rtp"],  # which encodings the static payload types are
    "rtp": CODEC_TOOLS,
    "rtmp": CODEC_TOOLS,
    "analysis": ["base", "packet", "crypto"] + CODECS,
    # the system
    "json": [],  # Boost.JSON, compiled once
    "settings": ["base"],
    "log": ["base"],
    "program": ["base"],
    "namespaces": ["base"],  # entered by the lab that makes them and by the clients that go into a host
    "files": ["base", "log"],
    "store": ["base", "log"],
    "ca": ["base", "crypto", "log"],
    "net": ["base", "crypto", "log"],
    "login": ["base", "net"],
    "control": ["base", "json", "log", "net", "http"],
    "resolver": ["base", "log", "net", "dns"],
    # what every client does alike
    "client": ["base", "log", "net", "files", "ca", "program", "resolver"],
    # what every `labnet serve` program does alike
    "service": ["base", "log", "net", "control", "program", "settings", "ca"],
}

# servers/<p> and clients/<p> include all of common and themselves. Beyond that, with the reason:
EXCEPTIONS = [
    ("servers/lab", "servers/http", "the lab's page is served by the HTTP server"),
    ("clients/scenario", "clients/*", "a step is the work of a client"),
    ("clients/capture", "clients/lab", "it goes into a host as exec does"),
    ("tests/clients/capture", "clients/ping", "what is captured is an echo that the client sends"),
]

# The program table is the only place where servers and clients meet, and it sees of each only its programs.
PROGRAM_TABLE = "clients/labnet"
PROGRAM_HEADERS = ["program.hpp", "programs.hpp"]

# Tests of a folder include common and the folder itself. Besides:
TEST_TOOLS = ["tests/support", "tests/lab"]  # every test may include them
TESTS_OF_ALL = ["tests/fuzz", "tests/interop"]  # they include whatever they put to the test

# Header of a library, as its include line begins -> where it may appear, beside tests. Each is there for one thing, and
# one folder stands between it and the rest; Asio, which compiles slowest and waits for sockets, stays out of codecs.
LIBRARIES = {
    "boost/asio": ["common/net", "common/control", "common/resolver", "common/service", "servers", "clients"],
    "boost/beast": [],
    "openssl/": ["common/crypto", "common/net", "common/ca"],
    "ares": ["common/resolver"],
    "yaml-cpp/": ["common/settings"],
    "spdlog/": ["common/log"],
    "CLI/": ["common/program"],
    "zlib.h": ["common/coding"],
    "brotli/": ["common/coding"],
    "sqlite3.h": ["common/store"],
    "pcap": ["clients/capture"],
    "libpsl.h": ["clients/http"],
}

# Pure: no socket, file, clock, random source or log; time and random numbers are arguments. So one codec serves the
# server, the client, the fuzzers and the analysis.
PURE = ["base", "crypto", "coding", "audio", "packet", "digest", "analysis"] + CODECS
IMPURE_HEADERS = {  # as the include line begins, or the whole of it
    "sys/": "the system", "linux/": "the system", "unistd.h": "the system", "fcntl.h": "files", "poll.h": "sockets",
    "net/": "sockets", "netinet/": "sockets", "arpa/": "sockets", "netdb.h": "sockets", "boost/asio": "sockets",
    "fstream": "files", "iostream": "files", "cstdio": "files", "stdio.h": "files", "filesystem": "files",
    "random": "random numbers", "boost/random": "random numbers",
    "ctime": "the clock", "time.h": "the clock", "fmt/chrono.h": "the clock",
    "thread": "threads", "mutex": "threads", "condition_variable": "threads", "future": "threads",
    "csignal": "signals", "signal.h": "signals", "spdlog/": "the log",
    "common/base/file_descriptor.hpp": "files and sockets", "common/base/pipe.hpp": "files and sockets",
    "common/base/read_at.hpp": "files and sockets", "common/base/write_all.hpp": "files and sockets",
}
IMPURE_WORDS = {  # regular expression -> what it does
    r"\b\w+_clock::now\b|\b(?:clock_gettime|gettimeofday|std::time)\b": "reads the clock",
    r"\b(?:random_device|getrandom|arc4random|std::rand|RAND_\w+)\b": "draws random numbers",
    r"\bgetenv\b": "reads the environment",
}
IMPURE_EXCEPTIONS = {  # (file, header): the reason
    ("common/base/address.cpp", "arpa/inet.h"): "inet_pton and inet_ntop compute on text, without a socket",
    ("common/base/file_descriptor.hpp", "unistd.h"): "closes what others open; no pure folder may include it",
    ("common/base/pipe.hpp", "unistd.h"): "as file_descriptor.hpp",
    ("common/base/read_at.hpp", "unistd.h"): "as file_descriptor.hpp",
    ("common/base/write_all.hpp", "unistd.h"): "as file_descriptor.hpp",
    ("common/base/pipe.hpp", "fcntl.h"): "as file_descriptor.hpp",
    ("common/base/pipe.hpp", "common/base/file_descriptor.hpp"): "it is made of two of them",
}

# What these files say reaches a person in the language that was asked for: their sentences stand in a catalogue, where
# each has its translation. What follows SPOKEN_UNTIL is help, which there is in one language.
SPOKEN = {  # path, as in a shell -> where its sentences stand
    "clients/scenario/*.cpp": "clients/scenario/messages.hpp",
}
SPOKEN_EXCEPTIONS = {  # file: the reason
    "clients/scenario/scenario.cpp": "faults of a file are told as labnet lint tells them",
    "clients/scenario/step_kinds.cpp": "as scenario.cpp",
    "clients/scenario/child_process.cpp": "a program that cannot be started speaks for itself, as a shell does",
}
SPOKEN_UNTIL = r"^Run define_"
SENTENCE = r'"(?:[^"\\<]|\\.)*\b[a-z]{2,} [a-z]{2,}(?:[^"\\]|\\.)*"'  # two words in one literal; "<" begins XML
