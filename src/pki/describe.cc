#include "pki/describe.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/text.h"

namespace pki {
namespace {

std::string printable(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      text += c;
    } else {
      std::array<char, 4> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\%02X", byte);
      text += escaped.data();
    }
  }
  return text;
}

std::string curveOf(const EVP_PKEY* key) {
  std::array<char, 80> group{};
  std::size_t length = 0;
  if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(), &length) !=
      1) {
    return "of unnamed curve";
  }
  const char* nist = EC_curve_nid2nist(OBJ_txt2nid(group.data()));
  return nist == nullptr ? std::string(group.data(), length) : nist;
}

}  // namespace

std::string describeName(const X509_NAME* name) {
  const ErrorScope errors;
  const BioPtr bio = memoryBio();
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_ONELINE);
  return contents(bio.get());
}

std::string describeSerial(const ASN1_INTEGER* serial) {
  const ErrorScope errors;
  const NumberPtr number(ASN1_INTEGER_to_BN(serial, nullptr));
  if (!number) return {};
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  const std::string sign = BN_is_negative(number.get()) != 0 ? "-" : "";
  std::string digits = base::hex(bytes);
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  const std::size_t width = 32 - sign.size();  // Go counts the sign
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return sign + digits;
}

std::optional<base::Time> timeOf(const ASN1_TIME* time) {
  const ErrorScope errors;
  std::tm fields{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &fields) != 1) return std::nullopt;
  using namespace std::chrono;
  const year_month_day day{year(fields.tm_year + 1900), month(static_cast<unsigned>(fields.tm_mon + 1)),
                           std::chrono::day(static_cast<unsigned>(fields.tm_mday))};
  return sys_days(day) + hours(fields.tm_hour) + minutes(fields.tm_min) + seconds(fields.tm_sec);
}

std::vector<std::string> alternativeNames(const X509* x509, int kind) {
  const ErrorScope errors;
  const GeneralNamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x509, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> found;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != kind) continue;
    const ASN1_IA5STRING* value = name->d.ia5;
    found.push_back(printable({reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                               static_cast<std::size_t>(ASN1_STRING_length(value))}));
  }
  return found;
}

std::string describeKey(const EVP_PKEY* key) {
  const ErrorScope errors;
  if (key == nullptr) return "unknown key";
  if (EVP_PKEY_is_a(key, "RSA") == 1) return "RSA " + std::to_string(EVP_PKEY_get_bits(key));
  if (EVP_PKEY_is_a(key, "EC") == 1) return "EC " + curveOf(key);
  const char* type = EVP_PKEY_get0_type_name(key);
  return type == nullptr ? "unknown key" : type;
}

std::string describeSignature(const X509* x509) {
  const ErrorScope errors;
  const int nid = X509_get_signature_nid(x509);
  if (nid != NID_undef) return OBJ_nid2sn(nid);
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, nullptr, nullptr, X509_get0_tbs_sigalg(x509));
  std::array<char, 80> text{};
  OBJ_obj2txt(text.data(), static_cast<int>(text.size()), oid, 1);
  return text.data();
}

bool hasWeakDigest(X509* x509) {
  const ErrorScope errors;
  int digest = NID_undef;
  X509_get_signature_info(x509, &digest, nullptr, nullptr, nullptr);
  constexpr std::array weak{NID_sha1, NID_md5, NID_md5_sha1, NID_md4, NID_md2, NID_mdc2, NID_ripemd160};
  return std::find(weak.begin(), weak.end(), digest) != weak.end();
}

}  // namespace pki
