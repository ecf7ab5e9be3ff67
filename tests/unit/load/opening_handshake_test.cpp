#include "load/opening_handshake.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::load {
namespace {

// Of the key that all clients have.
const std::string accept_line = "sec-websocket-accept: gvsQf1bRDW0IOP0J6oKu5+t1HC4=\r\n";

std::string answer(const std::string& headers)
{
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" + headers + "\r\n";
}

TEST(opening_handshake, asks_for_what_it_wants)
{
    const std::string plain = write_upgrade_request("a:3000", "/ws?x=1", false);
    EXPECT_TRUE(plain.starts_with("GET /ws?x=1 HTTP/1.1\r\nHost: a:3000\r\n"));
    EXPECT_TRUE(plain.ends_with("\r\n\r\n"));
    EXPECT_EQ(plain.find("Extensions"), std::string::npos);
    EXPECT_NE(write_upgrade_request("a", "/", true).find("permessage-deflate"), std::string::npos);
}

TEST(opening_handshake, takes_the_right_answer_alone)
{
    EXPECT_EQ(read_upgrade_answer(answer(accept_line)).why_not, "");
    EXPECT_NE(read_upgrade_answer(answer("")).why_not, "");
    EXPECT_NE(read_upgrade_answer(answer("Sec-WebSocket-Accept: AAAA\r\n")).why_not, "");
    const upgrade_answer refused = read_upgrade_answer("HTTP/1.1 404 Not Found\r\n\r\n");
    EXPECT_NE(refused.why_not.find("404 Not Found"), std::string::npos);
}

TEST(opening_handshake, deflate_is_what_the_server_says)
{
    const std::string both =
        "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n";
    EXPECT_FALSE(read_upgrade_answer(answer(accept_line)).deflate);
    EXPECT_TRUE(read_upgrade_answer(answer(accept_line + both)).deflate);
    EXPECT_EQ(read_upgrade_answer(answer(accept_line + both)).why_not, "");
    const std::string keeps = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    EXPECT_NE(read_upgrade_answer(answer(accept_line + keeps)).why_not, "");
}

} // namespace
} // namespace cresset::load
