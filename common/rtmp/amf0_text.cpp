// Values of AMF 0 for people.
#include <fmt/format.h>

#include "common/base/utf8.hpp"
#include "common/rtmp/amf0.hpp"

namespace labnet::rtmp {
namespace {

/// Stops when the line is long enough, however much there is.
class AmfTeller {
 public:
  std::string take() {
    if (text_.size() <= amf_text_bytes_max) return std::move(text_);
    return printable(text_, amf_text_bytes_max);  // cuts between characters, and says so
  }

  void tell(const AmfValue& value) {
    if (!is_full()) std::visit([this](const auto& data) { add(data); }, value.data());
  }

 private:
  bool is_full() const { return text_.size() > amf_text_bytes_max; }

  void add(AmfNull) { text_ += "null"; }
  void add(AmfUndefined) { text_ += "undefined"; }
  void add(AmfUnsupported) { text_ += "unsupported"; }
  void add(bool value) { text_ += value ? "true" : "false"; }
  void add(double number) { text_ += fmt::format("{}", number); }
  void add(const std::string& text) { add_quoted(text); }
  void add(const AmfXml& xml) {
    text_ += "XML ";
    add_quoted(xml.text);
  }
  void add(AmfDate date) { text_ += fmt::format("date {}", date.milliseconds); }
  void add(AmfReference reference) { text_ += fmt::format("reference {}", reference.index); }
  void add(const AmfArray& array) {
    text_ += '[';
    for (std::size_t i = 0; i < array.elements.size() && !is_full(); ++i) {
      if (i > 0) text_ += ", ";
      tell(array.elements[i]);
    }
    text_ += ']';
  }
  void add(const AmfObject& object) {
    if (object.kind == AmfObject::Kind::typed) text_ += printable(object.class_name, amf_text_bytes_max) + ' ';
    text_ += '{';
    for (std::size_t i = 0; i < object.properties.size() && !is_full(); ++i) {
      const auto& [name, value] = object.properties[i];
      if (i > 0) text_ += ", ";
      text_ += printable(name, amf_text_bytes_max) + ": ";
      tell(value);
    }
    text_ += '}';
  }
  void add_quoted(std::string_view text) {
    text_ += '"';
    text_ += printable(text, amf_text_bytes_max);
    text_ += '"';
  }

  std::string text_;
};

}  // namespace

std::string to_text(const AmfValue& value) {
  AmfTeller teller;
  teller.tell(value);
  return teller.take();
}

}  // namespace labnet::rtmp
