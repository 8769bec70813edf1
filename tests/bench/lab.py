# The group "lab": what it costs to start the shipped lab, to have it, to enter a host and to stop it.
#
# Half of the labs are the shipped one, half are copies with names, addresses and MACs drawn afresh. After each start
# every service is really asked. CPU times: of `up`, the command and all processes of the lab until it returned; of the
# others, the command alone.
import os
import time

import lab_copy
from measure import BenchError, Figure, checked, pairs, ratios
from running_lab import RunningLab

UP_MS = 150
DOWN_MS = 50
PSS_MIB = 60
EXEC_ADDED_MS = 10

EXEC_PAIRS_PER_LAB = 5
# After the last process of a lab the kernel still takes its network namespaces down, which slows whoever makes new
# ones. That belongs to the lab before; what it costs a lab that starts at once is a figure of its own.
KERNEL_TIDIES_UP_S = 0.25

# Run in a host: whether OPTIONS is answered.
ASK_BY_SIP = """
import socket, sys
address, port = sys.argv[1], int(sys.argv[2])
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
    phone.settimeout(2)
    phone.sendto(f"OPTIONS sip:{address} SIP/2.0\\r\\nVia: SIP/2.0/UDP {address}:5099;branch=z9hG4bKbench;rport\\r\\n"
                 f"From: <sip:bench@{address}>;tag=b\\r\\nTo: <sip:{address}>\\r\\nCall-ID: bench\\r\\nCSeq: 1 OPTIONS\\r\\n"
                 "Max-Forwards: 70\\r\\nContent-Length: 0\\r\\n\\r\\n".encode(), (address, port))
    sys.exit(not phone.recv(65535).startswith(b"SIP/2.0 200"))
"""

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHIPPED = os.path.join(ROOT, "config", "labredes71")


def measure(settings):
    up = Figure("up -d, until every service answers", "ms", UP_MS)
    again = Figure("up -d, at once after a down", "ms")
    namespaces = Figure("peer of up: unshare -Urn true", "ms")
    down = Figure("down, until nothing is left", "ms", DOWN_MS)
    memory = Figure("proportional set size, all processes", "MiB", PSS_MIB)
    added = Figure("exec pc1 -- true, added to true", "ms", EXEC_ADDED_MS)
    bare = Figure("peer of exec: true", "ms")
    null = Figure("null line: true to itself", "ratio")
    with RunningLab(settings.program) as lab:
        for number in range(settings.runs):
            folder, domain = draw_lab(lab, number)
            lab_file = os.path.join(folder, "lab.yaml")
            time.sleep(KERNEL_TIDIES_UP_S)
            started = lab.up(lab_file)
            up.add(started.ms, started.cpu_ms)
            ask_every_service(lab, domain)
            memory.add(lab.pss_mib())
            measure_exec(lab, added, bare, null)
            stopped = lab.down()
            down.add(stopped.ms, stopped.cpu_ms)
            restarted = lab.up(lab_file)
            again.add(restarted.ms, restarted.cpu_ms)
            lab.down()
            time.sleep(KERNEL_TIDIES_UP_S)
            alone = checked(["unshare", "-Urn", "true"])
            namespaces.add(alone.ms, alone.cpu_ms)
    return [up, again, namespaces, down, memory, added, bare, null]


def draw_lab(lab, number):
    """Returns the folder of the lab for one run, and its domain."""
    if number % 2 == 0:
        return SHIPPED, lab_copy.LAB_DOMAIN
    folder = os.path.join(lab.folder, f"lab-{number}")
    return folder, lab_copy.copy_lab(SHIPPED, folder)


def measure_exec(lab, added, bare, null):
    def inside():
        return checked(lab.execute("pc1", "true"), lab.environment)

    def outside():
        return checked(["true"], lab.environment)

    for one, other in pairs(inside, outside, EXEC_PAIRS_PER_LAB):
        added.add(one.ms - other.ms, one.cpu_ms - other.cpu_ms)
        bare.add(other.ms, other.cpu_ms)
    null.values += ratios([(one.ms, other.ms) for one, other in pairs(outside, outside, EXEC_PAIRS_PER_LAB)])


def ask_every_service(lab, domain):
    hosts = {host["name"]: host for host in lab.status()["hosts"]}
    for name, host in hosts.items():
        for service in host["services"]:
            ask_service(lab, name, service, domain)
    web = hosts["web"]["interfaces"][0]["addresses"][0]
    said = lab.output_of(lab.execute("pc1", "dig", "+short", f"web.{domain}")).strip()
    if said != web:
        raise BenchError(f"pc1 was told that web.{domain} is at {said!r}, not at {web}")


def ask_service(lab, host, service, domain):
    """Has the first endpoint answer in its host; any reply will do, silence is an error of the command."""
    protocol, _, place = service["endpoints"].split()[0].partition("://")
    address, _, port = place.rpartition(":")
    if service["protocol"] == "dns":
        question = ["dig", "+tries=1", "+time=2", f"@{address}", "-p", port, f"web.{domain}"]
    elif service["protocol"] == "sip" and protocol == "udp":
        question = ["python3", "-c", ASK_BY_SIP, address, port]
    elif protocol != "udp":
        question = ["bash", "-c", f"exec 3<>/dev/tcp/{address}/{port}"]
    else:
        raise BenchError(f"the measurement has no question for the service {service['name']} of {host} ({place})")
    lab.output_of(lab.execute(host, *question))
