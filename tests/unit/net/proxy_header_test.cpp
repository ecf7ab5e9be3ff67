#include "net/proxy_header.hpp"
#include "support/octets.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::net {
namespace {

using namespace std::string_literals;
using status = proxy_header_reader::status;

// What the pieces give: "203.0.113.9 + what is left", "none + ..." for no address, "failed" or
// "need_more".
std::string read_pieces(const std::vector<std::string_view>& pieces)
{
    proxy_header_reader reader;
    status last = status::need_more;
    std::string left;
    for (const std::string_view piece : pieces) {
        // Alone in memory, so that the address sanitizer sees a step too far.
        const auto bytes = std::make_unique<char[]>(piece.size());
        piece.copy(bytes.get(), piece.size());
        std::string_view input(bytes.get(), piece.size());
        last = reader.feed(input);
        EXPECT_TRUE(last != status::need_more || input.empty());
        left += input;
    }
    if (last == status::failed)
        return "failed";
    if (last == status::need_more)
        return "need_more";
    return (reader.source() ? reader.source()->to_string() : "none") + " + " + left;
}

// Whole, in two pieces at every place, and byte by byte: always the same.
std::string read(std::string_view bytes)
{
    const std::string whole = read_pieces({bytes});
    std::vector<std::string_view> singles;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        singles.push_back(bytes.substr(i, 1));
        EXPECT_EQ(read_pieces({bytes.substr(0, i), bytes.substr(i)}), whole) << "cut at " << i;
    }
    if (!bytes.empty()) {
        EXPECT_EQ(read_pieces(singles), whole) << "byte by byte";
    }
    return whole;
}

TEST(proxy_header_v1, names_the_client)
{
    EXPECT_EQ(read("PROXY TCP4 203.0.113.9 192.0.2.1 51234 443\r\n"), "203.0.113.9 + ");
    EXPECT_EQ(read("PROXY TCP4 203.0.113.9 192.0.2.1 0 65535\r\nGET /"), "203.0.113.9 + GET /");
    EXPECT_EQ(read("PROXY TCP6 2001:db8::9 2001:db8::1 51234 443\r\nX"), "2001:db8::9 + X");
    EXPECT_EQ(read("PROXY TCP6 ::ffff:203.0.113.9 ::1 1 2\r\n"), "203.0.113.9 + ");
}

TEST(proxy_header_v1, may_not_know_the_client)
{
    EXPECT_EQ(read("PROXY UNKNOWN\r\nGET"), "none + GET");
    EXPECT_EQ(read("PROXY UNKNOWN 203.0.113.9 whatever \x80\r\nGET"), "none + GET");
}

TEST(proxy_header_v1, has_at_most_107_bytes)
{
    const std::string most = "PROXY UNKNOWN " + std::string(107 - 16, 'x') + "\r\n";
    ASSERT_EQ(most.size(), 107u);
    EXPECT_EQ(read(most + "GET"), "none + GET");
    EXPECT_EQ(read("PROXY UNKNOWN " + std::string(108 - 16, 'x') + "\r\n"), "failed");
    EXPECT_EQ(read(most.substr(0, 105)), "need_more");
    EXPECT_EQ(read("PROXY " + std::string(5000, 'x')), "failed");
    EXPECT_EQ(read("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
                   "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
              "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff + ");
}

TEST(proxy_header_v1, is_strict)
{
    for (const std::string text : {
             "PROXY  TCP4 203.0.113.9 192.0.2.1 1 2\r\n",
             "PROXY TCP4  203.0.113.9 192.0.2.1 1 2\r\n",
             "PROXY TCP4 203.0.113.9 192.0.2.1 1 2 \r\n",
             "PROXY TCP4 203.0.113.9 192.0.2.1 1 2 3\r\n",
             "PROXY TCP4 203.0.113.9 192.0.2.1 1\r\n",
             "PROXY TCP4 203.0.113.9 192.0.2.1 1 \r\n",
             "PROXY TCP4 203.0.113.9 192.0.2.1\t1 2\r\n",
             "PROXY TCP4 203.0.113.9 192.0.2.1 1 65536\r\n",
             "PROXY TCP4 203.0.113.9 192.0.2.1 65536 1\r\n",
             "PROXY TCP4 203.0.113.9 192.0.2.1 01 2\r\n",
             "PROXY TCP4 203.0.113.9 192.0.2.1 -1 2\r\n",
             "PROXY TCP4 203.0.113.9 192.0.2.1 x 2\r\n",
             "PROXY TCP4 203.0.113.09 192.0.2.1 1 2\r\n",
             "PROXY TCP4 203.0.113.9 192.0.2.256 1 2\r\n",
             "PROXY TCP4 2001:db8::9 2001:db8::1 1 2\r\n",
             "PROXY TCP6 203.0.113.9 192.0.2.1 1 2\r\n",
             "PROXY TCP6 2001:db8::9 192.0.2.1 1 2\r\n",
             "PROXY TCP5 203.0.113.9 192.0.2.1 1 2\r\n",
             "PROXY UDP4 203.0.113.9 192.0.2.1 1 2\r\n",
             "PROXY tcp4 203.0.113.9 192.0.2.1 1 2\r\n",
             "PROXY TCP4 203.0.113.9 192.0.2.1 1 2\n",
             "PROXY UNKNOWNX\r\n",
             "PROXY UNKNOWN\n",
             "PROXY \r\n",
             "PROXY\r\n",
             "PROXY TCP4\r\n",
             "proxy UNKNOWN\r\n",
             "GET / HTTP/1.1\r\n",
             "\x16\x03\x01",
             "\n",
             " ",
         })
        EXPECT_EQ(read(text), "failed") << text;
}

// Version and command, family, length, and what follows, in hexadecimal.
std::string v2(std::string_view command, std::string_view family, std::string_view length,
               std::string_view rest = {})
{
    std::string digits("0d0a0d0a000d0a515549540a");
    for (const std::string_view part : {command, family, length, rest})
        digits += part;
    return tests::from_hex(digits);
}

const std::string over_v4 = "cb007109c0000201c82201bb";
const std::string over_v6 = "20010db8000000000000000000000009"
                            "20010db8000000000000000000000001c82201bb";

TEST(proxy_header_v2, names_the_client)
{
    EXPECT_EQ(read(v2("21", "11", "000c", over_v4) + "GET"), "203.0.113.9 + GET");
    EXPECT_EQ(read(v2("21", "21", "0024", over_v6) + "GET"), "2001:db8::9 + GET");
}

TEST(proxy_header_v2, may_say_more_which_is_skipped)
{
    EXPECT_EQ(read(v2("21", "11", "0010", over_v4 + "04000100") + "GET"), "203.0.113.9 + GET");
    const std::string much = v2("21", "21", "012c", over_v6) + std::string(300 - 36, '\r') + "GET";
    EXPECT_EQ(read(much), "2001:db8::9 + GET");
    const std::string most = v2("21", "11", "ffff", over_v4) + std::string(65535 - 12, 'x') + "GET";
    EXPECT_EQ(read_pieces({most}), "203.0.113.9 + GET");
}

TEST(proxy_header_v2, may_be_of_the_proxy_itself_or_of_nobody_known)
{
    EXPECT_EQ(read(v2("20", "00", "0000") + "GET"), "none + GET");
    EXPECT_EQ(read(v2("20", "11", "000c", over_v4) + "GET"), "none + GET");
    EXPECT_EQ(read(v2("20", "ff", "0003", "010203") + "GET"), "none + GET");
    EXPECT_EQ(read(v2("21", "00", "0000") + "GET"), "none + GET");
    EXPECT_EQ(read(v2("21", "00", "0004", "cb007109") + "GET"), "none + GET");
    EXPECT_EQ(read(v2("21", "31", "00d8") + std::string(216, '/') + "GET"), "none + GET");
}

TEST(proxy_header_v2, ends_where_its_length_says)
{
    const std::string whole = v2("21", "11", "000e", over_v4 + "0000");
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(read_pieces({std::string_view(whole).substr(0, size)}), "need_more") << size;
    EXPECT_EQ(read(whole), "203.0.113.9 + ");
}

TEST(proxy_header_v2, is_strict)
{
    EXPECT_EQ(read(v2("11", "11", "000c", over_v4)), "failed"); // version 1
    EXPECT_EQ(read(v2("31", "11", "000c", over_v4)), "failed"); // version 3
    EXPECT_EQ(read(v2("22", "11", "000c", over_v4)), "failed"); // no such command
    EXPECT_EQ(read(v2("21", "11", "000b", over_v4)), "failed"); // too short
    EXPECT_EQ(read(v2("21", "21", "0023", over_v6)), "failed");
    EXPECT_EQ(read(v2("21", "21", "000c", over_v4)), "failed");
    EXPECT_EQ(read(v2("21", "31", "00d7") + std::string(216, '/')), "failed");
    EXPECT_EQ(read(v2("21", "12", "000c", over_v4)), "failed"); // a datagram
    EXPECT_EQ(read(v2("21", "10", "000c", over_v4)), "failed");
    EXPECT_EQ(read(v2("21", "41", "000c", over_v4)), "failed");
    EXPECT_EQ(read("\r\n\r\n\0\r\nQUIT\r"s), "failed");
    EXPECT_EQ(read("\r\nGET / HTTP/1.1\r\n"), "failed");
}

} // namespace
} // namespace cresset::net
