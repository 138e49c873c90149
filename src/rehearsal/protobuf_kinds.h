#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace rehearsal {

/// What a field of one of Kubernetes' messages becomes in JSON.
struct ProtobufField {
  enum class Type { text, integer, boolean, bytes, time, microTime, intOrString, quantity, json, message };
  std::string name{};  // in JSON; empty: its members are those of the object around it
  Type type = Type::text;
  std::string message{};  // of Type::message, the name of what it holds
  bool list = false;      // of such values
  bool map = false;       // of such values by their names
  bool keeps = false;     // a pointer in Go: zero is a value, and not left out as Go's omitempty does
  bool ignored = false;   // the server sets it: what a client says is nothing
};
using ProtobufMessage = std::map<std::uint32_t, ProtobufField>;

/// The fields of "ObjectMeta", "Secret", ...; null of what a rehearsal does not read from protobuf.
const ProtobufMessage* protobufMessage(std::string_view name);
/// All of them, for tests.
const std::map<std::string, ProtobufMessage, std::less<>>& protobufMessages();

}  // namespace rehearsal
