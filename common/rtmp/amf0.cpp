// What can be done with values of AMF 0.
#include "common/rtmp/amf0.hpp"

#include <algorithm>

namespace labnet::rtmp {

AmfObject::AmfObject(Kind of_kind) : kind{of_kind} {}
AmfObject::AmfObject(const AmfObject&) = default;
AmfObject::AmfObject(AmfObject&&) noexcept = default;
AmfObject& AmfObject::operator=(const AmfObject&) = default;
AmfObject& AmfObject::operator=(AmfObject&&) noexcept = default;
AmfObject::~AmfObject() = default;

const AmfValue* AmfObject::find(std::string_view name) const {
  const auto found = std::ranges::find(properties, name, &AmfProperty::name);
  return found == properties.end() ? nullptr : &found->value;
}

AmfObject& AmfObject::with(std::string_view name, AmfValue value) & {
  properties.push_back({std::string{name}, std::move(value)});
  return *this;
}
AmfObject&& AmfObject::with(std::string_view name, AmfValue value) && {
  with(name, std::move(value));
  return std::move(*this);
}

// Written out: each of them needs the others, and clang 14 does not find its way through defaulted ones.
bool AmfObject::operator==(const AmfObject& other) const {
  return kind == other.kind && class_name == other.class_name && properties == other.properties;
}
bool AmfArray::operator==(const AmfArray& other) const {
  return elements == other.elements;
}
bool AmfProperty::operator==(const AmfProperty& other) const {
  return name == other.name && value == other.value;
}
bool AmfValue::operator==(const AmfValue& other) const {
  return data_ == other.data_;
}

AmfArray::AmfArray() = default;
AmfArray::AmfArray(std::vector<AmfValue> values) : elements{std::move(values)} {}
AmfArray::AmfArray(const AmfArray&) = default;
AmfArray::AmfArray(AmfArray&&) noexcept = default;
AmfArray& AmfArray::operator=(const AmfArray&) = default;
AmfArray& AmfArray::operator=(AmfArray&&) noexcept = default;
AmfArray::~AmfArray() = default;

std::optional<double> AmfValue::number() const {
  const auto* const number = std::get_if<double>(&data_);
  return number ? std::optional{*number} : std::nullopt;
}
std::optional<bool> AmfValue::boolean() const {
  const auto* const value = std::get_if<bool>(&data_);
  return value ? std::optional{*value} : std::nullopt;
}
const std::string* AmfValue::string() const {
  return std::get_if<std::string>(&data_);
}
const AmfObject* AmfValue::object() const {
  return std::get_if<AmfObject>(&data_);
}
const AmfArray* AmfValue::array() const {
  return std::get_if<AmfArray>(&data_);
}
bool AmfValue::is_null() const {
  return std::holds_alternative<AmfNull>(data_) || std::holds_alternative<AmfUndefined>(data_);
}

std::string_view describe(AmfFault fault) {
  switch (fault) {
    case AmfFault::truncated:
      return "a value goes on behind the end";
    case AmfFault::unknown_marker:
      return "a value is of a type that AMF 0 does not have";
    case AmfFault::reserved_marker:
      return "a value is of a type that AMF 0 does not allow to be sent";
    case AmfFault::amf3_value:
      return "a value is of AMF 3, which is not read here";
    case AmfFault::unexpected_end:
      return "an object ends where a value should be";
    case AmfFault::too_deep:
      return "too many objects stand one in the other";
    case AmfFault::too_many_values:
      return "there are too many values";
    case AmfFault::string_too_long:
      return "a text is too long";
  }
  return "";
}

}  // namespace labnet::rtmp
