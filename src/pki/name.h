#pragma once

// For the .cc files of this room.

#include "base/result.h"
#include "pki/issue.h"
#include "pki/openssl.h"

namespace pki {

/// UTF8String values, as tools/certs makes them (PrintableString where X.520 wants it). Kind::usage for an
/// attribute that is not known or a value that is too long or not UTF-8.
base::Result<X509NamePtr> toX509Name(const Name& name);

}  // namespace pki
