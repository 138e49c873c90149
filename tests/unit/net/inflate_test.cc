#include "net/inflate.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace net {
namespace {

std::string unhex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
  return bytes;
}

// Made with zlib 1.2.13, each message flushed (Z_SYNC_FLUSH).
constexpr const char* fixedFirst = "78da4a4c2a4a4c4e4c4904520a8923800d000000ffff";
constexpr const char* fixedSecond = "4261a72766e601000000ffff";
constexpr const char* stored = "7801000600f9ff73746f726564000000ffff";
constexpr const char* dynamic =
    "78da7c52510ac5200cbb4aaf36b0a0202b54bdfffb6832c818ef4b6a9334a966dc31c3faf095d38e67f46efb9a676cbbda1e"
    "bb5b16e4f471a259ce18a311c9e33e2797755fabb9a5af198b9a24140415217daed8cf04a8140f3d68aa41d0c183a6da45b5"
    "6f777f4c20981e9f195e632b3b3451d1a74020c6ece51383d4359c696822251143d725c78ac14f13ba10f5a284d77685a02b"
    "87a68ed57dbe62ca5fa241ddb5a8f012cf8f5e2d8b2aa00352c7bfe7c7585420e83cae4720fa19d89307282f3f000000ffff";

TEST(Inflate, ReadsEachSortOfBlock) {
  EXPECT_EQ(*Inflater("").feed(unhex(stored)), "stored");
  std::string twenty;
  for (int i = 0; i < 20; ++i) twenty += "abracadabra ";
  EXPECT_EQ(*Inflater("").feed(unhex(fixedFirst)), twenty);
  const auto words = Inflater("").feed(unhex(dynamic));
  ASSERT_TRUE(words);
  EXPECT_EQ(words->size(), 839U);
  EXPECT_EQ(base::sha256Hex(*words), "fd14f9b4775bdafeb3bfa04b04326a8ed33e45b1c8a7be9d789625f78541d660");
}

TEST(Inflate, GoesOnFromOneMessageToTheNext) {
  Inflater inflater("");
  ASSERT_TRUE(inflater.feed(unhex(fixedFirst)));
  const auto second = inflater.feed(unhex(fixedSecond));
  ASSERT_TRUE(second);
  EXPECT_EQ(*second, "abracadabra again");
  EXPECT_FALSE(Inflater("").feed(unhex(fixedSecond))) << "it refers to what was never said";
}

TEST(Inflate, RefusesWhatIsNone) {
  EXPECT_FALSE(Inflater("").feed(""));
  EXPECT_FALSE(Inflater("").feed("x"));
  EXPECT_FALSE(Inflater("").feed("\x79\x01 no zlib"));
  EXPECT_FALSE(Inflater("").feed(unhex("78010600f9ff"))) << "a block of a sort that there is not";
  const std::string whole = unhex(dynamic);
  for (const std::size_t size : {3U, 10U, 60U, 150U})
    EXPECT_FALSE(Inflater("").feed(whole.substr(0, size))) << "it ends after " << size;
  // 17 stored blocks of 64 KiB: more than a MiB.
  std::string tooMuch = "\x78\x01";
  for (int i = 0; i < 17; ++i) tooMuch += std::string("\x00\xff\xff\x00\x00", 5) + std::string(65'535, '\0');
  EXPECT_FALSE(Inflater("").feed(tooMuch));
}

}  // namespace
}  // namespace net
