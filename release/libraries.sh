#!/bin/bash
# Builds what the program is linked with as static libraries, no more of each than it uses.
#
# usage: libraries.sh SOURCES TARGET PREFIX
#   SOURCES  as sources.sh leaves them
#   TARGET   as zig names it: x86_64-linux-musl, aarch64-linux-musl, x86_64-macos, aarch64-macos
#   PREFIX   gets include/, lib/, lib/pkgconfig/ and licences/; replaced when all of it is built
#
# zig is taken from PATH. The same input gives the same bytes: nothing of the folders is in them.
set -euo pipefail
[ $# = 3 ] || { sed -n 's/^# //p' "$0"; exit 2; }
sources=$(realpath "$1") target=$2 prefix=$(realpath -m "$3")
jobs=${RELEASE_JOBS:-$(nproc)}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-0} ZERO_AR_DATE=1
export CC="zig cc -target $target" CXX="zig c++ -target $target" AR="zig ar" RANLIB="zig ranlib"
case $target in
  x86_64-linux-musl) openssl_target=linux-x86_64 host=x86_64-linux-musl ;;
  aarch64-linux-musl) openssl_target=linux-aarch64 host=aarch64-linux-musl ;;
  x86_64-macos) openssl_target=darwin64-x86_64-cc host=x86_64-apple-darwin ;;
  aarch64-macos) openssl_target=darwin64-arm64-cc host=aarch64-apple-darwin ;;
  *) echo "libraries.sh: no such target: $target" >&2; exit 2 ;;
esac
work=$prefix.work
rm -rf "$work"
mkdir -p "$work"/{include,lib/pkgconfig,licences}
out=$work
flags=(-O2 -g0 -w -fPIC) # -w: others' code

# archive NAME FOLDER FLAGS... -- FILES...: lib/libNAME.a of those sources
archive() {
  local name=$1 folder=$2 arguments=() objects; shift 2
  while [ "$1" != -- ]; do arguments+=("$1"); shift; done
  shift
  objects=$work/objects-$name
  mkdir "$objects"
  export compile="$CC ${flags[*]} ${arguments[*]}" objects
  case $1 in *.c) ;; *) compile="$CXX -std=c++20 ${flags[*]} ${arguments[*]}" ;; esac
  # relative names, for __FILE__
  (cd "$folder" && printf '%s\n' "$@" | xargs -P "$jobs" -I{} sh -c '$compile -c "$1" -o "$objects/$(basename "$1").o"' - {})
  (cd "$objects" && $AR rcsD "$out/lib/lib$name.a" *.o)
}

# described NAME VERSION LIBS [REQUIRES]: its pkg-config file
described() {
  printf 'prefix=${pcfiledir}/../..\nName: %s\nDescription: %s\nVersion: %s\nCflags: -I${prefix}/include\nLibs: -L${prefix}/lib %s\nRequires: %s\n' \
    "$1" "$1" "$2" "$3" "${4:-}" >"$out/lib/pkgconfig/$1.pc"
}

licence() { cat "${@:2}" >"$out/licences/$1"; }
upstream() { sed -n "s/^$1 \([0-9]*:\)\?\([0-9.]*[0-9]\).*/\2/p" "$sources/versions"; }

zlib() {
  local from=$sources/zlib
  # fdopen: this zlib takes macOS for the system before it, which had none
  archive z "$from" -Dfdopen=fdopen -DHAVE_UNISTD_H -D_LARGEFILE64_SOURCE=1 -I. -- \
    adler32.c crc32.c deflate.c inffast.c inflate.c inftrees.c trees.c zutil.c compress.c uncompr.c
  cp "$from"/{zlib,zconf}.h "$out/include"
  sed -n '/Copyright notice/,/^ *jloup/p' "$from/README" >"$out/licences/zlib"
  described zlib "$(upstream zlib)" -lz
}

openssl() {
  cp -r "$sources/openssl" "$work/openssl"
  (
    cd "$work/openssl"
    # no-autoload-config: a static program does not follow an openssl.cnf that was written for another OpenSSL
    ./Configure "$openssl_target" no-shared no-dso no-module no-engine no-tests no-autoload-config no-legacy no-comp \
      no-ssl3 no-tls1 no-tls1_1 no-dtls no-srp no-srtp no-sctp no-idea no-seed no-camellia no-aria no-bf no-cast no-rc2 \
      no-rc4 no-md4 no-mdc2 no-whirlpool no-rmd160 no-sm2 no-sm3 no-sm4 no-siphash no-gost no-ts no-cms no-cmp no-ct \
      no-ocsp no-rfc3779 no-nextprotoneg \
      --prefix=/usr --openssldir=/etc/ssl --libdir=lib "${flags[@]}" >configure.log 2>&1 || { cat configure.log >&2; exit 1; }
    make -s -j"$jobs" build_libs >make.log 2>&1 || { tail -n 50 make.log >&2; exit 1; }
    cp libssl.a libcrypto.a "$out/lib"
    cp -r include/openssl "$out/include"
    find "$out/include/openssl" -name '*.in' -delete
  )
  licence openssl "$sources/openssl/LICENSE.txt"
  described libcrypto "$(upstream openssl)" -lcrypto
  described libssl "$(upstream openssl)" -lssl libcrypto
  described openssl "$(upstream openssl)" '' 'libssl libcrypto'
}

nghttp2() {
  local from=$sources/nghttp2/lib version
  version=$(upstream nghttp2)
  mkdir -p "$out/include/nghttp2"
  cp "$from/includes/nghttp2/nghttp2.h" "$out/include/nghttp2"
  sed "s/@PACKAGE_VERSION@/$version/; s/@PACKAGE_VERSION_NUM@/$(printf '0x%02x%02x%02x' ${version//./ })/" \
    "$from/includes/nghttp2/nghttp2ver.h.in" >"$out/include/nghttp2/nghttp2ver.h"
  archive nghttp2 "$from" -DHAVE_ARPA_INET_H -DHAVE_NETINET_IN_H -DHAVE_TIME_H -DNGHTTP2_STATICLIB "-I$out/include" -I. -- \
    $(cd "$from" && ls nghttp2_*.c sfparse.c 2>/dev/null) # newer ones have sfparse.c
  licence nghttp2 "$sources/nghttp2/COPYING"
  described libnghttp2 "$version" -lnghttp2
}

curl() {
  cp -r "$sources/curl" "$work/curl"
  (
    cd "$work/curl"
    # zig has no frameworks of macOS: without them only NAT64 of numeric addresses is not asked about
    sed -i '/define CURL_OSX_CALL_COPYPROXIES/d' lib/curl_setup.h
    sed -i 's/ -framework CoreFoundation -framework SystemConfiguration//' configure
    find . -name '*.in' -exec touch {} + # newer than what Debian's patches changed: nothing is generated anew
    touch aclocal.m4 && touch configure && touch lib/curl_config.h.in && find . -name Makefile.in -exec touch {} +
    off=()
    for feature in shared ftp file ldap ldaps rtsp dict telnet tftp pop3 imap smb smtp gopher mqtt manual libcurl-option \
      ares ntlm ntlm-wb tls-srp alt-svc hsts netrc doh get-easy-options sspi dependency-tracking maintainer-mode; do
      off+=("--disable-$feature")
    done
    for library in libpsl librtmp libssh2 libssh libidn2 brotli zstd ngtcp2 nghttp3 quiche libgsasl; do off+=("--without-$library"); done
    # these paths are the program's first guess: src/net/trust_store.cc looks in other systems' places too
    ./configure --host="$host" --prefix=/usr --enable-static --enable-threaded-resolver "${off[@]}" \
      --with-openssl --with-zlib --with-nghttp2 --with-ca-bundle=/etc/ssl/certs/ca-certificates.crt --without-ca-path \
      CFLAGS="${flags[*]}" CPPFLAGS="-I$out/include" LDFLAGS="-L$out/lib" PKG_CONFIG_LIBDIR="$out/lib/pkgconfig" \
      >configure.log 2>&1 || { tail -n 30 configure.log >&2; exit 1; }
    make -s -C lib -j"$jobs" >make.log 2>&1 || { tail -n 50 make.log >&2; exit 1; }
    cp lib/.libs/libcurl.a "$out/lib"
    cp -r include/curl "$out/include"
    rm -f "$out"/include/curl/Makefile*
  )
  licence curl "$sources/curl/COPYING"
  described libcurl "$(upstream curl)" -lcurl 'libnghttp2 libssl libcrypto zlib'
}

wslay() {
  local from=$sources/wslay/lib
  mkdir -p "$out/include/wslay"
  cp "$from/includes/wslay/wslay.h" "$out/include/wslay"
  sed "s/@PACKAGE_VERSION@/$(upstream wslay)/" "$from/includes/wslay/wslayver.h.in" >"$out/include/wslay/wslayver.h"
  archive wslay "$from" -DHAVE_ARPA_INET_H -DHAVE_NETINET_IN_H "-I$out/include" -I. -- $(cd "$from" && echo wslay_*.c)
  licence wslay "$sources/wslay/COPYING"
  described libwslay "$(upstream wslay)" -lwslay
}

yaml_cpp() {
  local from=$sources/yaml-cpp
  cp -r "$from/include/yaml-cpp" "$out/include"
  archive yaml-cpp "$from" -DYAML_CPP_STATIC_DEFINE -Iinclude -Isrc -- $(cd "$from" && echo src/*.cpp)
  licence yaml-cpp "$from/LICENSE"
  described yaml-cpp "$(upstream yaml-cpp)" -lyaml-cpp
  sed -i 's/^Cflags:.*/& -DYAML_CPP_STATIC_DEFINE/' "$out/lib/pkgconfig/yaml-cpp.pc"
}

fmt() {
  local from=$sources/fmtlib
  cp -r "$from/include/fmt" "$out/include"
  archive fmt "$from" -Iinclude -- src/format.cc src/os.cc
  licence fmt "$from"/LICENSE*
  described fmt "$(upstream fmtlib)" -lfmt
}

# In the place of musl's malloc. Not for macOS, where a static one does not take that place.
mimalloc() {
  local from=$sources/mimalloc
  case $target in *-macos) return ;; esac
  cp "$from/include/mimalloc.h" "$out/include"
  archive mimalloc "$from" -DMI_MALLOC_OVERRIDE -DMI_STATIC_LIB -DNDEBUG -fvisibility=hidden -fno-builtin-malloc -Iinclude -- src/static.c
  licence mimalloc "$from/LICENSE"
  described mimalloc "$(upstream mimalloc)" -lmimalloc
}

headers() {
  local package
  for package in rapidjson-dev libcxxopts-dev libexpected-dev; do
    cp -r "$sources/$package"/usr/include/* "$out/include"
    licence "$(sed 's/^lib//; s/-dev$//' <<<"$package")" "$sources/$package/usr/share/doc/$package/copyright"
  done
  described RapidJSON "$(upstream rapidjson-dev)" ''
  described cxxopts "$(upstream libcxxopts-dev)" ''
}

# The C++ and C libraries are zig's own: LLVM's and musl's.
runtime() {
  local from
  from=$(dirname "$(readlink -f "$(command -v zig)")")
  licence zig "$(find "$from" -maxdepth 2 -name LICENSE | head -n 1)"
  local name
  for name in libcxx libcxxabi libunwind; do
    [ ! -f "$from/lib/$name/LICENSE.TXT" ] || licence "$name" "$from/lib/$name/LICENSE.TXT"
  done
  case $target in *-musl) licence musl "$from/lib/libc/musl/COPYRIGHT" ;; esac
}

for library in zlib openssl nghttp2 curl wslay yaml_cpp fmt mimalloc headers runtime; do
  echo "$target: $library"
  "$library"
done
cp "$sources/versions" "$out/versions"
rm -rf "$work"/{openssl,curl,objects-*} "$prefix"
mv "$work" "$prefix"
