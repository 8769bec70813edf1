// Values of AMF 0, of which commands and metadata are made: what they are, read and written (AMF 0 specification,
// 2007).
//
//   marker | value                              marker | value
//   0x00 number   double, big-endian            0x08 ECMA array  count 4 (a hint, not kept), as an object
//   0x01 boolean  1                             0x0a strict array  count 4, values
//   0x02 string   length 2, UTF-8               0x0b date  double (ms since 1970), time zone 2 (reserved)
//   0x03 object   (name, value)*, 00 00 09      0x0c long string  length 4, UTF-8
//   0x05 null     0x06 undefined                0x0d unsupported
//   0x07 reference  number of an object 2       0x0f XML document  length 4, UTF-8
//                                               0x10 typed object  class name, then as an object
//
// What is read is written again as the same octets, but for the count of an ECMA array, a boolean that is neither 0 nor
// 1, and long strings that a string would hold. References are values like others: nothing we know sends them, and
// nobody follows them here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/rtmp/limits.hpp"

namespace labnet::rtmp {

struct AmfNull {
  bool operator==(const AmfNull&) const = default;
};
struct AmfUndefined {
  bool operator==(const AmfUndefined&) const = default;
};
struct AmfUnsupported {
  bool operator==(const AmfUnsupported&) const = default;
};
struct AmfReference {
  std::uint16_t index = 0;  // among the objects and arrays of the message
  bool operator==(const AmfReference&) const = default;
};
struct AmfDate {
  double milliseconds = 0;  // since 1970, UTC
  std::int16_t zone = 0;    // should be 0
  bool operator==(const AmfDate&) const = default;
};
struct AmfXml {
  std::string text;
  bool operator==(const AmfXml&) const = default;
};

class AmfValue;
struct AmfProperty;
enum class AmfMarker : std::uint8_t;  // the octet in front of a value

/// Names and values in the order in which they were sent. A name may come twice; the first counts.
struct AmfObject {
  enum class Kind : std::uint8_t { plain, ecma_array, typed };

  explicit AmfObject(Kind of_kind = Kind::plain);
  AmfObject(const AmfObject&);
  AmfObject(AmfObject&&) noexcept;
  AmfObject& operator=(const AmfObject&);
  AmfObject& operator=(AmfObject&&) noexcept;
  ~AmfObject();

  /// Null pointer if there is none. Names are compared as they are, case included.
  const AmfValue* find(std::string_view name) const;
  /// Appends, for building: AmfObject{}.with("level", "status").with("code", code)
  AmfObject& with(std::string_view name, AmfValue value) &;
  AmfObject&& with(std::string_view name, AmfValue value) &&;

  bool operator==(const AmfObject& other) const;

  Kind kind;
  std::string class_name;  // of a typed one
  std::vector<AmfProperty> properties;
};
struct AmfArray {
  AmfArray();
  explicit AmfArray(std::vector<AmfValue> values);
  AmfArray(const AmfArray&);
  AmfArray(AmfArray&&) noexcept;
  AmfArray& operator=(const AmfArray&);
  AmfArray& operator=(AmfArray&&) noexcept;
  ~AmfArray();

  bool operator==(const AmfArray& other) const;

  std::vector<AmfValue> elements;
};

class AmfValue {
 public:
  using Data = std::variant<AmfNull, double, bool, std::string, AmfObject, AmfArray, AmfUndefined, AmfDate, AmfXml,
                            AmfReference, AmfUnsupported>;

  AmfValue() = default;  // null
  AmfValue(double number) : data_{number} {}
  template <class Integer>
  requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>) AmfValue(Integer number)
      : data_{static_cast<double>(number)} {}
  template <class Bool>
  requires std::is_same_v<Bool, bool> AmfValue(Bool value) : data_{value} {}
  AmfValue(std::string text) : data_{std::move(text)} {}
  AmfValue(std::string_view text) : data_{std::string{text}} {}
  AmfValue(const char* text) : data_{std::string{text}} {}
  AmfValue(AmfObject object) : data_{std::move(object)} {}
  AmfValue(AmfArray array) : data_{std::move(array)} {}
  AmfValue(AmfNull null) : data_{null} {}
  AmfValue(AmfUndefined undefined) : data_{undefined} {}
  AmfValue(AmfUnsupported unsupported) : data_{unsupported} {}
  AmfValue(AmfDate date) : data_{date} {}
  AmfValue(AmfXml xml) : data_{std::move(xml)} {}
  AmfValue(AmfReference reference) : data_{reference} {}

  const Data& data() const { return data_; }

  /// Nothing, or a null pointer, if it is of another kind.
  std::optional<double> number() const;
  std::optional<bool> boolean() const;
  const std::string* string() const;
  const AmfObject* object() const;  // ECMA arrays and typed objects too
  const AmfArray* array() const;
  bool is_null() const;  // or undefined

  bool operator==(const AmfValue& other) const;

 private:
  Data data_;
};

struct AmfProperty {
  std::string name;
  AmfValue value;
  bool operator==(const AmfProperty& other) const;
};

enum class AmfFault : std::uint8_t {
  truncated,        // a value goes on behind the end
  unknown_marker,   // none of the list above
  reserved_marker,  // movie clip, record set: never to be sent
  amf3_value,       // AMF 3 begins (marker 0x11), which is not read here
  unexpected_end,   // an object's end (0x09) where a value should be
  too_deep,         // AmfLimits::depth
  too_many_values,  // AmfLimits::values
  string_too_long,  // AmfLimits::string_bytes
};
/// For people: "too many objects stand one in the other"
std::string_view describe(AmfFault fault);

struct AmfLimits {
  std::size_t depth = amf_depth_max;
  std::size_t values = amf_values_max;
  std::size_t string_bytes = amf_string_bytes_max;
};

/// Values one after the other, as in a command. Faults end it: what follows cannot be found.
class AmfReader {
 public:
  explicit AmfReader(Bytes input, AmfLimits limits = {}) : in_{input}, limits_{limits} {}

  /// Nothing at the end of the input.
  Result<std::optional<AmfValue>, AmfFault> next();
  /// All that is left.
  Result<std::vector<AmfValue>, AmfFault> rest();

  std::size_t position() const { return in_.position(); }

 private:
  Result<AmfValue, AmfFault> value(std::size_t depth);
  Result<AmfValue, AmfFault> number();
  Result<AmfValue, AmfFault> boolean();
  Result<AmfValue, AmfFault> date();
  Result<AmfValue, AmfFault> reference();
  Result<AmfValue, AmfFault> xml();
  static Result<AmfValue, AmfFault> text_value(Result<std::string, AmfFault> text);
  Result<AmfValue, AmfFault> object(AmfObject::Kind kind, std::size_t depth);
  Result<AmfValue, AmfFault> array(std::size_t depth);
  Result<std::string, AmfFault> text(std::size_t length);
  Result<std::string, AmfFault> short_text();
  Result<std::string, AmfFault> long_text();
  bool is_at(AmfMarker marker) const;

  ByteReader in_;
  AmfLimits limits_;
  std::size_t values_ = 0;
};

/// Appends it. Texts above 65535 bytes are long strings; a property's name is cut there.
void write_amf(const AmfValue& value, ByteWriter& out);

/// In one line, for people: {app: "live", tcUrl: "rtmp://...", fpad: false}. At most amf_text_bytes_max bytes and
/// "...".
std::string to_text(const AmfValue& value);

}  // namespace labnet::rtmp
