#include "support/ws_client_frames.hpp"
#include "ws/frame_header.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::ws {
namespace {

using tests::client_header;
using status = header_result::status;

constexpr header_context between_messages{false, ~std::size_t{0}};
constexpr header_context inside_a_message{true, ~std::size_t{0}};

TEST(frame_header, is_read_in_each_form_of_length)
{
    for (const std::uint64_t size :
         {std::uint64_t{0}, std::uint64_t{125}, std::uint64_t{126}, std::uint64_t{65535},
          std::uint64_t{65536}, std::uint64_t{1} << 40, (std::uint64_t{1} << 63) - 1}) {
        const std::string bytes = client_header(opcode::binary, size, {.fin = false});
        for (std::size_t have = 0; have < bytes.size(); ++have)
            EXPECT_EQ(parse_frame_header(std::span{bytes}.first(have), between_messages).what,
                      status::need_more);
        const header_result result = parse_frame_header(bytes, between_messages);
        ASSERT_EQ(result.what, status::complete);
        EXPECT_EQ(result.header.op, opcode::binary);
        EXPECT_FALSE(result.header.fin);
        EXPECT_EQ(result.header.size, bytes.size());
        EXPECT_EQ(result.header.payload_size, size);
        EXPECT_EQ(result.header.key, (mask_key{'\x37', '\xfa', '\x21', '\x3d'}));
    }
}

struct refused
{
    std::string bytes; // the last of them is the one that breaks the rule
    std::string_view reason;
    bool in_message = false;
};

std::string bytes_of(std::initializer_list<unsigned> values)
{
    std::string bytes;
    for (const unsigned value : values)
        bytes += static_cast<char>(value);
    return bytes;
}

// RFC 6455, sections 5.2, 5.4, 5.5.
const refused refusals[] = {
    {bytes_of({0xc1}), "Received unexpected RSV1 bit"},
    {bytes_of({0xa1}), "Received unexpected RSV2 or RSV3 bit"},
    {bytes_of({0x91}), "Received unexpected RSV2 or RSV3 bit"},
    {bytes_of({0xc9}), "Received unexpected RSV1 bit"},
    {bytes_of({0x83}), "Received invalid opcode"},
    {bytes_of({0x84}), "Received invalid opcode"},
    {bytes_of({0x85}), "Received invalid opcode"},
    {bytes_of({0x86}), "Received invalid opcode"},
    {bytes_of({0x87}), "Received invalid opcode"},
    {bytes_of({0x8b}), "Received invalid opcode"},
    {bytes_of({0x8c}), "Received invalid opcode"},
    {bytes_of({0x8d}), "Received invalid opcode"},
    {bytes_of({0x8e}), "Received invalid opcode"},
    {bytes_of({0x8f}), "Received invalid opcode"},
    {bytes_of({0x08}), "Received fragmented control frame"},
    {bytes_of({0x09}), "Received fragmented control frame"},
    {bytes_of({0x0a}), "Received fragmented control frame"},
    {bytes_of({0x80}), "Received continuation frame outside a fragmented message"},
    {bytes_of({0x00}), "Received continuation frame outside a fragmented message"},
    {bytes_of({0x81}), "Received new message inside a fragmented message", true},
    {bytes_of({0x02}), "Received new message inside a fragmented message", true},
    {bytes_of({0x81, 0x05}), "Received an incorrectly masked frame"},
    {bytes_of({0x88, 0x00}), "Received an incorrectly masked frame"},
    {bytes_of({0x88, 0xfe}), "Received too big control frame"},
    {bytes_of({0x89, 0xfe}), "Received too big control frame"},
    {bytes_of({0x8a, 0xff}), "Received too big control frame"},
    {bytes_of({0x81, 0xfe, 0, 125}), "Length not in its shortest form"},
    {bytes_of({0x81, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff}), "Length not in its shortest form"},
    {bytes_of({0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0}), "Length out of range"},
};

TEST(frame_header, is_refused_at_the_first_byte_that_breaks_a_rule)
{
    for (const refused& each : refusals) {
        const header_context& context = each.in_message ? inside_a_message : between_messages;
        const header_result result = parse_frame_header(each.bytes, context);
        EXPECT_EQ(result.what, status::failure) << each.reason;
        EXPECT_EQ(result.code, close_code::protocol_error) << each.reason;
        EXPECT_EQ(result.reason, each.reason);
        const auto shorter = std::span{each.bytes}.first(each.bytes.size() - 1);
        EXPECT_EQ(parse_frame_header(shorter, context).what, status::need_more) << each.reason;
    }
}

TEST(frame_header, may_announce_as_much_as_is_left_and_no_more)
{
    for (const std::size_t left : {0, 1, 125, 126, 65535, 65536, 1'000'000}) {
        const header_context context{false, left};
        EXPECT_EQ(parse_frame_header(client_header(opcode::text, left), context).what,
                  status::complete);
        // The mask key need not have come.
        std::string more = client_header(opcode::text, left + 1);
        more.resize(more.size() - 4);
        const header_result result = parse_frame_header(more, context);
        EXPECT_EQ(result.what, status::failure);
        EXPECT_EQ(result.code, close_code::too_big);
        EXPECT_EQ(result.reason, "Received too big message");
    }
}

TEST(frame_header, of_a_control_frame_knows_no_limit_of_messages)
{
    EXPECT_EQ(parse_frame_header(client_header(opcode::ping, 125), {true, 0}).what,
              status::complete);
}

} // namespace
} // namespace cresset::ws
