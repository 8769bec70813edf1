# What the group "sip" measures with: its loads, its null relay, what it reads from SIPp, the protocols it speaks itself.
import contextlib
import socket
import tempfile
import threading
import unittest

from measure import BenchError
from sip_calls import Phone, connect_by_rtpengine, description, digest, from_bencode, media_address, to_bencode
from sip_media import Load, NullRelay, Packets
from sip_peers import Users
from sip_servers import Done, Figures, Tools, read_statistics

STATISTICS = """StartTime;LastResetTime;CurrentTime;ElapsedTime(P);ElapsedTime(C);SuccessfulCall(P);SuccessfulCall(C);FailedCall(C);Retransmissions(C);
2026-11-28\t02:00:00.250000\t1000.250000;-;2026-11-28\t02:00:01.250000\t1001.250000;00:00:01;00:00:01;5;5;0;0;
2026-11-28\t02:00:00.250000\t1000.250000;-;2026-11-28\t02:01:01.750000\t1061.750000;00:00:01;00:01:01;2;7;1;3;
"""


def at_loopback(ends):
    return [(("127.0.0.1", callee), ("127.0.0.1", caller)) for caller, callee in ends]


class SipServersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="labnet-bench-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.tools = Tools(cls.folder.name)

    def start_load(self, calls):
        load = Load(self.tools, calls)
        self.addCleanup(load.stop)
        return load

    def test_what_the_ends_send_to_each_other_is_counted_once_each(self):
        load = self.start_load(3)
        load.aim(at_loopback(load.ends))
        for _ in range(2):
            got = load.run(0.4)
            self.assertEqual((got.sent, got.received, got.wrong), (6 * 20, 6 * 20, 0))
            self.assertGreater(got.average_us, 0)
            self.assertGreaterEqual(got.p99_us, got.average_us // 2)

    def test_null_relay_passes_every_packet_on_to_the_other_end(self):
        load = self.start_load(4)
        relay = NullRelay(self.tools, load.ends, tempfile.mkdtemp(dir=self.folder.name))
        self.addCleanup(relay.stop)
        load.aim(relay.places)
        got = load.run(0.2)
        self.assertEqual((got.sent, got.received, got.wrong), (8 * 10, 8 * 10, 0))

    def test_packets_of_another_call_are_wrong(self):
        load = self.start_load(2)
        first, second = at_loopback(load.ends)
        load.aim([(second[0], first[1]), (first[0], second[1])])
        got = load.run(0.2)
        self.assertEqual(got.sent, 4 * 10)
        # The system itself refuses what comes from elsewhere, and who is refused knows it.
        self.assertEqual(got.received, 0)

    def test_packets_that_were_changed_are_wrong(self):
        load = self.start_load(1)
        (caller, callee), = load.ends
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as relay:
            relay.bind(("127.0.0.1", 0))
            relay.settimeout(0.3)
            place = relay.getsockname()
            load.aim([(place, place)])

            def spoil():
                with contextlib.suppress(TimeoutError):
                    while True:
                        packet, source = relay.recvfrom(2048)
                        changed = packet[:-1] if source[1] == caller else packet
                        relay.sendto(changed, ("127.0.0.1", callee if source[1] == caller else caller))

            thread = threading.Thread(target=spoil)
            thread.start()
            got = load.run(0.1)
            thread.join()
        self.assertEqual((got.sent, got.received, got.wrong), (10, 5, 5))

    def test_packets_that_do_not_come_are_missing(self):
        load = self.start_load(1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            load.aim([(silent.getsockname(), silent.getsockname())])
            got = load.run(0.1)
        self.assertEqual((got.sent, got.received, got.wrong), (10, 0, 0))

    def test_packets_that_come_in_the_next_run_are_missing_in_their_own(self):
        load = self.start_load(1)
        (caller, callee), = load.ends
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as relay:
            relay.bind(("127.0.0.1", 0))
            relay.settimeout(5)
            load.aim([(relay.getsockname(), relay.getsockname())])

            def hold_the_first_ones():
                held = [relay.recvfrom(2048) for _ in range(11)]  # ten of the first run, and one of the second
                for packet, source in held + [relay.recvfrom(2048) for _ in range(9)]:
                    relay.sendto(packet, ("127.0.0.1", callee if source[1] == caller else caller))

            thread = threading.Thread(target=hold_the_first_ones)
            thread.start()
            first, second = load.run(0.1), load.run(0.1)
            thread.join()
        self.assertEqual((first.sent, first.received, first.wrong), (10, 0, 0))
        self.assertEqual((second.sent, second.received, second.wrong), (10, 10, 0))

    def test_last_line_of_the_statistics_counts(self):
        self.assertEqual(read_statistics(STATISTICS), Done(7, 1, 3, 61.5))
        with self.assertRaises(BenchError):
            read_statistics(STATISTICS.splitlines()[0])

    def test_users_are_other_ones_each_time(self):
        one, other = Users(100), Users(100)
        self.assertEqual(len(set(one.names)), 100)
        self.assertLess(len(set(one.names) & set(other.names)), 5)
        self.assertNotEqual(one.password, other.password)

    def test_credentials_are_those_of_the_rfc(self):
        # RFC 2617, section 3.5, without its qop: RFC 2069's way.
        challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", algorithm=MD5'
        found = digest(challenge, "Mufasa", "Circle Of Life", "GET", "/dir/index.html")
        self.assertIn('response="670fd8c2df070c60b045671b8b24ff02"', found)
        self.assertIn("nc=00000001", digest(challenge + ', qop="auth"', "Mufasa", "Circle Of Life", "GET", "/"))

    def test_media_address_is_read_from_a_description(self):
        self.assertEqual(media_address(description(4000)), ("127.0.0.1", 4000))
        with self.assertRaises(BenchError):
            media_address("v=0\r\n")

    def test_a_dictionary_goes_to_rtpengine_and_back(self):
        asked = {"command": "offer", "replace": ["origin"], "sdp": "v=0\r\na:b", "port": 4000, "more": {"a": 1}}
        self.assertEqual(from_bencode(to_bencode(asked)), (asked, len(to_bencode(asked))))
        self.assertEqual(to_bencode({"b": 1, "a": ["x"]}), "d1:al1:xe1:bi1ee")

    def test_rtpengine_that_refuses_is_a_fault(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as refusing:
            refusing.bind(("127.0.0.1", 0))

            def refuse():
                for _ in range(2):
                    question, source = refusing.recvfrom(2048)
                    answer = to_bencode({"result": "error", "error-reason": "no"})
                    refusing.sendto(question.split(b" ")[0] + f" {answer}".encode(), source)

            thread = threading.Thread(target=refuse)
            thread.start()
            with self.assertRaises(BenchError):
                connect_by_rtpengine(refusing.getsockname()[1], [(4000, 4002)])
            thread.join()

    def test_a_phone_answers_options_while_it_waits(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            server.settimeout(5)
            phone = Phone("u1", "secret", server.getsockname()[1])
            self.addCleanup(phone.close)
            place = phone.socket.getsockname()
            server.sendto(b"OPTIONS sip:u1 SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a>;tag=1\r\n"
                          b"To: <sip:u1>\r\nCall-ID: o\r\nCSeq: 7 OPTIONS\r\n\r\n", place)
            server.sendto(b"SIP/2.0 100 Trying\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\r\n", place)
            server.sendto(b"SIP/2.0 486 Busy\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\r\n", place)
            self.assertEqual(phone.final_response("c", 1, "INVITE")[0], 486)
            answer = server.recv(2048).decode()
        self.assertTrue(answer.startswith("SIP/2.0 200 "))
        self.assertIn("CSeq: 7 OPTIONS\r\n", answer)

    def test_ratios_are_of_one_round_and_failures_of_all(self):
        figures = Figures()
        for pace in (1, 10):
            calls = {"kamailio": Done(1000 * pace, 0, 0, 1, 0.2), "kamailio again": Done(900 * pace, 0, 0, 1, 0.2),
                     "labnet": Done(400 * pace, 0, pace - 1, 1, 0.3)}
            figures.add_round({"calls": calls})
        rows = {row.name: row for row in figures.all()}
        self.assertEqual(rows["calls: labnet to kamailio"].values, [0.4, 0.4])
        self.assertEqual(rows["calls: labnet to kamailio"].verdict, "missed")
        self.assertEqual(rows["calls: null line, kamailio to itself"].values, [0.9, 0.9])
        self.assertEqual(rows["calls: failed or sent again in all rounds: labnet"].values, [9])
        self.assertEqual(rows["calls: failed or sent again in all rounds: labnet"].verdict, "missed")
        self.assertEqual(rows["calls: failed or sent again in all rounds: kamailio"].values, [0])
        self.assertIsNone(rows["calls: failed or sent again in all rounds: kamailio"].verdict)

    def test_one_packet_that_is_lost_in_any_round_is_too_many(self):
        figures = Figures()
        for lost in (0, 0, 1):
            found = {"direct": Packets(100, 100, 0, 10, 20), "null": Packets(100, 100, 0, 20, 30, 5),
                     "labnet": Packets(100, 100 - lost, 0, 30, 40, 6), "rtpengine": Packets(100, 100, 0, 50, 60, 12),
                     "rtpengine again": Packets(100, 100, 0, 50, 60, 12)}
            figures.add_media(found)
        rows = {row.name.removeprefix("media of 500 calls, "): row for row in figures.all()}
        self.assertEqual(rows["lost in all rounds: labnet"].values, [1])
        self.assertEqual(rows["lost in all rounds: labnet"].verdict, "missed")
        self.assertEqual(rows["CPU of a packet: labnet over null"].values, [1, 1, 1])
        self.assertEqual(rows["CPU: labnet to rtpengine"].values, [0.5, 0.5, 0.5])
        self.assertEqual(rows["CPU: labnet to rtpengine"].verdict, "met")
        self.assertEqual(rows["latency: rtpengine to labnet"].values, [2, 2, 2])


if __name__ == "__main__":
    unittest.main()
