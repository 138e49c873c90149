#include "ui/table.h"

#include <gtest/gtest.h>

#include "ui/text.h"

namespace {

using ui::Colour;

ui::Table twoProxies() {
  ui::Table table({{"NAMESPACE"}, {"POD"}, {"SERIAL", 8}});
  table.add({"shop", {"server-7f9c", Colour::green}, "3f2a91c05d8e4b7a"});
  table.add({"shop-with-a-long-name", "client", ""});
  return table;
}

TEST(Table, AlignsColumnsAndLeavesNoTrailingSpaces) {
  EXPECT_EQ(twoProxies().render(ui::Style(false)),
            "NAMESPACE              POD          SERIAL\n"
            "shop                   server-7f9c  3f2a91c05d8e4b7a\n"
            "shop-with-a-long-name  client\n");
}

TEST(Table, ColourDoesNotMoveColumns) {
  EXPECT_EQ(twoProxies().render(ui::Style(true)),
            "NAMESPACE              POD          SERIAL\n"
            "shop                   \x1b[32mserver-7f9c\x1b[0m  3f2a91c05d8e4b7a\n"
            "shop-with-a-long-name  client\n");
}

TEST(Table, ShortensOnlyWhatMayBeShortened) {
  EXPECT_EQ(twoProxies().render(ui::Style(false), 46),
            "NAMESPACE              POD          SERIAL\n"
            "shop                   server-7f9c  3f2a..4b7a\n"
            "shop-with-a-long-name  client\n");
  EXPECT_EQ(twoProxies().render(ui::Style(false), 10),
            "NAMESPACE              POD          SERIAL\n"
            "shop                   server-7f9c  3f2..b7a\n"
            "shop-with-a-long-name  client\n");
}

TEST(Table, EscapesWhatWouldSteerTheTerminal) {
  ui::Table table({{"NAME"}, {"X"}});
  table.add({"a\x1b[2Jb\n", "1"});
  EXPECT_EQ(table.render(ui::Style(false)), "NAME           X\na\\x1b[2Jb\\x0a  1\n");
}

TEST(Text, WidthIsWhatATerminalShows) {
  EXPECT_EQ(ui::displayWidth("abc"), 3u);
  EXPECT_EQ(ui::displayWidth("zürich"), 6u);
  EXPECT_EQ(ui::displayWidth("日本"), 4u);
  EXPECT_EQ(ui::displayWidth("e\u0301"), 1u);
  EXPECT_EQ(ui::displayWidth("\x1b[31mred\x1b[0m"), 3u);
}

TEST(Text, Printable) {
  EXPECT_EQ(ui::printable("plain\nlines zü"), "plain\nlines zü");
  EXPECT_EQ(ui::printable("\x1b]0;x\x07\r\t"), "\\x1b]0;x\\x07\\x0d\\x09");
  EXPECT_EQ(ui::printable("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(ui::printable(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(Text, Shorten) {
  EXPECT_EQ(ui::shorten("abcdefghij", 10), "abcdefghij");
  EXPECT_EQ(ui::shorten("abcdefghij", 7), "abc..ij");
  EXPECT_EQ(ui::shorten("abcdefghij", 3), "...");
  EXPECT_EQ(ui::shorten("日本日本日本", 8), "日..日本");
}

TEST(Text, Cut) {
  EXPECT_EQ(ui::cut("abcdefghij", 10), "abcdefghij");
  EXPECT_EQ(ui::cut("abcdefghij", 7), "abcde..");
}

TEST(Text, Hanging) {
  EXPECT_EQ(ui::hanging("shop/a: trusts only one", 14, 2), "  shop/a:\n    trusts\n    only one\n");
  EXPECT_EQ(ui::hanging("\x1b[31mred\x1b[0m and plain", 13, 0), "\x1b[31mred\x1b[0m and\n  plain\n");
  EXPECT_EQ(ui::hanging("as it is, however long", 0, 2), "  as it is, however long\n");
}

TEST(Text, Wrap) {
  EXPECT_EQ(ui::wrap("one two three four", 9, 2), "  one two\n  three\n  four\n");
  EXPECT_EQ(ui::wrap("first\nstill first\n\nsecond\n  kept   as is\nthird", 80),
            "first still first\n\nsecond\n  kept   as is\nthird\n");
  EXPECT_EQ(ui::wrap("", 10, 4), "");
  EXPECT_EQ(ui::wrap("toolongforthis", 4), "toolongforthis\n");
}

}  // namespace
