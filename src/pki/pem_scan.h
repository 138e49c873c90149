#pragma once

// The strict reading of PEM text, one layer below certificates. For the .cc files of this room.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pki {

/// What the lines of a block's marks begin and end with.
inline constexpr std::string_view dashes = "-----";

/// A PEM block as found: its type, the bytes inside, and where it stands.
struct PemBlock {
  std::string type;        // "CERTIFICATE"
  std::size_t begin, end;  // in the text; end is past the newline after END, if there is one
  std::size_t line;        // of BEGIN, from 1
  std::string der;         // decoded; empty unless the type is CERTIFICATE (no key is ever decoded here)
};

/// All blocks in order. Text on lines of its own between blocks is skipped. What Go, BoringSSL and OpenSSL
/// read differently is an error that names the line: markers that do not stand alone on their line (glued,
/// indented, after a byte order mark), blocks without an end, empty or foreign lines in a block, wrong
/// base64. `name` is for messages. Errors: Kind::usage.
base::Result<std::vector<PemBlock>> scanPem(std::string_view text, std::string_view name);

/// The first line of the text as Go's encoding/pem cuts it: without "\n" or "\r\n", then without blanks at
/// its end.
std::string_view firstLine(std::string_view text);

}  // namespace pki
