#pragma once

#include <string_view>

namespace fuzz {

/// Each reads the bytes with the parser that it is named for, and aborts where the parser breaks a promise of
/// its header: what it accepted does not survive being written and read again, or depends on how the bytes
/// are cut.
void checkJson(std::string_view bytes);
void checkYaml(std::string_view bytes);
void checkHttpResponse(std::string_view bytes);
void checkHttpRequest(std::string_view bytes);
void checkWebSocket(std::string_view bytes);
void checkGrpc(std::string_view bytes);  // what a server sends over HTTP/2
void checkProtobuf(std::string_view bytes);
void checkPem(std::string_view bytes);
void checkKubeconfig(std::string_view bytes);
void checkChannels(std::string_view bytes);  // messages of a port-forward and of an exec
void checkKubernetesProtobuf(std::string_view bytes);
void checkPatches(std::string_view bytes);  // a line of JSON, and a patch for it in the next
void checkSelectors(std::string_view text);
void checkSpdy(std::string_view bytes);  // what a client sends

}  // namespace fuzz
