// What a page needs beside itself: read out of its HTML and of CSS as tolerantly as browsers do, by single passes that
// build no tree.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace labnet::http_client {

/// `ocsp` is no part of a page: a question whether a certificate still counts, which a visit needs as well.
enum class AssetKind { document, style, script, image, media, font, ocsp };
/// "style"
std::string_view name_of(AssetKind kind);

struct Asset {
  AssetKind kind = AssetKind::image;
  std::string reference;  // as it is written, entities resolved: see `resolve` in url.hpp

  bool operator==(const Asset&) const = default;
};

struct PageAssets {
  std::optional<std::string> base{};  // of <base href>: what references are relative to
  std::vector<Asset> assets{};        // in the order in which they stand there
  bool names_icon = false;
};

/// img and input[type=image], script, link (stylesheet, icon), video, audio and source, and what CSS in it names. Of
/// the candidates of srcset the one for a usual screen.
PageAssets find_assets(std::string_view html);

/// url(...), and @import, which is a style. Fonts are told by their names.
std::vector<Asset> find_css_assets(std::string_view css);

}  // namespace labnet::http_client
