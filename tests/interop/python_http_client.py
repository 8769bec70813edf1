# Uses a server by http.client and urllib, and prints what has come of it, a line for each piece:
#     python_http_client.py http|https PORT CA
import http.client
import ssl
import sys
import urllib.error
import urllib.request

PATIENCE = 9  # seconds


def use_http_client(scheme, port, context):
    if scheme == "https":
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=context)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def ask(method, path, body=None, headers=None, **more):
        connection.request(method, path, body, headers or {}, **more)
        response = connection.getresponse()
        return response, response.read()

    response, body = ask("PUT", "/pa%C3%ADs", b"0123456789")
    print("put", response.status, response.reason, response.headers["Location"], len(body))
    socket = connection.sock
    response, body = ask("PUT", "/pa%C3%ADs", iter([b"01234", b"56789"]), encode_chunked=True)
    print("put by chunks", response.status, len(body))
    response, body = ask("GET", "/pa%C3%ADs")
    print("get", response.status, response.version, body)
    response, body = ask("HEAD", "/pa%C3%ADs")
    print("head", response.status, response.headers["Content-Length"], body)
    response, body = ask("GET", "/pa%C3%ADs", headers={"Range": "bytes=3-5"})
    print("range", response.status, response.headers["Content-Range"], body)
    response, body = ask("GET", "/pa%C3%ADs", headers={"If-None-Match": response.headers["ETag"]})
    print("not modified", response.status, body)
    response, body = ask("GET", "/missing")
    print("missing", response.status, response.headers.get_content_type(), body.startswith(b"<!DOCTYPE html>"))
    response, body = ask("DELETE", "/pa%C3%ADs")
    print("delete", response.status, body)
    response, body = ask("OPTIONS", "*")
    print("options", response.status, response.headers["Allow"])
    print("same connection", connection.sock is socket)
    response, body = ask("GET", "/folder/", headers={"Connection": "close"})
    print("close", response.status, connection.sock is None)


def use_urllib(scheme, port, context):
    handlers = [urllib.request.ProxyHandler({})]
    if scheme == "https":
        handlers.append(urllib.request.HTTPSHandler(context=context))
    opener = urllib.request.build_opener(*handlers)
    with opener.open(f"{scheme}://127.0.0.1:{port}/folder", timeout=PATIENCE) as response:
        print("redirected", response.status, response.url.endswith("/folder/"), response.read())
    try:
        opener.open(f"{scheme}://127.0.0.1:{port}/missing", timeout=PATIENCE)
    except urllib.error.HTTPError as error:
        print("error", error.code, error.reason)


def main():
    scheme, port, authority = sys.argv[1:]
    context = ssl.create_default_context(cafile=authority)
    use_http_client(scheme, int(port), context)
    use_urllib(scheme, int(port), context)


main()
