// Values of AMF 0 out of octets.
#include <bit>

#include "common/rtmp/amf0.hpp"
#include "common/rtmp/amf0_markers.hpp"

namespace labnet::rtmp {

Result<std::optional<AmfValue>, AmfFault> AmfReader::next() {
  if (in_.at_end()) return std::optional<AmfValue>{};
  auto read = value(0);
  if (!read) return read.error();
  return std::optional<AmfValue>{*std::move(read)};
}

Result<std::vector<AmfValue>, AmfFault> AmfReader::rest() {
  std::vector<AmfValue> values;
  while (!in_.at_end()) {
    auto read = value(0);
    if (!read) return read.error();
    values.push_back(*std::move(read));
  }
  return values;
}

/// depth  how many objects and arrays it stands in: AmfLimits::depth at most, and so is this function within itself
Result<AmfValue, AmfFault> AmfReader::value(std::size_t depth) {
  if (++values_ > limits_.values) return AmfFault::too_many_values;
  const auto marker = in_.u8();
  if (!marker) return AmfFault::truncated;
  switch (static_cast<AmfMarker>(*marker)) {
    case AmfMarker::number:
      return number();
    case AmfMarker::boolean:
      return boolean();
    case AmfMarker::string:
      return text_value(short_text());
    case AmfMarker::long_string:
      return text_value(long_text());
    case AmfMarker::object:
      return object(AmfObject::Kind::plain, depth + 1);
    case AmfMarker::ecma_array:
      if (!in_.u32()) return AmfFault::truncated;  // how many there are, or not
      return object(AmfObject::Kind::ecma_array, depth + 1);
    case AmfMarker::typed_object:
      return object(AmfObject::Kind::typed, depth + 1);
    case AmfMarker::strict_array:
      return array(depth + 1);
    case AmfMarker::date:
      return date();
    case AmfMarker::null:
      return AmfValue{AmfNull{}};
    case AmfMarker::undefined:
      return AmfValue{AmfUndefined{}};
    case AmfMarker::unsupported:
      return AmfValue{AmfUnsupported{}};
    case AmfMarker::reference:
      return reference();
    case AmfMarker::xml_document:
      return xml();
    case AmfMarker::object_end:
      return AmfFault::unexpected_end;
    case AmfMarker::movie_clip:
    case AmfMarker::record_set:
      return AmfFault::reserved_marker;
    case AmfMarker::avm_plus:
      return AmfFault::amf3_value;
  }
  return AmfFault::unknown_marker;
}

Result<AmfValue, AmfFault> AmfReader::number() {
  const auto bits = in_.u64();
  if (!bits) return AmfFault::truncated;
  return AmfValue{std::bit_cast<double>(*bits)};
}

Result<AmfValue, AmfFault> AmfReader::boolean() {
  const auto octet = in_.u8();
  if (!octet) return AmfFault::truncated;
  return AmfValue{*octet != 0};
}

Result<AmfValue, AmfFault> AmfReader::date() {
  const auto bits = in_.u64();
  const auto zone = in_.u16();
  if (!bits || !zone) return AmfFault::truncated;
  return AmfValue{AmfDate{std::bit_cast<double>(*bits), static_cast<std::int16_t>(*zone)}};
}

Result<AmfValue, AmfFault> AmfReader::reference() {
  const auto index = in_.u16();
  if (!index) return AmfFault::truncated;
  return AmfValue{AmfReference{*index}};
}

Result<AmfValue, AmfFault> AmfReader::xml() {
  auto text = long_text();
  if (!text) return text.error();
  return AmfValue{AmfXml{*std::move(text)}};
}

Result<AmfValue, AmfFault> AmfReader::text_value(Result<std::string, AmfFault> text) {
  if (!text) return text.error();
  return AmfValue{*std::move(text)};
}

/// Up to the empty name with the mark of the end behind it. An empty name with a value behind it is a property.
Result<AmfValue, AmfFault> AmfReader::object(AmfObject::Kind kind, std::size_t depth) {
  if (depth > limits_.depth) return AmfFault::too_deep;
  AmfObject object{kind};
  if (kind == AmfObject::Kind::typed) {
    auto class_name = short_text();
    if (!class_name) return class_name.error();
    object.class_name = *std::move(class_name);
  }
  for (;;) {
    auto name = short_text();
    if (!name) return name.error();
    if (name->empty() && is_at(AmfMarker::object_end)) {
      in_.take(1);
      return AmfValue{std::move(object)};
    }
    auto read = value(depth);
    if (!read) return read.error();
    object.properties.push_back({*std::move(name), *std::move(read)});
  }
}

Result<AmfValue, AmfFault> AmfReader::array(std::size_t depth) {
  if (depth > limits_.depth) return AmfFault::too_deep;
  const auto count = in_.u32();
  if (!count) return AmfFault::truncated;
  AmfArray array;
  for (std::uint32_t i = 0; i < *count; ++i) {
    auto read = value(depth);
    if (!read) return read.error();
    array.elements.push_back(*std::move(read));
  }
  return AmfValue{std::move(array)};
}

bool AmfReader::is_at(AmfMarker marker) const {
  return !in_.at_end() && in_.whole()[in_.position()] == static_cast<std::byte>(marker);
}

Result<std::string, AmfFault> AmfReader::short_text() {
  const auto length = in_.u16();
  if (!length) return AmfFault::truncated;
  return text(*length);
}
Result<std::string, AmfFault> AmfReader::long_text() {
  const auto length = in_.u32();
  if (!length) return AmfFault::truncated;
  return text(*length);
}
Result<std::string, AmfFault> AmfReader::text(std::size_t length) {
  if (length > limits_.string_bytes) return AmfFault::string_too_long;
  const auto octets = in_.take(length);
  if (!octets) return AmfFault::truncated;
  return std::string{as_text(*octets)};
}

}  // namespace labnet::rtmp
