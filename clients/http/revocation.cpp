#include "clients/http/revocation.hpp"

#include <fmt/format.h>

#include "common/base/utf8.hpp"
#include "common/ca/ocsp.hpp"
#include "common/http/media_type.hpp"
#include "common/log/clock.hpp"

namespace labnet::http_client {
namespace {

/// Keeps the body, which is short.
class StatusReceiver final : public Receiver {
 public:
  Task<Result<Wish>> on_head(const Response&) override { co_return Wish::take; }
  Task<Result<void>> on_body(Bytes piece) override {
    body_ += as_text(piece);
    co_return Result<void>{};
  }
  std::string take() { return std::move(body_); }

 private:
  std::string body_;
};

std::string revoked_text(const net::Certificate& certificate, const ca::OcspAnswer& answer) {
  auto text = fmt::format("the certificate of \"{}\" was revoked by its CA", certificate.subject);
  if (!answer.revocation) return text;
  text += fmt::format(" on {}", net::date_text(answer.revocation->time));
  if (answer.revocation->reason) text += fmt::format(" ({})", ca::to_string(*answer.revocation->reason));
  return text;
}

}  // namespace

/// Of one certificate.
struct RevocationCheck::Check {
  explicit Check(net::Executor executor) : has_ended{executor, net::Clock::time_point::max()} {}

  net::asio::basic_waitable_timer<net::Clock, net::asio::wait_traits<net::Clock>, net::Executor> has_ended;
  bool is_under_way = true;
  Result<void> outcome{};
};

RevocationCheck::RevocationCheck(net::Worker& worker, ClientOptions options, Observer& observer, std::string user_agent,
                                 Listener listener)
    : worker_{worker},
      observer_{observer},
      client_{worker, std::move(options), observer},
      user_agent_{std::move(user_agent)},
      listener_{std::move(listener)} {}

Task<Result<void>> RevocationCheck::check(net::TlsDetails tls) {
  if (tls.peer_certificates.empty()) co_return Result<void>{};
  const auto& own = tls.peer_certificates.front();
  auto check = checks_[own.sha256];
  if (!check) {
    check = checks_[own.sha256] = std::make_shared<Check>(worker_.executor());
    check->outcome = co_await ask(own, tls.issuer ? &*tls.issuer : nullptr);
    check->is_under_way = false;
    check->has_ended.cancel();
  } else if (check->is_under_way) {
    co_await check->has_ended.async_wait(net::as_result);
  }
  co_return check->outcome;
}

Task<Result<void>> RevocationCheck::ask(const net::Certificate& own, const net::Certificate* issuer) {
  const auto certificate = ca::parse_certificate(own.pem);
  const auto place = certificate ? ca::ocsp_url_of(certificate) : std::nullopt;
  if (!place) co_return Result<void>{};
  const auto give_up = [&](std::string_view why) {
    observer_.on_notice(
        fmt::format("whether the certificate of \"{}\" was revoked is not known: {}", own.subject, why));
    return Result<void>{};
  };
  const auto url = parse_url(*place);
  if (!url) co_return give_up(url.error().message);
  const auto signer = issuer == nullptr ? ca::Certificate{} : ca::parse_certificate(issuer->pem);
  if (!signer) co_return give_up("its CA's certificate is not there");
  auto request = ca::make_ocsp_request(certificate, signer);
  if (!request) co_return give_up(request.error().message);
  StatusQuery query;
  query.url = *url;
  const auto response = co_await fetch(query, *std::move(request));
  if (!response) co_return give_up(response.error().message);
  const auto answer = ca::read_ocsp_response(as_bytes(*response), certificate, signer, seconds_now());
  if (!answer) co_return give_up(fmt::format("{}: {}", to_text(*url), answer.error().message));
  if (answer->status == ca::CertificateStatus::revoked) co_return Error{revoked_text(own, *answer)};
  if (answer->status == ca::CertificateStatus::unknown) co_return give_up("its CA does not know it");
  observer_.on_detail(fmt::format("the certificate of \"{}\" is good, says its CA", own.subject));
  co_return Result<void>{};
}

Task<Result<std::string>> RevocationCheck::fetch(StatusQuery& query, Buffer octets) {
  const auto number = queries_++;
  listener_(number, query);
  Request request;
  request.method = "POST";
  request.set("User-Agent", user_agent_);
  request.set("Accept", "*/*");
  request.set("Content-Type", std::string{ca::ocsp_request_type});
  request.set("Connection", "keep-alive");
  request.body = std::make_shared<Body>();
  request.body->add(std::string{as_text(octets)});
  request.body_bytes_max = ca::ocsp_response_bytes_max;
  StatusReceiver receiver;
  const auto answer = co_await client_.fetch(query.url, std::move(request), receiver);
  if (!answer) {
    query.error = answer.error().message;
    listener_(number, query);
    co_return answer.error();
  }
  const auto& response = answer->response;
  query.status = response.status();
  const auto type = http::parse_media_type(response.fields().find("Content-Type").value_or(""));
  if (type) query.type = type->essence();
  query.wire_bytes = response.wire_bytes;
  query.body_bytes = response.body_bytes;
  query.timing = response.timing;
  listener_(number, query);
  if (response.status() != 200) {
    co_return Error{fmt::format("{}: the server answers {}", printable(to_text(query.url)), response.status_text())};
  }
  co_return receiver.take();
}

}  // namespace labnet::http_client
