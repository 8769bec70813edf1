# Feeds each check made-up trees with every kind of violation, and others that are in order, and expects exactly these
# complaints.
import graphlib
import os
import tempfile
import unittest

import check
import rules


class MadeUpTree(unittest.TestCase):
    def complaints(self, name, files):
        """What a check says about a tree of files, given as path -> text."""
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(text)
            return list(check.CHECKS[name](check.Tree(root)))


class IncludePaths(MadeUpTree):
    def test_start_at_the_root(self):
        files = {
            "common/dns/name.hpp": "#pragma once\n",
            "common/dns/name.cpp": '// the names\n#include "name.hpp"\n#include "../dns/name.hpp"\n'
                                   '#include "common/dns/../dns/name.hpp"\n  #  include "common/dns/name.hpp"\n',
            "tests/common/dns/name_test.cpp": '#include <common/dns/name.hpp>\n#include "common/dns/nam.hpp"\n'
                                              '#include <string>\n// #include "name.hpp"\n',
        }
        self.assertEqual(self.complaints("include_paths", files), [
            'common/dns/name.cpp:2: "name.hpp" does not start at the root of the project',
            'common/dns/name.cpp:3: "../dns/name.hpp" does not start at the root of the project',
            'common/dns/name.cpp:4: "common/dns/../dns/name.hpp" does not start at the root of the project',
            "tests/common/dns/name_test.cpp:1: <common/dns/name.hpp> is a file of the project: it stands in quotes",
            "tests/common/dns/name_test.cpp:2: there is no common/dns/nam.hpp",
        ])


class WhoIncludesWhom(MadeUpTree):
    def test_common_keeps_to_its_table(self):
        files = {
            "common/dns/records/mx.hpp": '#include "common/dns/name.hpp"\n#include "common/base/bytes.hpp"\n'
                                         '#include "common/net/stream.hpp"\n',
            "common/http/chunk.cpp": '#include "common/dns/name.hpp"\n',
            "common/sip/offer.cpp": '#include "common/sdp/description.hpp"\n#include "common/rtp/packet.hpp"\n',
            "common/base/text.cpp": '#include "common/log/log.hpp"\n',
            "common/net/stream.cpp": '#include "servers/dns/config.hpp"\n#include "tests/support/child.hpp"\n',
            "common/gopher/menu.hpp": '// a menu\n#include "common/dns/name.hpp"\n',
        }
        self.assertEqual(self.complaints("who_includes_whom", files), [
            "common/gopher/menu.hpp:1: common/gopher has no row in the table of who may include whom",
            "common/base/text.cpp:1: common/base may not include common/log; it may include nothing",
            "common/dns/records/mx.hpp:3: common/dns may not include common/net; it may include base, crypto, coding",
            "common/http/chunk.cpp:1: common/http may not include common/dns; it may include base, crypto, coding, digest",
            "common/net/stream.cpp:1: common/net may not include servers/dns; it may include base, crypto, log",
            "common/net/stream.cpp:2: common/net may not include tests/support: tests look at the rest, never the "
            "reverse",
        ])

    def test_servers_and_clients_do_not_meet(self):
        files = {
            "servers/dns/zone/zone.cpp": '#include "servers/dns/config.hpp"\n#include "common/net/stream.hpp"\n'
                                         '#include "clients/dns/client.hpp"\n#include "servers/ftp/users.hpp"\n',
            "servers/lab/page.cpp": '#include "servers/http/server.hpp"\n#include "servers/dns/server.hpp"\n',
            "clients/dns/client.cpp": '#include "servers/dns/config.hpp"\n#include "clients/ping/client.hpp"\n',
            "clients/scenario/runner.cpp": '#include "clients/ping/client.hpp"\n#include "servers/lab/lab.hpp"\n',
            "clients/capture/place.cpp": '#include "clients/lab/host.hpp"\n#include "clients/ping/client.hpp"\n',
        }
        self.assertEqual(self.complaints("who_includes_whom", files), [
            "clients/capture/place.cpp:2: clients/capture may not include clients/ping; it may include common",
            "clients/dns/client.cpp:1: clients/dns may not include servers/dns; it may include common",
            "clients/dns/client.cpp:2: clients/dns may not include clients/ping; it may include common",
            "clients/scenario/runner.cpp:2: clients/scenario may not include servers/lab; it may include common",
            "servers/dns/zone/zone.cpp:3: servers/dns may not include clients/dns; it may include common",
            "servers/dns/zone/zone.cpp:4: servers/dns may not include servers/ftp; it may include common",
            "servers/lab/page.cpp:2: servers/lab may not include servers/dns; it may include common",
        ])

    def test_the_program_table_sees_programs_alone(self):
        files = {
            "clients/labnet/main.cpp": '#include "clients/ping/program.hpp"\n#include "servers/lab/programs.hpp"\n'
                                       '#include "common/program/program.hpp"\n#include "servers/lab/up.hpp"\n',
        }
        self.assertEqual(self.complaints("who_includes_whom", files), [
            "clients/labnet/main.cpp:4: clients/labnet may include of servers/lab only program.hpp or programs.hpp",
        ])

    def test_tests_follow_what_they_test(self):
        files = {
            "tests/common/dns/name_test.cpp": '#include "common/dns/name.hpp"\n#include "common/packet/udp.hpp"\n'
                                              '#include "clients/ping/client.hpp"\n',
            "tests/servers/dns/zone_test.cpp": '#include "servers/dns/zone/zone.hpp"\n#include "servers/lab/lab.hpp"\n'
                                               '#include "tests/common/dns/octets.hpp"\n'
                                               '#include "tests/clients/ping/echoes.hpp"\n',
            "tests/clients/capture/tap_test.cpp": '#include "clients/ping/client.hpp"\n#include "tests/lab/lab.hpp"\n',
            "tests/support/child.cpp": '#include "common/base/bytes.hpp"\n#include "servers/dns/server.hpp"\n',
            "tests/fuzz/zone_fuzz.cpp": '#include "servers/dns/zone/zone.hpp"\n',
        }
        self.assertEqual(self.complaints("who_includes_whom", files), [
            "tests/common/dns/name_test.cpp:3: tests/common/dns may not include clients/ping; it may include "
            "common/dns and common",
            "tests/servers/dns/zone_test.cpp:2: tests/servers/dns may not include servers/lab; it may include "
            "servers/dns and common",
            "tests/servers/dns/zone_test.cpp:4: tests/servers/dns may not include tests/clients/ping; it may include "
            "servers/dns and common",
            "tests/support/child.cpp:2: tests/support may not include servers/dns; it may include common",
        ])

    def test_the_table_has_no_circle_and_names_only_rows(self):
        graphlib.TopologicalSorter(rules.COMMON).prepare()
        for folder, allowed in rules.COMMON.items():
            self.assertLessEqual(set(allowed), set(rules.COMMON), folder)


class Libraries(MadeUpTree):
    def test_appear_in_their_place_alone(self):
        files = {
            "common/net/stream.hpp": "#include <boost/asio/ip/tcp.hpp>\n#include <boost/beast.hpp>\n",
            "common/dns/name.hpp": "#include <boost/asio.hpp>\n#include <boost/json/array.hpp>\n",
            "servers/dns/server.cpp": "#include <boost/asio/post.hpp>\n#include <yaml-cpp/yaml.h>\n#include <ares.h>\n",
            "clients/ping/tap.cpp": "#include <pcap/pcap.h>\n#include <pcapture.h>\n",
            "tests/common/net/stream_test.cpp": "#include <openssl/ssl.h>\n",
        }
        self.assertEqual(self.complaints("libraries", files), [
            "clients/ping/tap.cpp:1: <pcap/pcap.h> is for clients/capture",
            "common/dns/name.hpp:1: <boost/asio.hpp> is for common/net, common/control, common/resolver, "
            "common/service, servers, clients",
            "common/net/stream.hpp:2: <boost/beast.hpp> is used nowhere",
            "servers/dns/server.cpp:2: <yaml-cpp/yaml.h> is for common/settings",
            "servers/dns/server.cpp:3: <ares.h> is for common/resolver",
        ])


class Pure(MadeUpTree):
    def test_folders_do_not_reach_for_the_system(self):
        files = {
            "common/dns/name.cpp": "#include <sys/socket.h>\n#include <fstream>\n#include <random>\n#include <chrono>\n"
                                   "#include <spdlog/spdlog.h>\nconst auto now = std::chrono::system_clock::now();\n"
                                   "const auto then = steady_clock::now();  // not system_clock::now()\n"
                                   "std::random_device source;\nconst auto* home = std::getenv(\"HOME\");\n",
            "common/packet/frame.cpp": '#include "common/base/file_descriptor.hpp"\n',
            "common/base/address.cpp": "#include <arpa/inet.h>\n#include <netdb.h>\n",
            "common/net/stream.cpp": "#include <sys/socket.h>\nconst auto now = steady_clock::now();\n",
        }
        self.assertEqual(self.complaints("pure", files), [
            "common/base/address.cpp:2: common/base is pure, and netdb.h is for sockets",
            "common/dns/name.cpp:1: common/dns is pure, and sys/socket.h is for the system",
            "common/dns/name.cpp:2: common/dns is pure, and fstream is for files",
            "common/dns/name.cpp:3: common/dns is pure, and random is for random numbers",
            "common/dns/name.cpp:5: common/dns is pure, and spdlog/spdlog.h is for the log",
            "common/dns/name.cpp:6: common/dns is pure, and system_clock::now reads the clock; let it be an argument",
            "common/dns/name.cpp:7: common/dns is pure, and steady_clock::now reads the clock; let it be an argument",
            "common/dns/name.cpp:8: common/dns is pure, and random_device draws random numbers; let it be an argument",
            "common/dns/name.cpp:9: common/dns is pure, and getenv reads the environment; let it be an argument",
            "common/packet/frame.cpp:1: common/packet is pure, and common/base/file_descriptor.hpp is for files "
            "and sockets",
        ])


class Sentences(MadeUpTree):
    def test_stand_in_the_catalogue(self):
        files = {
            "clients/scenario/runner.cpp": '#include "common/base/text.hpp"\nfailures.push_back("did not end");\n'
                                           'add(fmt::format("{} frames were \\"lost\\"", n));\n'
                                           'say("ping");  // "no sentence"\nxml("<case the name=");\n'
                                           'words({"ping", "echo"});\n',
            "clients/scenario/programs.cpp": 'print("on the lab");\nRun define_run(Options& options) {\n'
                                             '  options.flag("-q", quiet, "do not show it");\n',
            "clients/scenario/scenario.cpp": 'fail("there is no step");\n',
            "clients/ping/program.cpp": 'print("no reply came");\n',
        }
        catalogue = "is a sentence; let it stand in clients/scenario/messages.hpp, with its translation"
        self.assertEqual(self.complaints("sentences", files), [
            f'clients/scenario/programs.cpp:1: "on the lab" {catalogue}',
            f'clients/scenario/runner.cpp:2: "did not end" {catalogue}',
            f'clients/scenario/runner.cpp:3: "{{}} frames were \\"lost\\"" {catalogue}',
        ])


if __name__ == "__main__":
    unittest.main()
