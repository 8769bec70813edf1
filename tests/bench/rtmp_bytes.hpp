// RTMP as a load and a null server write it: AMF 0 and chunks (Adobe's RTMP specification 1.0, 5.3), and nothing else.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace rtmp_bytes {

constexpr std::size_t handshake_bytes = 1536;  // of C1, S1, C2 and S2
constexpr std::size_t chunk_bytes_first = 128;

enum Type : std::uint8_t {
  set_chunk_size = 1,
  acknowledgement = 3,
  user_control = 4,
  window = 5,
  audio = 8,
  video = 9,
  data = 18,
  command = 20
};

inline void append_number(std::string& text, std::uint64_t number, int bytes) {
  while (bytes-- > 0) text += static_cast<char>(number >> (8 * bytes));
}

inline std::uint32_t read_number(std::string_view bytes) {
  std::uint32_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<std::uint8_t>(byte);
  return number;
}

inline std::string amf_key(std::string_view text) {
  std::string made;
  append_number(made, text.size(), 2);
  return made.append(text);
}

inline std::string amf(std::string_view text) {
  return '\2' + amf_key(text);
}

inline std::string amf(double number) {
  std::string made(1, '\0');
  append_number(made, std::bit_cast<std::uint64_t>(number), 8);
  return made;
}

inline const std::string amf_null = "\5";
inline const std::string amf_object = "\3";
inline const std::string amf_object_end{"\0\0\11", 3};

/// A message in chunks: the first with a whole header, the others with none.
inline std::string chunks(std::uint8_t chunk_stream, Type type, std::uint32_t message_stream, std::uint32_t timestamp,
                          std::string_view body, std::size_t chunk_bytes) {
  std::string made(1, static_cast<char>(chunk_stream));
  append_number(made, timestamp, 3);  // that of a load is below 0xFFFFFF
  append_number(made, body.size(), 3);
  made += static_cast<char>(type);
  for (int shift = 0; shift < 32; shift += 8) made += static_cast<char>(message_stream >> shift);  // little endian
  made.append(body.substr(0, chunk_bytes));
  for (std::size_t at = chunk_bytes; at < body.size(); at += chunk_bytes) {
    made += static_cast<char>(0xC0 | chunk_stream);
    made.append(body.substr(at, chunk_bytes));
  }
  return made;
}

}  // namespace rtmp_bytes
