#include <algorithm>

#include "json/utf8.h"
#include "json/yaml.h"
#include "json/yaml_scalar.h"

namespace json {

namespace {

/// Characters that YAML calls not printable, or that some readers take for a line break, although JSON may
/// hold them.
bool isSpecial(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  if (first == 0xC2) return static_cast<unsigned char>(character[1]) < 0xA0;  // C1 controls, NEL
  if (character.size() != 3) return false;
  return character == "\u2028" || character == "\u2029" || character == "\uFEFF" || character == "\uFFFE" ||
         character == "\uFFFF";
}

template <class Each>
void forEachCharacter(std::string_view text, Each each) {
  while (!text.empty()) {
    const auto length = std::max<std::size_t>(characterLength(text), 1);
    each(text.substr(0, length));
    text.remove_prefix(length);
  }
}

std::string quoted(std::string_view text) {
  constexpr std::string_view hexDigits = "0123456789ABCDEF";
  std::string out = "\"";
  forEachCharacter(text, [&](std::string_view character) {
    if (character == "\"" || character == "\\") {
      (out += '\\') += character;
    } else if (character == "\n") {
      out += "\\n";
    } else if (character == "\t") {
      out += "\\t";
    } else if (isSpecial(character)) {
      const auto byte = [&](std::size_t i) {
        return static_cast<unsigned>(static_cast<unsigned char>(character[i]));
      };
      const unsigned code = character.size() == 1 ? byte(0)
                            : character.size() == 2
                                ? (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F)
                                : (byte(0) & 0xF) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
      out += "\\u";
      for (const unsigned shift : {12U, 8U, 4U, 0U}) out += hexDigits[code >> shift & 0xF];
    } else {
      out += character;
    }
  });
  return out += '"';
}

/// Whether a plain scalar needs no quotes in any place: a careful subset of what YAML allows.
bool isPlain(std::string_view text) {
  if (isAmbiguous(text)) return false;
  const auto isSafe = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./ :+@%=").find(c) != std::string_view::npos;
  };
  if (!std::all_of(text.begin(), text.end(), isSafe)) return false;
  constexpr std::string_view notFirst = "-: @%=", notLast = ": ";
  return notFirst.find(text.front()) == std::string_view::npos &&
         notLast.find(text.back()) == std::string_view::npos && text.find(": ") == std::string_view::npos;
}

/// Whether a literal block gives the text back: several lines of printable text, none of white space alone.
bool isBlock(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || text.front() == '\n' || text.front() == ' ') return false;
  bool good = true;
  forEachCharacter(text,
                   [&](std::string_view c) { good = good && (c == "\n" || c == "\t" || !isSpecial(c)); });
  while (good && !text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    good = line.empty() || line.find_first_not_of(" \t") != std::string_view::npos;
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return good;
}

class YamlDumper {
 public:
  std::string take() { return std::move(out_); }

  void document(const Value& value) {
    if (isEmptyOrScalar(value)) {
      scalar(value, 2);  // not at 0: a block's line could look like a document's end
    } else {
      container(value, 0, false);
    }
  }

 private:
  static bool isEmptyOrScalar(const Value& value) { return value.items().empty() && value.members().empty(); }

  /// A value behind "key:" or "-" on the same line, with its newline.
  void scalar(const Value& value, std::size_t indent) {
    std::string scratch;
    const auto text = asUtf8(value.text(), scratch);
    if (!value.isString()) {
      out_ += json::dump(value);
    } else if (isPlain(text)) {
      out_ += text;
    } else if (isBlock(text)) {
      return block(text, indent);
    } else {
      out_ += quoted(text);
    }
    out_ += '\n';
  }

  void block(std::string_view text, std::size_t indent) {
    // No newline at the end, one, or more of them.
    out_ += !text.ends_with('\n') ? "|-\n" : text.ends_with("\n\n") ? "|+\n" : "|\n";
    if (text.ends_with('\n')) text.remove_suffix(1);
    while (true) {
      const auto line = text.substr(0, text.find('\n'));
      if (!line.empty()) out_.append(indent, ' ') += line;
      out_ += '\n';
      if (line.size() == text.size()) return;
      text.remove_prefix(line.size() + 1);
    }
  }

  /// Entries at `indent`; the first one continues the current line ("- " was written) if `inLine`.
  void container(const Value& value, std::size_t indent, bool inLine) {
    const auto startLine = [&] {
      if (!inLine) out_.append(indent, ' ');
      inLine = false;
    };
    for (const auto& item : value.items()) {
      startLine();
      out_ += "- ";
      if (isEmptyOrScalar(item)) {
        scalar(item, indent + 2);
      } else {
        container(item, indent + 2, true);
      }
    }
    for (const auto& [key, member] : value.members()) {
      startLine();
      std::string scratch;
      const auto text = asUtf8(key, scratch);
      out_ += isPlain(text) ? std::string(text) : quoted(text);
      out_ += ':';
      if (isEmptyOrScalar(member)) {
        out_ += ' ';
        scalar(member, indent + 2);
      } else {
        out_ += '\n';
        container(member, member.isArray() ? indent : indent + 2, false);  // lists as kubectl writes them
      }
    }
  }

  std::string out_;
};

}  // namespace

std::string dumpYaml(const Value& value) {
  YamlDumper dumper;
  dumper.document(value);
  return dumper.take();
}

}  // namespace json
