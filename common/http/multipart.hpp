// multipart/form-data, as forms with files are sent (RFC 7578; RFC 2046, section 5.1).
//
//   --boundary CR LF
//   Content-Disposition: form-data; name="file"; filename="1.png" CR LF
//   Content-Type: image/png CR LF
//   CR LF
//   octets CR LF                    this CR LF belongs to the boundary
//   --boundary-- CR LF
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/http/media_type.hpp"

namespace labnet::http {

/// What a part says of itself.
struct PartHead {
  std::string name;                      // of the field in the form
  std::optional<std::string> file_name;  // as the client tells it: it may have slashes and dots in it, and is not to be
                                         // taken for a path
  std::string content_type;              // "text/plain" where none is told (RFC 7578, section 4.4)

  bool operator==(const PartHead&) const = default;
};

enum class MultipartFault {
  malformed_boundary,  // behind a boundary stands neither CR LF nor "--": 400
  malformed_head,      // a line that is no field, or no Content-Disposition with a name: 400
  head_too_long,       // part_head_bytes_max: 413
  too_many_parts,      // parts_max: 413
};
int status_of(MultipartFault fault);

/// The boundary of a multipart/form-data type; nothing for another type, or if it is missing, too long or has a
/// character that a boundary may not have.
std::optional<std::string> boundary_of(const MediaType& media_type);

/// Reads a body as its bytes come. Keeps no more of them than a boundary or the head of one part.
class MultipartReader {
 public:
  struct Step {
    std::size_t used = 0;          // bytes of the input that are done with
    std::optional<PartHead> head;  // a part begins
    Buffer data;                   // of the current part
    bool part_ends = false;        // behind `data`
    bool finished = false;         // the last boundary has come; what follows is nobody's
  };

  /// boundary  see boundary_of
  explicit MultipartReader(std::string_view boundary);

  /// input    what has come and is not used yet
  /// returns  at most one event: call again with the rest until nothing is left of the input. After the end everything
  ///          is used
  Result<Step, MultipartFault> read(Bytes input);
  /// False at the end of the body means that it was cut off.
  bool finished() const { return stage_ == Stage::finished; }

 private:
  enum class Stage { preamble, behind_boundary, head, data, finished };

  Result<Step, MultipartFault> read_behind_boundary(Bytes input);
  Result<Step, MultipartFault> read_head(Bytes input);
  Step read_until_boundary(Bytes input);

  std::string delimiter_;  // CR LF "--" boundary
  Stage stage_ = Stage::preamble;
  std::size_t matched_;  // bytes of the delimiter that have come and may belong to the data
  std::string line_;     // behind a boundary
  std::string head_;     // as much as has come
  std::size_t parts_ = 0;
};

}  // namespace labnet::http
