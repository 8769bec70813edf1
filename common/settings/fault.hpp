// Where something stands in a settings file, and what is wrong with it.
#pragma once

#include <memory>
#include <string>

#include <boost/assert/source_location.hpp>

namespace labnet::settings {

/// A place in a settings file. It may be kept after the file is read: for a check that needs two values to be known.
struct Mark {
  std::shared_ptr<const std::string> file;  // as it was given to load(); never null in a mark of a document
  int line = 0;                             // from 1; 0: the file as a whole
  int column = 0;                           // from 1, in characters
};

/// What is wrong with a settings file: one sentence that says what was expected and what was found. For a check that
/// comes after reading: `return Fault{mark_of_the_second, "mac: pc1 has the same address"}`.
struct Fault {
  Mark mark;
  std::string message;
};

/// "lab.yaml:12:7: port: expected a whole number from 1 to 65535, found "http"", or "lab.yaml: ..." without a place.
std::string to_string(const Fault& fault);

/// Needed by boost::system::result to compile .value().
[[noreturn]] void throw_exception_from_error(const Fault& fault, const boost::source_location& where);

}  // namespace labnet::settings
