// Manual pages, in the language of man(7): of each program from its own definition, of a configuration from the
// comments of its reference file.
//
//   labnet.1              all programs
//   labnet-ftp.1          those that begin with the same word, where there are several
//   labnet-ftp-get.1      one program
//   ftp-server.1          a customary name: it refers to another page
//   labnet-ftp.5          config/ftp.yaml
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/program/program.hpp"

namespace labnet::program {

/// The file names of all pages that the definitions give, in the order of the alphabet.
std::vector<std::string> manual_pages(std::span<const Program* const> programs, std::span<const Link> links);

/// One of them; nothing for a name that is not among them.
std::optional<std::string> manual_page(std::span<const Program* const> programs, std::span<const Link> links,
                                       std::string_view page);

/// Of section 5: what a configuration file may hold.
/// service  "ftp", as the file is called
/// yaml     the reference file: a comment in front, then each key with its default below a comment; two blanks for each
///          level. Comments that go on after two blanks more are examples
std::string configuration_page(std::string_view service, std::string_view yaml);

}  // namespace labnet::program
