// The table of methods.
#include "common/sip/methods.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace labnet::sip {
namespace {

constexpr std::array<MethodRow, 15> method_rows{{
    // method              name         creates dialog, refreshes target
    {Method::invite, "INVITE", true, true},
    {Method::ack, "ACK", false, false},
    {Method::bye, "BYE", false, false},
    {Method::cancel, "CANCEL", false, false},
    {Method::options, "OPTIONS", false, false},
    {Method::register_, "REGISTER", false, false},
    {Method::prack, "PRACK", false, false},
    {Method::update, "UPDATE", false, true},
    {Method::info, "INFO", false, false},
    {Method::message, "MESSAGE", false, false},
    {Method::subscribe, "SUBSCRIBE", true, true},
    {Method::notify, "NOTIFY", false, true},
    {Method::refer, "REFER", true, true},
    {Method::publish, "PUBLISH", false, false},
    {Method::other, "", false, false},
}};

constexpr bool method_rows_are_in_order() {
  for (std::size_t i = 0; i < method_rows.size(); ++i) {
    if (static_cast<std::size_t>(method_rows[i].method) != i) return false;
  }
  return method_rows.back().method == Method::other;
}
static_assert(method_rows_are_in_order());

}  // namespace

const MethodRow& row_of(Method method) {
  return method_rows[static_cast<std::size_t>(method)];
}

Method method_of(std::string_view text) {
  const auto row = std::ranges::find(method_rows, text, &MethodRow::name);
  return row == method_rows.end() ? Method::other : row->method;
}

}  // namespace labnet::sip
