#include "net/protobuf.h"

namespace net {

namespace {

enum WireType : std::uint32_t { varint = 0, fixed64 = 1, lengthDelimited = 2, fixed32 = 5 };
constexpr std::uint32_t highestField = (1U << 29) - 1;

base::Error broken(std::string reason) {
  return {base::Kind::failed, "the message is not protobuf", std::move(reason)};
}

void appendVarint(std::string& message, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) message += static_cast<char>(number | 0x80);
  message += static_cast<char>(number);
}

base::Result<std::uint64_t> takeVarint(std::string_view& rest) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (rest.empty()) return base::fail(broken("it ends within a number"));
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    if (shift == 63 && byte > 1) break;
    number |= std::uint64_t(byte & 0x7F) << shift;
    if (byte < 0x80) return number;
  }
  return base::fail(broken("a number of more than 64 bits"));
}

base::Result<std::string_view> take(std::string_view& rest, std::uint64_t size) {
  if (size > rest.size()) return base::fail(broken("it ends within a field"));
  const auto taken = rest.substr(0, size);
  rest.remove_prefix(size);
  return taken;
}

/// The field's bytes, as long as its wire type says; groups are deprecated and not taken.
base::Result<std::string_view> takeValue(std::string_view& rest, std::uint32_t type) {
  const auto before = rest;
  switch (type) {
    case varint: {
      TRY(takeVarint(rest).map([](auto) {}));
      return before.substr(0, before.size() - rest.size());
    }
    case fixed64:
      return take(rest, 8);
    case fixed32:
      return take(rest, 4);
    case lengthDelimited: {
      TRY_ASSIGN(const auto size, takeVarint(rest));
      return take(rest, size);
    }
    default:
      return base::fail(broken("a field of wire type " + std::to_string(type)));
  }
}

struct Taken {
  std::uint32_t number, type;
  std::string_view value;
};

base::Result<Taken> takeField(std::string_view& message) {
  TRY_ASSIGN(const auto tag, takeVarint(message));
  const auto number = tag >> 3;
  const auto type = std::uint32_t(tag & 7);
  if (number == 0 || number > highestField) return base::fail(broken("a field without a valid number"));
  TRY_ASSIGN(const auto value, takeValue(message, type));
  return Taken{std::uint32_t(number), type, value};
}

base::Error ofAnotherType(const Taken& field) {
  return broken("field " + std::to_string(field.number) + " is of wire type " + std::to_string(field.type));
}

/// The values of one field, which has to be of this wire type.
base::Result<std::vector<std::string_view>> valuesOf(std::string_view message, std::uint32_t field,
                                                     std::uint32_t wanted) {
  std::vector<std::string_view> values;
  while (!message.empty()) {
    TRY_ASSIGN(const auto taken, takeField(message));
    if (taken.number != field) continue;
    if (taken.type != wanted) return base::fail(ofAnotherType(taken));
    values.push_back(taken.value);
  }
  return values;
}

}  // namespace

void appendText(std::string& message, std::uint32_t field, std::string_view text) {
  appendVarint(message, field << 3 | lengthDelimited);
  appendVarint(message, text.size());
  message += text;
}

void appendNumber(std::string& message, std::uint32_t field, std::uint64_t number) {
  appendVarint(message, field << 3 | varint);
  appendVarint(message, number);
}

base::Result<std::vector<std::string_view>> textsOf(std::string_view message, std::uint32_t field) {
  return valuesOf(message, field, lengthDelimited);
}

base::Result<std::optional<std::uint64_t>> numberOf(std::string_view message, std::uint32_t field) {
  TRY_ASSIGN(const auto values, valuesOf(message, field, varint));
  if (values.empty()) return std::nullopt;
  auto last = values.back();
  TRY_ASSIGN(const auto number, takeVarint(last));
  return number;
}

base::Result<std::vector<WireField>> fieldsOf(std::string_view message) {
  std::vector<WireField> fields;
  while (!message.empty()) {
    TRY_ASSIGN(auto taken, takeField(message));
    WireField field{taken.number, taken.value};
    if (taken.type == varint) {
      TRY_ASSIGN(field.value, takeVarint(taken.value));
    } else if (taken.type != lengthDelimited) {
      return base::fail(ofAnotherType(taken));
    }
    fields.push_back(field);
  }
  return fields;
}

}  // namespace net
