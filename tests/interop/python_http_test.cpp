// Python's http.client and urllib, in which many scripts are written.
#include "tests/interop/http_clients.hpp"

namespace labnet::http_server {
namespace {

using test::debian_python;

class InteropPythonHttp : public HttpClients {
 protected:
  InteropPythonHttp() : HttpClients{{debian_python, "-c", "import http.client, urllib.request"}, "python3"} {}
};

TEST_F(InteropPythonHttp, UsesWhatItHas) {
  server().write("folder/index.html", "index");
  for (const std::string scheme : {"http", "https"}) {
    EXPECT_EQ(output_of({debian_python, "-B", std::string{LABNET_INTEROP_DIR} + "/python_http_client.py", scheme,
                         scheme == "https" ? tls_port() : port(), authority()}),
              "put 201 Created /pa%C3%ADs 0\n"
              "put by chunks 204 0\n"
              "get 200 11 b'0123456789'\n"
              "head 200 10 b''\n"
              "range 206 bytes 3-5/10 b'345'\n"
              "not modified 304 b''\n"
              "missing 404 text/html True\n"
              "delete 204 b''\n"
              "options 204 GET, HEAD, OPTIONS, PUT, DELETE\n"
              "same connection True\n"
              "close 200 True\n"
              "redirected 200 True b'index'\n"
              "error 404 Not Found\n")
        << scheme;
  }
}

}  // namespace
}  // namespace labnet::http_server
