// Limits of an HTTP service that no configuration changes.
#pragma once

#include <chrono>
#include <cstddef>

namespace labnet::http_server {

inline constexpr std::size_t sites_max = 100;
inline constexpr std::size_t names_per_site_max = 100;
inline constexpr std::size_t redirects_max = 1'000;      // of one site
inline constexpr std::size_t protected_areas_max = 100;  // the same
inline constexpr std::size_t users_max = 1'000;          // of one protected area
inline constexpr std::size_t extra_fields_max = 100;     // of one site
inline constexpr std::size_t index_names_max = 10;

// Of what a connection holds
inline constexpr std::size_t input_bytes_first = 2 * 1024;    // what an idle connection costs; a head of usual size
inline constexpr std::size_t body_read_bytes = 64 * 1024;     // of a body, read at once
inline constexpr std::size_t chunked_read_bytes = 16 * 1024;  // the same where its length is not known
inline constexpr std::size_t body_block_bytes = 16 * 1024;    // of it, for the disk: many small chunks are joined
inline constexpr std::size_t queued_bytes_max = 64 * 1024;    // of responses to requests that came together
inline constexpr std::size_t queued_pieces_max = 64;          // the same
/// A client may leave in the middle of a body. What is shorter than this is in the system's buffers by then in any
/// case.
inline constexpr std::size_t held_line_body_bytes_min = 128 * 1024;
inline constexpr std::size_t discarded_bytes_max = 64 * 1024;  // of a body that nobody wants; a longer one ends it all
inline constexpr std::chrono::milliseconds discarding_time_max{500};  // the same; the response waits for it

// Of forms
inline constexpr std::size_t form_bytes_max = 1024 * 1024;  // of the names and values of a form; files are not counted
inline constexpr int upload_names_max = 100;                // tried for a file whose name is taken
inline constexpr std::size_t upload_links_max = 100;        // to files that were stored, on the page that says so
inline constexpr std::size_t applications_max = 100;        // of one site
inline constexpr std::size_t revoked_max = 1'000;           // certificates, of one application
inline constexpr std::size_t wanted_bytes_max = 2'000;  // of a path that somebody is sent back to once he has logged in

// Of comments
inline constexpr std::size_t topic_bytes_max = 200;
inline constexpr std::size_t comment_name_bytes_max = 100;
inline constexpr std::size_t comment_text_bytes_max = 2'000;
inline constexpr std::size_t comments_per_topic_max = 200;
inline constexpr std::size_t topics_max = 1'000;
inline constexpr std::size_t comments_max = 20'000;          // of one application
inline constexpr std::size_t comment_calls_at_once_max = 4;  // so that threads for what blocks are left for files
inline constexpr std::chrono::seconds comment_patience{5};   // how long a request waits to be one of those

// Of what a worker keeps
inline constexpr std::size_t documents_max = 1'000;
inline constexpr std::size_t open_files_min = 16;  // of these documents, however few descriptors there are
inline constexpr std::size_t open_files_most = 3'000;
inline constexpr std::size_t document_path_bytes_max = 256;      // as a client wrote it; longer ones are not kept
inline constexpr std::size_t kept_bytes_max = 32 * 1024 * 1024;  // of all files that are in memory
inline constexpr std::size_t kept_file_bytes_max = 256 * 1024;   // of one; a larger one is sent from the disk
inline constexpr std::size_t compressed_file_bytes_max = 4 * 1024 * 1024;  // a larger one is not compressed
inline constexpr std::size_t compressed_file_bytes_min = 256;              // in a smaller one there is nothing to gain
inline constexpr std::size_t listing_entries_max = 10'000;
/// How long an open file is taken for what its path leads to: folders may have been renamed above it.
inline constexpr std::chrono::seconds path_lifetime{1};
/// A file that was changed so shortly before it was read may be changed again without a later time (the system's clock
/// for files has a step): it is read once more.
inline constexpr std::chrono::milliseconds settling_time{100};

}  // namespace labnet::http_server
