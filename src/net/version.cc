#include "net/version.h"

#include <curl/curl.h>

namespace net {

std::string libraryVersion() {
  return std::string("libcurl ") + curl_version_info(CURLVERSION_NOW)->version;
}

}  // namespace net
