# A phone at a link-local address (fe80::/10) of an interface of its own namespace: registers as 101 at a service that it
# starts, and calls the open extension. Prints what it receives.
# usage: link_local_client.py LABNET
import hashlib
import re
import socket
import subprocess
import sys

SERVER, PHONE, INTERFACE = "fe80::70", "fe80::71", "lo"
PATIENCE_S = 10
PASSWORD = "secret"


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def request(method, uri, to, cseq, more="", body=""):
    return (f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP [{PHONE}]:5070;branch=z9hG4bK{method}{cseq};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:101@labnet>;tag=l\r\nTo: {to}\r\nCall-ID: {method}\r\n"
            f"CSeq: {cseq} {method}\r\nContact: <sip:101@[{PHONE}]:5070>\r\n{more}"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def authorization(challenge):
    nonce = re.search('nonce="([^"]+)"', challenge)[1]
    secret = md5(f"101:labnet:{PASSWORD}")
    response = md5(f"{secret}:{nonce}:00000001:c:auth:{md5('REGISTER:sip:labnet')}")
    return (f'Authorization: Digest username="101", realm="labnet", nonce="{nonce}", uri="sip:labnet", cnonce="c", '
            f'nc=00000001, qop=auth, algorithm=MD5, response="{response}"\r\n')


def talk(server_port):
    scope = socket.if_nametoindex(INTERFACE)
    phone = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    phone.settimeout(PATIENCE_S)
    phone.bind((PHONE, 5070, 0, scope))

    def send(message):
        phone.sendto(message, (SERVER, server_port, 0, scope))

    def receive():
        message = phone.recv(65536).decode()
        print(message)
        return message

    to = "<sip:101@labnet>"
    send(request("REGISTER", "sip:labnet", to, 1))
    send(request("REGISTER", "sip:labnet", to, 2, authorization(receive())))
    while not receive().startswith("SIP/2.0 200"):
        pass
    sdp = (f"v=0\r\no=- 1 1 IN IP6 {PHONE}\r\ns=-\r\nc=IN IP6 {PHONE}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n")
    send(request("INVITE", "sip:600@labnet", "<sip:600@labnet>", 1, "Content-Type: application/sdp\r\n", sdp))
    while not re.match("SIP/2.0 [2-6]", receive()):
        pass


def main():
    subprocess.run(["ip", "link", "set", INTERFACE, "up"], check=True)
    for address in (SERVER, PHONE):
        subprocess.run(["ip", "address", "add", f"{address}/64", "dev", INTERFACE, "nodad"], check=True)
    command = [sys.argv[1], "serve", "sip", "--user", f"101:{PASSWORD}", "--listen", "udp://[::]:0", "--workers", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:
        try:
            talk(int(service.stdout.readline().rsplit(":", 1)[1]))
        finally:
            service.kill()


main()
