# Asks with dnspython, and prints what it understood of the reply, a line for each piece:
#     dnspython_client.py PORT udp|tcp|fallback NAME TYPE
#     dnspython_client.py PORT axfr ZONE
import sys

import dns.edns
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.zone

SERVER = "127.0.0.1"
PATIENCE = 9  # seconds


def print_reply(reply, note=""):
    print(dns.rcode.to_text(reply.rcode()), dns.flags.to_text(reply.flags), note)
    for section in (reply.answer, reply.authority):
        for rrset in section:
            print(rrset.to_text())


def ask(port, transport, name, rdtype):
    query = dns.message.make_query(name, rdtype, use_edns=0, options=[dns.edns.GenericOption(65001, b"unknown")])
    where = {"port": port, "timeout": PATIENCE}
    if transport == "fallback":
        reply, used_tcp = dns.query.udp_with_fallback(query, SERVER, **where)
        return print_reply(reply, "over TCP" if used_tcp else "over UDP")
    # Both check id, question and that nothing follows the message.
    print_reply(dns.query.udp(query, SERVER, **where) if transport == "udp" else dns.query.tcp(query, SERVER, **where))


def transfer(port, zone):
    messages = dns.query.xfr(SERVER, zone, port=port, timeout=PATIENCE, relativize=False)
    # It is a fault if the zone lacks a SOA or NS record at its top.
    print(dns.zone.from_xfr(messages, relativize=False).to_text(relativize=False), end="")


def main():
    port, what, *words = sys.argv[1:]
    if what == "axfr":
        transfer(int(port), *words)
    else:
        ask(int(port), what, *words)


if __name__ == "__main__":
    main()
