# A copy of the shipped lab in which names, addresses and MACs are drawn afresh, so that nothing can be made for one lab.
import os
import random
import re
import shutil
import socket

LAB_DOMAIN = "labredes71.com"
TEXT_FILES = (".yaml", ".zone", ".inc")


def draw_label():
    return random.choice("abcdefghijklmnopqrstuvwxyz") + "".join(random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=9))


def draw_mac(_match):
    # Locally administered, not a group's.
    return "mac: 02:" + ":".join(f"{random.randrange(256):02x}" for _ in range(5))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Network:
    """A network of the lab file whose third octet and host octets change; 0, the subnet's own, stays."""

    def __init__(self, first, second, third, hosts):
        self.prefix = f"{first}.{second}.{third}"
        self.reverse = f"{third}.{second}.{first}.in-addr.arpa"
        drawn_third = random.choice([octet for octet in range(2, 250) if octet != third])
        self.drawn_prefix = f"{first}.{second}.{drawn_third}"
        self.drawn_reverse = f"{drawn_third}.{second}.{first}.in-addr.arpa"
        drawn = list(hosts)
        random.shuffle(drawn)
        self.octets = dict(zip(hosts, drawn, strict=True)) | {0: 0}

    def change(self, text):
        text = text.replace(self.reverse, self.drawn_reverse)
        address = re.compile(rf"\b{re.escape(self.prefix)}\.(\d+)\b")
        return address.sub(lambda match: f"{self.drawn_prefix}.{self.octets[int(match[1])]}", text)

    def change_reverse_zone(self, text):
        return re.sub(r"^(\d+)(?=\s+IN\s+PTR)", lambda match: str(self.octets[int(match[1])]), text, flags=re.MULTILINE)


def copy_lab(shipped, target):
    """Copies the folder of the shipped lab. Returns the domain that stands in the place of LAB_DOMAIN."""
    domain = draw_label() + ".example"
    networks = [Network(192, 168, 1, range(1, 255)), Network(172, 20, 10, range(1, 15))]

    def change(text):
        text = text.replace(LAB_DOMAIN, domain)
        for network in networks:
            text = network.change(text)
        return text

    for folder, _, names in os.walk(shipped):
        to = os.path.join(target, os.path.relpath(folder, shipped))
        os.makedirs(to, exist_ok=True)
        for name in names:
            source, copy = os.path.join(folder, name), os.path.join(to, change(name))
            if not name.endswith(TEXT_FILES):
                shutil.copyfile(source, copy)
                continue
            with open(source, encoding="utf-8") as file:
                text = change(file.read())
            for network in networks:
                if name == network.reverse + ".zone":
                    text = network.change_reverse_zone(text)
            if name == "lab.yaml":
                text = re.sub(r"^name: .*", f"name: {draw_label()}", text, flags=re.MULTILINE)
                text = re.sub(r"mac: [0-9a-f:]{17}", draw_mac, text)
                text = re.sub(r"127\.0\.0\.1:\d+", lambda _: f"127.0.0.1:{free_port()}", text)
            with open(copy, "w", encoding="utf-8") as file:
                file.write(text)
    return domain
