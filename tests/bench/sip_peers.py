# The exchange, and what it is measured beside: kamailio as a registrar and proxy, rtpengine as a relay of media in user
# space. Each listens at 127.0.0.1, with two workers.
import glob
import os
import random
import socket

from servers import Server, draw_word, write
from sip_calls import ask_rtpengine

WORKERS = 2


class Users:
    """Who may register, drawn afresh. One password for all of them: a kamailio that asks no database knows one."""
    def __init__(self, count):
        self.password = draw_word(8)
        names = set()
        while len(names) < count:
            names.add(draw_word(random.randint(4, 12)))
        self.names = list(names)


def start_ours(program, users, folder, port):
    # As it is shipped: all limits and deadlines, the log on, media through it.
    lines = "".join(f"  {name}: {{ password: {users.password} }}\n" for name in users.names)
    config = write(folder, "sip.yaml", f'listen: ["udp://127.0.0.1:{port}"]\nusers:\n{lines}')
    return Server("labnet", [program, "serve", "sip", "-c", config, "--workers", str(WORKERS)], port, folder)


def with_libraries(program):
    """The words that run it where it was unpacked, with libraries that nobody has installed."""
    unpacked = os.environ.get("LABNET_BENCH_PEERS", "")
    places = glob.glob(os.path.join(unpacked, "usr/lib/*")) if unpacked and program.startswith(unpacked) else []
    places += glob.glob(os.path.join(unpacked, "usr/lib/*/kamailio")) if places else []
    return ["env", "LD_LIBRARY_PATH=" + ":".join(places), program] if places else [program]


def start_kamailio(program, users, folder, port):
    modules = os.path.join(os.path.dirname(os.path.dirname(program)), "lib", "*", "kamailio", "modules")
    config = write(folder, "kamailio.cfg", f"""#!KAMAILIO
debug=0
log_stderror=yes
fork=yes
children={WORKERS}
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:{port}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
modparam("registrar", "default_expires", 3600)

request_route {{
    if (!mf_process_maxfwd_header("10")) {{
        sl_send_reply("483", "Too Many Hops");
        exit;
    }}
    if (is_method("OPTIONS")) {{
        sl_send_reply("200", "OK");
        exit;
    }}
    if (is_method("CANCEL")) {{
        if (t_check_trans()) t_relay();
        exit;
    }}
    if (has_totag()) {{
        if (loose_route() || t_check_trans()) t_relay();
        else if (!is_method("ACK")) sl_send_reply("404", "Not Here");
        exit;
    }}
    if (is_method("REGISTER")) {{
        if (!pv_www_authenticate("bench", "{users.password}", "0")) {{
            www_challenge("bench", "0");
            exit;
        }}
        save("location");
        exit;
    }}
    t_check_trans();
    record_route();
    if (!lookup("location")) {{
        sl_send_reply("404", "Not Found");
        exit;
    }}
    t_relay();
}}
""")
    command = with_libraries(program) + ["-DD", "-E", "-f", config, "-Y", folder, "-w", folder, "-m", "512", "-M", "16",
                                         "-L", ":".join(glob.glob(modules))]
    return Server("kamailio", command, port, folder)


def start_rtpengine(program, folder, port):
    command = with_libraries(program) + ["--foreground", "--log-stderr", "--log-level=3", "--table=-1",
                                         "--interface=127.0.0.1", f"--listen-ng=127.0.0.1:{port}", "--port-min=24000",
                                         "--port-max=31999", f"--num-threads={WORKERS}", "--timeout=3600",
                                         f"--pidfile={folder}/rtpengine.pid", "--config-file=none"]
    return Server("rtpengine", command, port, folder)


def answers(port):
    """A SIP server does, to OPTIONS."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.2)
        client.connect(("127.0.0.1", port))
        own = "{}:{}".format(*client.getsockname())
        client.send(f"OPTIONS sip:127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bKbench{own}\r\n"
                    f"Max-Forwards: 70\r\nFrom: <sip:bench@{own}>;tag=bench\r\nTo: <sip:127.0.0.1:{port}>\r\n"
                    f"Call-ID: {own}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n".encode())
        return client.recv(65535).startswith(b"SIP/2.0 200 ")


def rtpengine_answers(port):
    return ask_rtpengine(port, {"command": "ping"}, timeout_s=0.2)["result"] == "pong"
