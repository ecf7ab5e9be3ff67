#include "ws/frame_writer.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace cresset::ws {
namespace {

using namespace std::string_literals;

std::string header_of(opcode op, std::size_t payload_size)
{
    char header[server_header_size_max];
    const std::size_t size = write_frame_header(op, payload_size, header);
    EXPECT_EQ(size, frame_header_size(payload_size));
    return {header, size};
}

// RFC 6455, section 5.7.
TEST(frame_writer, writes_the_examples_of_the_rfc)
{
    EXPECT_EQ(make_frame(opcode::text, "Hello"), "\x81\x05\x48\x65\x6c\x6c\x6f");
    EXPECT_EQ(make_frame(opcode::ping, "Hello"), "\x89\x05\x48\x65\x6c\x6c\x6f");
    EXPECT_EQ(header_of(opcode::binary, 256), "\x82\x7e\x01\x00"s);
    EXPECT_EQ(header_of(opcode::binary, 65536), "\x82\x7f\0\0\0\0\0\x01\0\0"s);
}

TEST(frame_writer, uses_the_shortest_form_of_length)
{
    EXPECT_EQ(header_of(opcode::text, 0), "\x81\x00"s);
    EXPECT_EQ(header_of(opcode::text, 125), "\x81\x7d");
    EXPECT_EQ(header_of(opcode::text, 126), "\x81\x7e\x00\x7e"s);
    EXPECT_EQ(header_of(opcode::text, 65535), "\x81\x7e\xff\xff");
    EXPECT_EQ(header_of(opcode::text, 0x123456789a), "\x81\x7f\0\0\0\x12\x34\x56\x78\x9a"s);
}

TEST(frame_writer, finds_the_payload_of_a_frame)
{
    for (const std::size_t size : {0u, 1u, 125u, 126u, 65'535u, 65'536u}) {
        const std::string payload(size, 'x');
        EXPECT_EQ(payload_of(make_frame(opcode::text, payload)), payload);
    }
}

TEST(frame_writer, appends_behind_what_is_there)
{
    std::string out = make_frame(opcode::text, "a");
    append_frame(out, opcode::pong, "bc");
    EXPECT_EQ(out, "\x81\x01"
                   "a\x8a\x02"
                   "bc");
}

TEST(frame_writer, closes_with_code_and_reason)
{
    EXPECT_EQ(make_close_frame(close_code::normal), "\x88\x02\x03\xe8");
    EXPECT_EQ(make_close_frame(4001, "Authentication timeout"), "\x88\x18\x0f\xa1"
                                                                "Authentication timeout");
    EXPECT_EQ(make_close_frame(close_code::too_big, "big"), "\x88\x05\x03\xf1"
                                                            "big");
}

TEST(frame_writer, leaves_out_a_code_that_may_not_be_sent)
{
    for (const std::uint16_t code :
         std::initializer_list<std::uint16_t>{1005, 1006, 1015, 0, 999, 5000})
        EXPECT_EQ(make_close_frame(code, "dropped"), "\x88\x00"s) << code;
}

TEST(frame_writer, cuts_the_reason_between_characters)
{
    struct cut
    {
        std::string reason;
        std::size_t kept;
    };
    const cut cuts[] = {
        {std::string(123, 'a'), 123},
        {std::string(124, 'a'), 123},
        {std::string(500, 'a'), 123},
        {std::string(121, 'a') + "\xc3\xa9", 123},
        {std::string(122, 'a') + "\xc3\xa9", 122},
        {std::string(122, 'a') + "\xe2\x82\xac", 122},
        {std::string(121, 'a') + "\xe2\x82\xac", 121},
        {std::string(120, 'a') + "\xe2\x82\xac", 123},
        {std::string(120, 'a') + "\xf0\x9f\x98\x80", 120},
        {std::string(119, 'a') + "\xf0\x9f\x98\x80!", 123},
    };
    for (const cut& each : cuts) {
        const std::string frame = make_close_frame(1000, each.reason);
        EXPECT_EQ(frame.size(), 4 + each.kept);
        EXPECT_EQ(static_cast<std::size_t>(frame[1]), 2 + each.kept);
        EXPECT_EQ(frame.substr(4), each.reason.substr(0, each.kept));
    }
}

} // namespace
} // namespace cresset::ws
