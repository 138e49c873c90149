#include "pki/pem_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/secret.h"
#include "base/text.h"

namespace pki {
namespace {

constexpr std::string_view beginMarker = "-----BEGIN ";
constexpr std::string_view endMarker = "-----END ";

struct Line {
  std::string_view text;  // without its line end and blanks before that
  std::size_t begin, end;
  std::size_t number;
};

/// "-----BEGIN CERTIFICATE-----" -> "CERTIFICATE", if the line is that and nothing else.
std::optional<std::string> typeOf(std::string_view line, std::string_view marker) {
  if (!line.starts_with(marker) || !line.ends_with(dashes)) return std::nullopt;
  line.remove_prefix(marker.size());
  if (line.size() < dashes.size()) return std::nullopt;
  line.remove_suffix(dashes.size());
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ";
  if (line.empty() || line.find_first_not_of(allowed) != std::string_view::npos) return std::nullopt;
  return std::string(line);
}

bool holdsMarker(std::string_view line) {
  return line.find("-----BEGIN") != std::string_view::npos || line.find("-----END") != std::string_view::npos;
}

bool isBase64Digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
         c == '=';
}

bool isBase64(std::string_view line) {
  return std::all_of(line.begin(), line.end(), isBase64Digit);
}

class Scanner {
 public:
  Scanner(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  base::Result<std::vector<PemBlock>> scan() {
    if (text_.find('\0') != std::string_view::npos) {
      return base::fail({base::Kind::usage, fmt::format("{} is not a PEM file", name_), "it holds NUL bytes",
                         "Convert DER with: openssl x509 -inform DER -in FILE -out FILE.pem"});
    }
    std::vector<PemBlock> blocks;
    while (const auto line = next()) {
      if (const auto type = typeOf(line->text, beginMarker)) {
        TRY_ASSIGN(auto block, body(*line, *type));
        blocks.push_back(std::move(block));
      } else if (holdsMarker(line->text)) {
        return base::fail(misplaced(*line));
      }
    }
    return blocks;
  }

 private:
  std::optional<Line> next() {
    if (position_ >= text_.size()) return std::nullopt;
    const std::size_t begin = position_;
    const std::size_t newline = text_.find('\n', begin);
    const std::size_t stop = newline == std::string_view::npos ? text_.size() : newline;
    position_ = newline == std::string_view::npos ? stop : stop + 1;
    return Line{firstLine(text_.substr(begin)), begin, position_, ++number_};
  }

  /// From the line after BEGIN to END.
  base::Result<PemBlock> body(const Line& first, const std::string& type) {
    std::string encoded;
    while (const auto line = next()) {
      if (const auto ends = typeOf(line->text, endMarker)) {
        if (*ends != type) {
          return base::fail(at(*line, fmt::format("a block that began as {} ends as {}", type, *ends)));
        }
        PemBlock block{type, first.begin, line->end, first.number, {}};
        if (type == "CERTIFICATE") {
          TRY_ASSIGN(block.der, decode(first, encoded));
        }
        base::cleanse(encoded);
        return block;
      }
      if (holdsMarker(line->text)) return base::fail(misplaced(*line));
      if (type != "CERTIFICATE") continue;
      if (line->text.empty()) {
        return base::fail(at(*line, "an empty line inside a block", "Remove the empty line."));
      }
      if (!isBase64(line->text)) {
        return base::fail(at(*line, "not base64 inside a block",
                             "A block holds base64 alone: no headers, no indentation, no comments."));
      }
      encoded += line->text;
    }
    return base::fail(at(first, fmt::format("the block that begins here has no \"-----END {}-----\"", type),
                         "The file is cut off: copy it again, whole."));
  }

  [[nodiscard]] base::Result<std::string> decode(const Line& first, const std::string& encoded) const {
    // Go and BoringSSL want the padding that base64Decode would do without.
    auto bytes = encoded.size() % 4 == 0 ? base::base64Decode(encoded) : std::nullopt;
    if (!bytes || bytes->empty()) {
      return base::fail(at(first, "the block that begins here is not valid base64",
                           "The file is damaged: copy it again, whole."));
    }
    return std::move(*bytes);
  }

  [[nodiscard]] base::Error misplaced(const Line& line) const {
    const std::string_view text = line.text;
    const std::string advice = "istiod (Go) drops such certificates without a word.";
    const auto marker = std::min(text.find("-----BEGIN"), text.find("-----END"));
    if (text.find("----------BEGIN") != std::string_view::npos) {
      return at(line, "two blocks are glued together: no newline between END and BEGIN",
                "Put \"-----BEGIN ...\" on a line of its own. " + advice);
    }
    if (text.starts_with("\xEF\xBB\xBF")) {
      return at(line, "a byte order mark in front of \"-----BEGIN\"",
                "Save the file without the mark (as plain ASCII). " + advice);
    }
    if (text.find('\r') != std::string_view::npos) {
      return at(line, "lines that end with CR alone",
                "Save the file with newlines (LF) as line ends. " + advice);
    }
    if (marker != 0 && text.find_first_not_of(" \t") == marker) {
      return at(line, "a BEGIN or END line is indented", "Remove the blanks in front of it. " + advice);
    }
    if (text.starts_with("-----END")) {
      return at(line, "an END line that ends nothing or is damaged", "Copy the file again, whole.");
    }
    return at(line, "a BEGIN or END line that is damaged, or inside another block",
              "Each block begins and ends with a line of its own. Copy the file again, whole.");
  }

  [[nodiscard]] base::Error at(const Line& line, std::string reason, std::string hint = {}) const {
    return {base::Kind::usage, fmt::format("{} is not strict PEM, line {}", name_, line.number),
            std::move(reason), std::move(hint)};
  }

  std::string_view text_, name_;
  std::size_t position_ = 0, number_ = 0;
};

}  // namespace

std::string_view firstLine(std::string_view text) {
  std::string_view line = text.substr(0, text.find('\n'));
  if (line.size() < text.size() && line.ends_with('\r')) line.remove_suffix(1);
  const auto last = line.find_last_not_of(" \t");
  return last == std::string_view::npos ? std::string_view() : line.substr(0, last + 1);
}

base::Result<std::vector<PemBlock>> scanPem(std::string_view text, std::string_view name) {
  return Scanner(text, name).scan();
}

}  // namespace pki
