# Calls whose media go through a relay: made by SIP through an exchange, or asked of rtpengine by its own protocol.
#
# An end of a call is a UDP port at 127.0.0.1; what is found is where each end has to send to.
import hashlib
import os
import re
import socket

from measure import BenchError

PATIENCE_S = 5
PASSED_OVER_MAX = 20  # messages that are not what is waited for: provisional responses, and what is sent again


def description(port):
    return ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n")


def media_address(text):
    """(address, port) of the audio in a description."""
    address = re.search(r"^c=IN IP4 (\S+)", text, re.MULTILINE)
    port = re.search(r"^m=audio (\d+)", text, re.MULTILINE)
    if not address or not port:
        raise BenchError(f"no media are described: {text[-300:]!r}")
    return address[1], int(port[1])


def values(message, name):
    return re.findall(rf"^{name}[ \t]*:[ \t]*(.*?)\r?$", message, re.MULTILINE | re.IGNORECASE)


def value(message, name):
    found = values(message, name)
    if not found:
        raise BenchError(f"there is no {name}: {message[:300]!r}")
    return found[0]


def digest(challenge, user, password, method, uri):
    """The credentials that answer a challenge (RFC 2617), without a count if there is no qop."""
    def md5(text):
        return hashlib.md5(text.encode()).hexdigest()

    asked = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
    secret, about = md5(f"{user}:{asked['realm']}:{password}"), md5(f"{method}:{uri}")
    fields = {"username": f'"{user}"', "realm": f'"{asked["realm"]}"', "nonce": f'"{asked["nonce"]}"', "uri": f'"{uri}"',
              "algorithm": "MD5"}
    if "qop" in asked:
        once = os.urandom(4).hex()
        response = md5(f"{secret}:{asked['nonce']}:00000001:{once}:auth:{about}")
        fields |= {"qop": "auth", "nc": "00000001", "cnonce": f'"{once}"'}
    else:
        response = md5(f"{secret}:{asked['nonce']}:{about}")
    fields["response"] = f'"{response}"'
    return "Digest " + ", ".join(f"{name}={text}" for name, text in fields.items())


class Phone:
    """A user agent that does one thing after the other. Between them it answers nobody."""
    def __init__(self, user, password, server_port):
        self.user, self.password = user, password
        self.uri = f"sip:127.0.0.1:{server_port}"
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.connect(("127.0.0.1", server_port))
        self.socket.settimeout(PATIENCE_S)
        self.place = "{}:{}".format(*self.socket.getsockname())
        self.requests = 0
        self.id = os.urandom(8).hex()

    def close(self):
        self.socket.close()

    def send(self, first_line, headers, body=""):
        lines = [first_line, *headers, f"Content-Length: {len(body)}", "", body]
        self.socket.send("\r\n".join(lines).encode())

    def request(self, method, uri, call_id, cseq, to, *more, body=""):
        self.requests += 1
        self.send(f"{method} {uri} SIP/2.0",
                  [f"Via: SIP/2.0/UDP {self.place};branch=z9hG4bK{self.id}{self.requests}", "Max-Forwards: 70",
                   f"From: <sip:{self.user}@127.0.0.1>;tag={self.user}", f"To: {to}", f"Call-ID: {call_id}",
                   f"CSeq: {cseq} {method}", f"Contact: <sip:{self.user}@{self.place}>", *more], body)

    def respond(self, request, status, *more, tag="", body=""):
        copied = [f"{name}: {text}" for name in ("Via", "Record-Route", "From", "Call-ID", "CSeq")
                  for text in values(request, name)]
        to = value(request, "To")
        self.send(f"SIP/2.0 {status} -", [*copied, f"To: {to}" + (f";tag={tag}" if tag else ""), *more], body)

    def wait_for(self, is_wanted, what):
        for _ in range(PASSED_OVER_MAX):
            try:
                message = self.socket.recv(65535).decode()
            except TimeoutError:
                break
            if is_wanted(message):
                return message
            if message.startswith("OPTIONS "):
                self.respond(message, 200, tag=self.user)
        raise BenchError(f"{what} has not come to {self.user}")

    def final_response(self, call_id, cseq, method):
        def is_it(message):
            return (message.startswith("SIP/2.0 ") and message[8] != "1" and values(message, "Call-ID") == [call_id] and
                    values(message, "CSeq") == [f"{cseq} {method}"])

        message = self.wait_for(is_it, f"the response to {method}")
        return int(message[8:11]), message

    def wait_for_request(self, method):
        return self.wait_for(lambda message: message.startswith(f"{method} "), method)

    def register(self):
        call_id, to = f"r{self.id}", f"<sip:{self.user}@127.0.0.1>"
        self.request("REGISTER", self.uri, call_id, 1, to)
        status, message = self.final_response(call_id, 1, "REGISTER")
        if status == 401:
            credentials = digest(value(message, "WWW-Authenticate"), self.user, self.password, "REGISTER", self.uri)
            self.request("REGISTER", self.uri, call_id, 2, to, f"Authorization: {credentials}")
            status, message = self.final_response(call_id, 2, "REGISTER")
        if status != 200:
            raise BenchError(f"{self.user} cannot register: {message[:300]!r}")

    def call(self, other, number, own_port, other_port):
        """Returns where this end, and where the other one has to send to."""
        call_id, to = f"c{number}-{self.id}", f"<sip:{other.user}@127.0.0.1>"
        type_of_body = "Content-Type: application/sdp"
        uri = self.uri.replace("sip:", f"sip:{other.user}@")
        self.request("INVITE", uri, call_id, 1, to, type_of_body, body=description(own_port))
        invite = other.wait_for_request("INVITE")
        contact = f"Contact: <sip:{other.user}@{other.place}>"
        other.respond(invite, 200, contact, type_of_body, tag=f"t{number}", body=description(other_port))
        status, answer = self.final_response(call_id, 1, "INVITE")
        if status != 200:
            raise BenchError(f"a call was not answered: {answer[:300]!r}")
        target = re.search(r"<(.*?)>", value(answer, "Contact"))[1]
        routes = [f"Route: {route}" for route in reversed(values(answer, "Record-Route"))]
        self.request("ACK", target, call_id, 1, value(answer, "To"), *routes)
        other.wait_for_request("ACK")
        return media_address(answer), media_address(invite)


def connect_by_sip(server_port, users, ends):
    """Calls of the first user to the second one, which last as long as the server.

    ends     [(port of the caller, port of the callee)]
    returns  [(whereto the caller sends, whereto the callee sends)]
    """
    caller, callee = (Phone(name, users.password, server_port) for name in users.names[:2])
    try:
        caller.register()
        callee.register()
        return [caller.call(callee, number, *ports) for number, ports in enumerate(ends)]
    finally:
        caller.close()
        callee.close()


# rtpengine's own protocol, "ng": a cookie, a blank, and a dictionary as in BitTorrent

def to_bencode(what):
    if isinstance(what, dict):
        return "d" + "".join(to_bencode(key) + to_bencode(what[key]) for key in sorted(what)) + "e"
    if isinstance(what, list):
        return "l" + "".join(map(to_bencode, what)) + "e"
    return f"i{what}e" if isinstance(what, int) else f"{len(what)}:{what}"


def from_bencode(text, at=0):
    """(value, where it ends)"""
    if text[at] == "i":
        end = text.index("e", at)
        return int(text[at + 1:end]), end + 1
    if text[at] in "dl":
        items, end = [], at + 1
        while text[end] != "e":
            item, end = from_bencode(text, end)
            items.append(item)
        return (items if text[at] == "l" else dict(zip(items[::2], items[1::2]))), end + 1
    colon = text.index(":", at)
    end = colon + 1 + int(text[at:colon])
    return text[colon + 1:end], end


def ask_rtpengine(port, question, timeout_s=PATIENCE_S):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(timeout_s)
        client.connect(("127.0.0.1", port))
        cookie = os.urandom(8).hex()
        client.send(f"{cookie} {to_bencode(question)}".encode())
        while True:
            found, _, answer = client.recv(65535).decode().partition(" ")
            if found == cookie:
                return from_bencode(answer)[0]


def connect_by_rtpengine(port, ends):
    """As connect_by_sip."""
    places = []
    for number, (caller, callee) in enumerate(ends):
        call = {"call-id": f"{os.getpid()}-{number}", "from-tag": "a", "ICE": "remove", "replace": ["origin"]}
        offered = ask_rtpengine(port, call | {"command": "offer", "sdp": description(caller)})
        answered = ask_rtpengine(port, call | {"command": "answer", "to-tag": "b", "sdp": description(callee)})
        for reply in (offered, answered):
            if reply.get("result") != "ok":
                raise BenchError(f"rtpengine says {reply}")
        places.append((media_address(answered["sdp"]), media_address(offered["sdp"])))
    return places
