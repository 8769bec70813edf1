# Uses a server by ftplib, and prints what has come of it, a line for each piece:
#     ftplib_client.py PORT plain|tls tour     every command that ftplib has
#     ftplib_client.py PORT plain|tls FILE     fetches a file, or says why not
import ftplib
import io
import sys

PATIENCE = 9  # seconds


def connect(port, transport):
    ftp = ftplib.FTP_TLS(encoding="utf-8") if transport == "tls" else ftplib.FTP(encoding="utf-8")
    ftp.connect("127.0.0.1", port, timeout=PATIENCE)
    ftp.login("ann", "secret")
    if transport == "tls":
        ftp.prot_p()
    return ftp


def fetch(ftp, command, rest=None):
    pieces = []
    ftp.retrbinary(command, pieces.append, rest=rest)
    return b"".join(pieces)


def abort(ftp):
    ftp.voidcmd("TYPE I")
    data = ftp.transfercmd("RETR large")
    data.recv(1000)
    print("abort", ftp.abort()[:3], ftp.getresp()[:3])
    data.close()


def tour(ftp):
    print("stor", ftp.storbinary("STOR país 1", io.BytesIO(b"0123456789"))[:3])
    print("size", ftp.size("país 1"))
    print("rest", fetch(ftp, "RETR país 1", rest=4))
    print("put on", ftp.storbinary("STOR país 1", io.BytesIO(b"abc"), rest=4)[:3], fetch(ftp, "RETR país 1"))
    print("lines", ftp.storlines("STOR lines", io.BytesIO(b"one\ntwo\n"))[:3])
    lines = []
    ftp.retrlines("RETR lines", lines.append)
    print("lines", lines)
    print("rename", ftp.rename("lines", "renamed")[:3])
    print("mkd", ftp.mkd("a \"quoted\" folder"), ftp.cwd("a \"quoted\" folder")[:3], ftp.pwd(), ftp.cwd("..")[:3])
    print("nlst", sorted(ftp.nlst()))
    print("mlsd", sorted((name, facts["type"]) for name, facts in ftp.mlsd(facts=["type"])))
    listed = []
    ftp.retrlines("LIST", listed.append)
    print("list", len(listed))
    print("delete", ftp.delete("renamed")[:3], ftp.rmd("a \"quoted\" folder")[:3])
    ftp.set_pasv(False)
    print("active", fetch(ftp, "RETR país 1"))
    ftp.set_pasv(True)
    abort(ftp)
    print("after", fetch(ftp, "RETR país 1"))


def main():
    port, transport, what = sys.argv[1:]
    sys.stdout.reconfigure(encoding="utf-8")
    ftp = connect(int(port), transport)
    if what == "tour":
        tour(ftp)
    else:
        try:
            print("fetched", fetch(ftp, "RETR " + what))
        except ftplib.all_errors as error:
            print(type(error).__name__, error)
    print("quit", ftp.quit()[:3])


if __name__ == "__main__":
    main()
