# Each check of shipped_files.py finds what it is there for: shipped_files_test.py LABNET.
import os
import sys
import tempfile
import unittest

import shipped_files

LABNET = os.path.abspath(sys.argv[1])


class ShippedFiles(unittest.TestCase):
    def complaints(self, check, text):
        """What a check says about a folder with this text as dns.yaml."""
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "dns.yaml")
            os.mkdir(os.path.join(folder, "labredes71"))
            with open(file, "w", encoding="utf-8") as made_up:
                made_up.write(text)
            complaints = list(shipped_files.CHECKS[check](folder, LABNET))
            return [complaint.replace(file, "dns.yaml") for complaint in complaints]

    def test_a_key_that_nobody_knows(self):
        self.assertEqual(self.complaints("lint", "query_log: true\n"), [])
        [complaint] = self.complaints("lint", "query_log: true\nquery_lag: true\n")
        self.assertIn('dns.yaml:2:1: unknown key "query_lag"', complaint)

    def test_keys_that_are_missing(self):
        text = ("listen: []\nzones: {}\n"
                "recursion: { allow: [], forward: { .: [127.0.0.1] }, edns: true, timeout: 1s }\n"
                "limits: { udp_bytes_max: 512, connections_max: 1, connections_per_address_max: 1, idle_timeout: 1s }\n"
                "query_log: false\n")
        self.assertEqual(self.complaints("keys", text), [
            "dns.yaml: key admin is missing",
            "dns.yaml: key cache is missing",
            "dns.yaml: key identity is missing",
            "dns.yaml: key transfer is missing",
            "dns.yaml: key recursion.questions_max is missing",
            "dns.yaml: key recursion.questions_per_address_max is missing",
            "dns.yaml: key recursion.questions_per_zone_max is missing",
            "dns.yaml: key recursion.random_case is missing",
            "dns.yaml: key recursion.root is missing",
            "dns.yaml: key recursion.tries is missing",
        ])

    def test_keys_without_a_comment(self):
        text = ("bare: 1\n# explained\nsection:\n  bare: 1\n  # explained\n  first: 1\n  second: 2\n"
                "bare_section:\n\n  # explained\n  first: 1\nsection_of_explained:\n  # explained\n  first: 1\n\n"
                "beside: 1  # explained\n")
        self.assertEqual([complaint.split(":")[1] for complaint in self.complaints("comments", text)], ["1", "4", "8"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
