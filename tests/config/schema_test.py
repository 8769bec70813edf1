# The published schemas against the program: schema_test.py LABNET CONFIG_FOLDER [unittest's arguments]. Whatever a
# schema says of a key, a limit or a word, `labnet lint` is asked about it too, and both have to say the same.
import copy
import glob
import json
import os
import sys
import unittest

import jsonschema

import core_yaml
from labnet_lint import NO_SUCH_KEY, Lint, words_after

LABNET, CONFIG = (os.path.abspath(argument) for argument in sys.argv[1:3])
MODELINE = "# yaml-language-server: $schema="


def changed(document, path, value):
    """A copy in which the value stands at the path; sections that are missing are made."""
    result = copy.deepcopy(document)
    place = result
    for step in path[:-1]:
        place = place[step] if isinstance(place, list) else place.setdefault(step, {})
    place[path[-1]] = value
    return result


def without(document, path):
    result = copy.deepcopy(document)
    place = at(result, path[:-1])
    place.pop(path[-1], None)
    return result


def at(document, path):
    for step in path:
        document = document[step]
    return document


class SchemaCase:
    """What both schemas are asked. A subclass says which, and gives a document with one of each of its sections."""
    schema_name = ""  # config/<this>
    file_name = ""    # of the made-up documents
    shipped = ""      # of the files that follow the schema, as a pattern below config
    document = {}
    places = {}       # definition of a section -> where the document has one
    excludes = {}     # key -> the one that it stands in the place of
    right = []        # (path, value): accepted
    wrong = []        # (path, value): refused

    @classmethod
    def setUpClass(cls):
        with open(os.path.join(CONFIG, cls.schema_name), encoding="utf-8") as file:
            cls.schema = json.load(file)
        jsonschema.Draft7Validator.check_schema(cls.schema)
        cls.validator = jsonschema.Draft7Validator(cls.schema)
        cls.lint = Lint(LABNET, CONFIG)
        cls.addClassCleanup(cls.lint.close)

    def expect(self, document, is_right, what):
        complaint = self.lint.complaint(document, self.file_name)
        self.expect_both(document, is_right, what, complaint)
        return complaint

    def expect_each(self, cases):
        """cases: [(what it is, as for a subtest, document, whether it is right)]"""
        cases = list(cases)
        complaints = self.lint.complaints([document for _, document, _ in cases])
        for (what, document, is_right), complaint in zip(cases, complaints):
            with self.subTest(**what):
                self.expect_both(document, is_right, "it", complaint)

    def expect_both(self, document, is_right, what, complaint):
        says = [error.message for error in self.validator.iter_errors(document)]
        self.assertEqual(not says, is_right, f"the schema, {what}: {says}")
        self.assertEqual(complaint is None, is_right, f"labnet lint, {what}: {complaint}")

    def section_of(self, name):
        return self.schema["definitions"][name] if name else self.schema

    def properties(self):
        """(section, where it stands, key, what the schema says of it) of every key."""
        for name, path in self.places.items():
            for key, what in self.section_of(name)["properties"].items():
                yield name, path, key, self.referred(what)

    def referred(self, what):
        return self.section_of(what["$ref"].removeprefix("#/definitions/")) if "$ref" in what else what

    def with_key(self, path, key, value):
        document = changed(self.document, [*path, key], value)
        return without(document, [*path, self.excludes[key]]) if key in self.excludes else document

    def test_accepts_what_is_shipped(self):
        files = glob.glob(os.path.join(CONFIG, self.shipped), recursive=True)
        self.assertTrue(files)
        for file in files:
            with self.subTest(file):
                self.validator.validate(core_yaml.load(file))
                with open(file, encoding="utf-8") as text:
                    line = text.readline().rstrip("\n")
                self.assertTrue(line.startswith(MODELINE), "the first line tells editors where the schema is")
                named = os.path.join(os.path.dirname(file), line.removeprefix(MODELINE))
                self.assertEqual(os.path.normpath(named), os.path.join(CONFIG, self.schema_name))

    def test_knows_each_section(self):
        """So that none is forgotten below."""
        sections = {name for name, what in self.schema["definitions"].items() if "properties" in what}
        self.assertEqual(sections, set(self.places) - {""})
        self.expect(self.document, True, "the document with one of each")

    def test_has_the_keys_of_the_program(self):
        for name, path in self.places.items():
            with self.subTest(name or "top"):
                document = changed(self.document, [*path, NO_SUCH_KEY], 0)
                complaint = self.expect(document, False, "a key that nobody knows")
                self.assertEqual(self.known_keys(name, complaint), set(self.section_of(name)["properties"]))

    def known_keys(self, _name, complaint):
        return words_after("known here:", complaint)

    def test_each_key_alone(self):
        self.expect_each(self.keys_alone())

    def keys_alone(self):
        for name, path, key, what in self.properties():
            section = at(self.document, path)
            value = section[key] if key in section else what.get("examples", [None])[0]
            self.assertIsNotNone(value, f"{name}: the key {key} has no example")
            yield {"section": name, "key": key}, self.with_key(path, key, value), True
            misspelt = without(self.with_key(path, key, value), [*path, key])
            yield {"section": name, "key": key + "x"}, changed(misspelt, [*path, key + "x"], value), False

    def test_describes_each_key(self):
        """For the editors that show it."""
        for name, _, key, what in self.properties():
            with self.subTest(section=name, key=key):
                if "description" not in what and "allOf" in what:
                    what = self.referred(what["allOf"][0])
                self.assertTrue("description" in what or "const" in what)

    def test_limits(self):
        self.expect_each(({"section": name, "key": key, "value": value if len(str(value)) < 80 else "a long one"},
                          self.with_key(path, key, value), is_right)
                         for name, path, key, what in self.properties() for value, is_right in limits_of(what))

    def test_words(self):
        """A key that takes one of some words takes no other, in the schema or in the program."""
        for name, path, key, what in self.properties():
            if "enum" not in what:
                continue
            self.expect_each(({"section": name, "key": key, "word": word}, self.with_key(path, key, word), True)
                             for word in what["enum"])
            with self.subTest(section=name, key=key):
                complaint = self.expect(self.with_key(path, key, "no-such-word"), False, "no-such-word")
                start = "known:" if "known:" in complaint else "one of"
                self.assertEqual(words_after(start, complaint), set(what["enum"]))

    def test_what_is_right(self):
        self.expect_each(({"path": path, "value": value}, changed(self.document, path, value), True)
                         for path, value in self.right)

    def test_what_is_wrong(self):
        self.expect_each(({"path": path, "value": value}, changed(self.document, path, value), False)
                         for path, value in self.wrong)


def limits_of(what):
    """(value, whether it is right) at each end of what is allowed, and one past it."""
    step = 1 if what.get("type") == "integer" else 0.001  # times: a millisecond
    if "minimum" in what:
        yield from [(what["minimum"], True), (round(what["minimum"] - step, 3), False)]
    if "maximum" in what:
        yield from [(what["maximum"], True), (round(what["maximum"] + step, 3), False)]
    if "maxLength" in what:
        yield from [("x" * what["maxLength"], True), ("x" * (what["maxLength"] + 1), False)]
    if what.get("minLength") == 1:
        yield "", False


def hosts(count):
    return {f"h{n}": {"lan": {"address": f"192.168.1.{n + 1}"}} for n in range(count)}


def networks(count):
    return {f"n{n}": {"subnet": f"10.{n}.0.0/16"} for n in range(count)}


class LabSchema(SchemaCase, unittest.TestCase):
    schema_name = "lab.schema.json"
    file_name = "lab.yaml"
    shipped = "**/lab.yaml"
    document = {
        "name": "small",
        "networks": {"lan": {"subnet": "192.168.1.0/24"}},
        "hosts": {
            "pc1": {"lan": {"address": "192.168.1.6"}, "resolver": {"server": "192.168.1.7", "cache": False}},
            "dns": {"lan": {"address": "192.168.1.7"}, "services": {"dns": {"config": "dns.yaml"}}},
        },
        "publish": [{"from": "127.0.0.1:5300", "to": "dns:53"}],
    }
    places = {
        "": [],
        "network": ["networks", "lan"],
        "host": ["hosts", "pc1"],
        "interface": ["hosts", "pc1", "lan"],
        "resolver": ["hosts", "pc1", "resolver"],
        "service": ["hosts", "dns", "services", "dns"],
        "publication": ["publish", 0],
    }
    excludes = {"addresses": "address"}
    right = [
        *((["name"], name) for name in ["a", "A-1", "7", "x" * 15]),
        *((["networks", "other", "subnet"], subnet) for subnet in ["10.0.0.0/8", "10.0.0.0/30", "0.0.0.0/8"]),
        *((["hosts", "pc1", "lan", "mac"], mac) for mac in ["00:0c:29:8d:07:ce", "02:AB:3F:7C:91:D4"]),
        *((["hosts", "pc1", "lan", "address"], f"192.168.1.{n}") for n in [1, 10, 99, 100, 200, 249, 254]),
        (["hosts", "dns", "lan"], {"addresses": ["192.168.1.7"] + [f"192.168.1.{n}" for n in range(100, 163)]}),
        (["hosts", "dns", "services", "dns"], "dns.yaml"),
        (["hosts", "dns", "services"], {"root": {"protocol": "dns", "config": "dns.yaml"}}),
        (["hosts", "pc1", "services"], None),
        (["hosts", "pc1", "router"], False),
        *((["publish", 0, "from"], f"127.0.0.1:{port}") for port in [1, 80, 5300, 65535]),
        *((["publish"], nothing) for nothing in [None, []]),
    ]
    wrong = [
        *((["name"], name) for name in ["", "-a", "a-", "a_b", "a b", "ñ", "x" * 16, ["a"]]),
        *((["networks", "other", "subnet"], subnet)
          for subnet in ["10.0.0.0/7", "10.0.0.0/31", "10.0.0.0", "10.0.0/24", "256.0.0.0/8", "10.0.0.0/8/8", "", 10]),
        *((["networks", name, "subnet"], "10.0.0.0/8") for name in ["services", "lo", "a_b", "x" * 16]),
        *((["hosts", "pc1", "lan", "mac"], mac)
          for mac in ["01:0c:29:8d:07:ce", "00:00:00:00:00:00", "00:0c:29:8d:07", "00:0c:29:8d:07:ce:00",
                      "0:c:29:8d:07:ce", "00-0c-29-8d-07-ce", "00:0c:29:8d:07:cg", 12]),
        *((["hosts", "pc1", "lan", "address"], address)
          for address in ["192.168.1.256", "192.168.1", "192.168.1.06", "192.168.1.6/24", "192.168.1.6.", "", 1]),
        *((["hosts", "pc1", "lan", "ttl"], ttl) for ttl in ["many", 1.5, [64]]),
        *((["hosts", "pc1", "resolver"], resolver)
          for resolver in ["192.168.1.7", {}, {"cache": True}, {"server": "dns"}]),
        (["hosts", "pc1", "lan"], {}),
        (["hosts", "pc1", "lan"], {"address": "192.168.1.6", "addresses": ["192.168.1.60"]}),
        (["hosts", "pc1", "lan"], {"addresses": []}),
        (["hosts", "pc1", "lan"], {"addresses": [f"192.168.1.{n}" for n in range(100, 165)]}),
        (["hosts", "pc1", "lan"], "192.168.1.6"),
        (["hosts", "pc1"], {"router": True}),
        (["hosts", "gw"], {"lan": {"address": "192.168.1.1"}, "router": True, "gateway": "192.168.1.7"}),
        (["hosts", "pc1", "router"], "yes"),
        (["hosts", "-"], {"lan": {"address": "192.168.1.1"}}),
        (["hosts"], {}),
        (["networks"], {}),
        (["hosts", "dns", "services", "gopher"], "dns.yaml"),
        (["hosts", "dns", "services", "root"], {"config": "dns.yaml"}),
        (["hosts", "dns", "services", "resolver"], {"protocol": "dns", "config": "dns.yaml"}),
        (["hosts", "dns", "services", "dns"], ""),
        (["hosts", "dns", "services", "dns"], {"protocol": "dns"}),
        *((["publish", 0, "from"], place)
          for place in ["127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1", "localhost:80", ":80", "127.0.0.1:"]),
        *((["publish", 0, "to"], place) for place in ["dns", "dns:0", "dns:65536", ":53", "-:53"]),
        (["publish"], {"from": "127.0.0.1:5300", "to": "dns:53"}),
    ]

    def known_keys(self, name, complaint):
        if name != "host":
            return super().known_keys(name, complaint)
        return words_after("there are", complaint) - set(self.document["networks"])

    def with_key(self, path, key, value):
        document = super().with_key(path, key, value)
        if key != "protocol":
            return document
        # Each service reads a file of its own, and what is published is the DNS service.
        file = f"{value}.yaml" if os.path.exists(os.path.join(CONFIG, f"{value}.yaml")) else "dns.yaml"
        return changed(changed(document, [*path, "config"], file), ["publish"], [])

    def test_a_service_is_called_as_its_protocol(self):
        """So that `dns: dns.yaml` is enough."""
        services = self.section_of("host")["properties"]["services"]["properties"]
        self.assertEqual(set(services), set(self.section_of("service")["properties"]["protocol"]["enum"]))

    def test_as_many_as_there_may_be(self):
        alone = changed(self.document, ["publish"], [])
        lan = self.document["networks"]
        for count, is_right in [(200, True), (201, False)]:
            self.expect(changed(alone, ["hosts"], hosts(count)), is_right, f"{count} hosts")
        for count, is_right in [(16, True), (17, False)]:
            self.expect(changed(alone, ["networks"], lan | networks(count - 1)), is_right, f"{count} networks")


def steps(count):
    return [{"id": f"s{n}", "on": "pc1", "do": "cache.show"} for n in range(count)]


def captures(count):
    return [{"file": f"{n}.pcap", "host": "pc1", "steps": ["ping"]} for n in range(count)]


class ScenarioSchema(SchemaCase, unittest.TestCase):
    schema_name = "scenario.schema.json"
    file_name = "scenario.yaml"
    shipped = "**/scenarios/*.yaml"
    document = {
        "activity": "1",
        "title": {"en": "One of each"},
        "steps": [
            {"id": "ping", "on": "pc1", "do": "ping", "host": "192.168.1.7", "expect": {"exit_code": 0}},
            {"id": "dns", "on": "pc1", "do": "dns", "name": "web.labredes71.com"},
            {"id": "nslookup", "on": "pc1", "do": "nslookup", "name": "192.168.1.7"},
            {"id": "cache_show", "on": "pc1", "do": "cache.show"},
            {"id": "cache_flush", "on": "pc1", "do": "cache.flush"},
            {"id": "neighbours_flush", "on": "pc1", "do": "neighbours.flush"},
            {"id": "run", "on": "pc1", "run": "ip neighbour", "background": True},
            {"id": "ftp_get", "on": "pc1", "do": "ftp.get", "url": "ftp://ftp.labredes71.com/1.png", "to": "1.png"},
            {"id": "ftp_put", "on": "pc1", "do": "ftp.put", "url": "ftp://ftp.labredes71.com/2.png", "file": "1.png"},
            {"id": "http_get", "on": "pc1", "do": "http.get", "url": "http://web.labredes71.com/", "to": "index.html"},
            {"id": "http_head", "on": "pc1", "do": "http.head", "url": "http://web.labredes71.com/"},
            {"id": "http_post", "on": "pc1", "do": "http.post", "url": "http://web.labredes71.com/", "to": "answer"},
            {"id": "http_browse", "on": "pc1", "do": "http.browse", "url": "http://web.labredes71.com/"},
            {"id": "file_make", "on": "pc1", "do": "file.make", "file": "2.png", "bytes": 100},
            {"id": "sip_register", "on": "pc1", "do": "sip.register", "user": "101:x", "server": "voip.lab", "background": True},
            {"id": "sip_unregister", "on": "pc1", "do": "sip.unregister", "user": "101:x", "server": "voip.lab"},
            {"id": "sip_call", "on": "pc1", "do": "sip.call", "number": "102", "user": "101:x", "server": "voip.lab", "background": True},
            {"id": "sip_answer", "on": "pc1", "do": "sip.answer", "user": "101:x", "server": "voip.lab", "background": True},
            {"id": "sip_message", "on": "pc1", "do": "sip.message", "number": "102", "text": "hi", "user": "101:x", "server": "voip.lab"},
            {"id": "wait", "on": "pc1", "do": "wait", "step": "run"},
            {"id": "end", "on": "pc1", "do": "end", "step": "sip_register"},
            {"id": "wait-2", "on": "pc1", "do": "wait", "step": "sip_call"},
            {"id": "wait-3", "on": "pc1", "do": "wait", "step": "sip_answer"},
            {"id": "rtmp_publish", "on": "pc1", "do": "rtmp.publish", "url": "rtmp://rtmp.lab/live/1", "file": "a.flv", "background": True},
            {"id": "rtmp_play", "on": "pc1", "do": "rtmp.play", "url": "rtmp://rtmp.lab/live/1", "background": True},
            {"id": "wait-4", "on": "pc1", "do": "wait", "step": "rtmp_publish"},
            {"id": "wait-5", "on": "pc1", "do": "wait", "step": "rtmp_play"},
        ],
        "captures": [
            {"file": "a.pcap", "host": "pc1", "steps": ["ping"], "expect": {"dns": [{"name": "web.labredes71.com"}], "ftp": {},
                                                                               "http": [{"request": "GET /"}],
                                                                               "tls": [{"server_name": "a.example"}], "credentials": [{"how": "form"}],
                                                                               "sip": [{"between": ["10.0.0.1", "10.0.0.2"], "messages": ["INVITE"]}],
                                                                               "rtp": [{"from": "10.0.0.1", "to": "10.0.0.2", "payload_type": 8}],
                                                                               "rtmp": [{"client": "10.0.0.1", "server": "10.0.0.2", "messages": ["connect"]}]}},
        ],
    }
    places = {
        "": [],
        "title": ["title"],
        **{"step_" + step["id"]: ["steps", number] for number, step in enumerate(document["steps"])
           if not step["id"].startswith("wait-")},
        "step_expect": ["steps", 0, "expect"],
        "capture": ["captures", 0],
        "capture_expect": ["captures", 0, "expect"],
        "dns_expect": ["captures", 0, "expect", "dns", 0],
        "ftp_expect": ["captures", 0, "expect", "ftp"],
        "http_expect": ["captures", 0, "expect", "http", 0],
        "tls_expect": ["captures", 0, "expect", "tls", 0],
        "credential_expect": ["captures", 0, "expect", "credentials", 0],
        "sip_expect": ["captures", 0, "expect", "sip", 0],
        "rtp_expect": ["captures", 0, "expect", "rtp", 0],
        "rtmp_expect": ["captures", 0, "expect", "rtmp", 0],
    }
    right = [
        *((["activity"], activity) for activity in ["8.1", 8.1, 8, "ping", "a-b_c", "1.2.3", "x" * 40]),
        *((["steps", 3, "id"], identifier) for identifier in ["a", "_", "7", "a-b_c", "x" * 40]),
        *((["steps", 0, "host"], host) for host in ["pc1", "192.168.1.7", "ñ.example", "x" * 253]),
        *((["steps", 0, "interval"], time) for time in ["10ms", "0.5", "1.5 s", "1min", 1]),
        (["steps", 0, "expect", "contains"], ["Lost = 0", 4, True]),
        *((["captures", 0, "file"], file) for file in ["a.pcap", "ñ b.pcap", "x" * 195 + ".pcap"]),
        *((["captures", 0, "expect"], expect) for expect in [None, {}, {"dns": []}, {"arps": None}]),
        *((["captures", 0, "expect", "dns", 0, "flags"], flags) for flags in [[], ["aa", "tc", "rd", "ra"]]),
        *((["captures"], value) for value in [None, [], captures(50)]),
        *((["captures", 0, "expect", "ftp", "replies"], codes) for codes in [[], [100, 599]]),
        (["captures", 0, "expect", "ftp", "transfers"], [{"command": "RETR 1.png", "bytes": 0}]),
        (["steps", 7, "to"], "Adivinar el país.pptx"),
        *((["captures", 0, "expect", "http", 0, "status"], status) for status in [0, 100, 599]),
        *((["steps", 13, "bytes"], size) for size in [0, "38 MB", "1 GB"]),
        *((["steps", 9, "user"], user) for user in ["a:b", "a:", "a:b:c", "ñ:é", "a b:c", "a:" + "x" * 253]),
        *((["steps", step, "tls_max"], version) for step in [9, 10, 11, 12] for version in ["1.2", "1.3", 1.2, 1.3]),
        *((["steps", 11, "form"], form)
          for form in [None, {}, {"user": "ann", "pin-2": 1234, "a.b_C": True}, {"comment": "¡Qué bien! 1 + 1 = 2 & más"}]),
        (["steps", 11, "form", "x" * 100], "-"),
        *((["captures", 0, "expect", "tls", 0, "version"], version) for version in ["1.2", "1.3", 1.3]),
        *((["captures", 0, "expect", "sip", 0, "messages"], messages)
          for messages in [[], [100, 699], ["REGISTER", "401", "200 OPTIONS"]]),
        *((["steps", step, "play"], sound)
          for step in [16, 17] for sound in ["speech", "speech:0", "silence", "tone:50", "tone:440", "tone:3800"]),
        *((["steps", step, "server"], server)
          for step in [14, 15, 16, 17, 18] for server in ["tls:voip.lab", "172.20.10.12:5060", "udp:[::1]"]),
        (["steps", 18, "text"], "x" * 1000),
        *((["steps", 16, key], time) for key in ["duration", "ring_timeout"] for time in [1, "1h"]),
        *((["steps", step, "url"], url) for step in [23, 24] for url in ["rtmps://a/b/c", "rtmpt://a/b/c", "rtmpts://a/b/c", "rtmp://" + "x" * 1993]),
        *((["captures", 0, "expect", "rtmp", 0, "messages"], messages)
          for messages in [[], ["_result", "onStatus NetStream.Play.Start", "x" * 100]]),
    ]
    wrong = [
        *((["activity"], activity) for activity in ["", "8 1", "-1", "8/1", "x" * 41, ["8.1"]]),
        *((["title"], title) for title in ["Ping", {}, {"es": "Ping"}, None]),
        *((["steps", 3, "id"], identifier) for identifier in ["", "-a", "a b", "a.b", "ñ", "x" * 41]),
        *((["steps", 3, "on"], host) for host in ["", "a b", "192.168.1.7"]),
        (["steps", 3, "do"], "gopher"),
        (["steps", 3, "run"], "true"),
        *((["steps", 0, "host"], host) for host in ["", "-f", "@dns", "a b", 'a"b', "a'b", "x" * 254]),
        *((["steps", 0, "count"], count) for count in ["many", 1.5, []]),
        *((["steps", 0, "interval"], time) for time in ["1y", "s", "-1s", "1.s", ".5s", "1e3"]),
        *((["steps", 0, "expect", key], "0") for key in ["contains", "lacks"]),
        (["steps"], []),
        (["steps"], {"id": "ping", "on": "pc1", "do": "ping", "host": "pc1"}),
        *((["captures", 0, "file"], file)
          for file in ["a.pcapng", ".pcap", ".a.pcap", "../a.pcap", "a/b.pcap", "", "x" * 196 + ".pcap"]),
        *((["captures", 0, "steps"], value) for value in [[], ["a b"], "ping"]),
        (["captures", 0, "expect", "arps"], ["pc1"]),
        (["captures", 0, "expect", "dns"], [{}]),
        (["captures", 0, "expect", "dns", 0, "flags"], ["qr"]),
        *((["captures", 0, "expect", "ftp", "replies"], codes) for codes in [[99], [600], 220]),
        (["captures", 0, "expect", "ftp", "transfers"], [{"bytes": 1}]),
        *((["steps", 7, "url"], url) for url in ["http://a/b", "ftp://", "ftp://a\nb", "ftp://" + "x" * 1994]),
        *((["captures", 0, "expect", "http", 0, "status"], status) for status in [99, 600, "ok"]),
        *((["steps", 9, "url"], url) for url in ["ftp://a/b", "http://", "https://a\nb", "http://" + "x" * 1994]),
        *((["steps", 7, "to"], name) for name in ["", ".a", "-a", "a/b", "x" * 201]),
        *((["steps", 13, "bytes"], size) for size in ["many", -1, "2 GB"]),
        *((["steps", 9, "user"], user) for user in ["", "a", ":b", "-a:b", "a\tb:c", "a:b\x7f", "a:" + "x" * 254]),
        *((["steps", step, "tls_max"], version)
          for step in [9, 10, 11, 12] for version in ["1.1", "TLS 1.2", 1.25, 2, ""]),
        *((["steps", step, "resolver"], server) for step in [9, 10, 11, 12] for server in ["gw", "192.168.1", ""]),
        *((["steps", step, "cookies"], name) for step in [9, 10, 11, 12] for name in ["", "a/b", "-a", ".a"]),
        *((["steps", 11, "form", name], "x") for name in ["", "-a", "a b", "a=b", "ñ", "x" * 101]),
        (["steps", 11, "form", "comment"], "two\nlines"),
        (["captures", 0, "expect", "tls"], [{"version": "1.3"}]),
        (["captures", 0, "expect", "credentials"], [{"user": "ann"}]),
        *((["captures", 0, "expect", "tls", 0, "version"], version) for version in ["1.1", "TLS 1.3"]),
        *((["steps", step, "to"], "x") for step in [10, 12]),
        *((["captures", 0, "expect", "sip", 0, "between"], hosts)
          for hosts in [[], ["10.0.0.1"], ["10.0.0.1", "10.0.0.2", "10.0.0.3"], ["a", "b"]]),
        *((["captures", 0, "expect", "sip", 0, "messages"], [message])
          for message in [99, 700, "invite", "GET", "200 GET", "OPTIONS 200", "200  OPTIONS", ""]),
        *((["steps", step, "play"], sound)
          for step in [16, 17] for sound in ["", "music", "speech:", "speech:x", "tone:49", "tone:3801", "a.wav"]),
        *((["steps", 16, "hears"], sound) for sound in ["speech", "silence", "tone:440", "a.wav"]),
        *((["steps", step, "user"], user) for step in [14, 15, 16, 17, 18] for user in ["", "101", ":x", "-1:x"]),
        *((["steps", step, "server"], server) for step in [14, 15, 16, 17, 18] for server in ["", "-x", "a b"]),
        *((["steps", 17, "reject"], status) for status in [299, 700]),
        *((["steps", step, "url"], url)
          for step in [23, 24] for url in ["http://a/b", "rtmp://", "rtmpe://a/b/c", "rtmpst://a/b/c", "rtmp://" + "x" * 1994]),
        *((["captures", 0, "expect", "rtmp", 0, "messages"], [message]) for message in ["", "ñ", "x" * 101]),
        *((["steps", 18, "text"], text) for text in ["", "-x", "two\nlines", "x" * 1001]),
        (["captures"], captures(51)),
    ]

    def test_has_the_kinds_of_steps_of_the_program(self):
        kinds = {what["const"] for _, _, key, what in self.properties() if key == "do"}
        complaint = self.lint.complaint(changed(self.document, ["steps", 3, "do"], "gopher"), self.file_name)
        self.assertEqual(words_after("one of", complaint), kinds)

    def test_as_many_as_there_may_be(self):
        alone = without(self.document, ["captures"])
        self.expect(changed(alone, ["steps"], steps(200)), True, "200 steps")
        self.expect(changed(alone, ["steps"], steps(201)), False, "201 steps")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
