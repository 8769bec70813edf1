// Values of AMF 0 as octets.
#include <bit>

#include "common/rtmp/amf0.hpp"
#include "common/rtmp/amf0_markers.hpp"

namespace labnet::rtmp {
namespace {

constexpr std::size_t short_text_bytes_max = UINT16_MAX;

void put_marker(AmfMarker marker, ByteWriter& out) {
  out.u8(static_cast<std::uint8_t>(marker));
}
void put_double(double number, ByteWriter& out) {
  out.u64(std::bit_cast<std::uint64_t>(number));
}
void put_short_text(std::string_view text, ByteWriter& out) {
  text = text.substr(0, short_text_bytes_max);
  out.u16(static_cast<std::uint16_t>(text.size()));
  out.text(text);
}
void put_long_text(std::string_view text, ByteWriter& out) {
  out.u32(static_cast<std::uint32_t>(text.size()));
  out.text(text);
}

/// One function for each kind.
struct AmfWriter {
  ByteWriter& out;

  void operator()(AmfNull) const { put_marker(AmfMarker::null, out); }
  void operator()(AmfUndefined) const { put_marker(AmfMarker::undefined, out); }
  void operator()(AmfUnsupported) const { put_marker(AmfMarker::unsupported, out); }
  void operator()(double number) const {
    put_marker(AmfMarker::number, out);
    put_double(number, out);
  }
  void operator()(bool value) const {
    put_marker(AmfMarker::boolean, out);
    out.u8(value ? 1 : 0);
  }
  void operator()(const std::string& text) const {
    if (text.size() <= short_text_bytes_max) {
      put_marker(AmfMarker::string, out);
      put_short_text(text, out);
    } else {
      put_marker(AmfMarker::long_string, out);
      put_long_text(text, out);
    }
  }
  void operator()(const AmfXml& xml) const {
    put_marker(AmfMarker::xml_document, out);
    put_long_text(xml.text, out);
  }
  void operator()(AmfDate date) const {
    put_marker(AmfMarker::date, out);
    put_double(date.milliseconds, out);
    out.u16(static_cast<std::uint16_t>(date.zone));
  }
  void operator()(AmfReference reference) const {
    put_marker(AmfMarker::reference, out);
    out.u16(reference.index);
  }
  void operator()(const AmfArray& array) const {
    put_marker(AmfMarker::strict_array, out);
    out.u32(static_cast<std::uint32_t>(array.elements.size()));
    for (const auto& element : array.elements) write_amf(element, out);
  }
  void operator()(const AmfObject& object) const {
    begin(object);
    for (const auto& [name, value] : object.properties) {
      put_short_text(name, out);
      write_amf(value, out);
    }
    put_short_text("", out);
    put_marker(AmfMarker::object_end, out);
  }

 private:
  void begin(const AmfObject& object) const {
    switch (object.kind) {
      case AmfObject::Kind::plain:
        return put_marker(AmfMarker::object, out);
      case AmfObject::Kind::ecma_array:
        put_marker(AmfMarker::ecma_array, out);
        return out.u32(static_cast<std::uint32_t>(object.properties.size()));
      case AmfObject::Kind::typed:
        put_marker(AmfMarker::typed_object, out);
        return put_short_text(object.class_name, out);
    }
  }
};

}  // namespace

void write_amf(const AmfValue& value, ByteWriter& out) {
  std::visit(AmfWriter{out}, value.data());
}

}  // namespace labnet::rtmp
