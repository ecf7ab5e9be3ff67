// Messages that are deflated (RFC 7692), among others.

#include "support/ws_client_frames.hpp"
#include "unit/ws/decoder_feed.hpp"
#include "unit/ws/deflate_peer.hpp"
#include "ws/inflater.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace cresset::ws {
namespace {

using tests::client_frame;
using tests::items;
using kind = decoded::kind;

constexpr decoder_limits of_inflated{.message_bytes_max = 2000};

std::string text_of(std::size_t size)
{
    std::string made;
    for (int i = 0; made.size() < size; ++i)
        made += "\xe2\x82\xac " + std::to_string(i) + ' ';
    made.resize(size - size % 3); // it may end inside of a character
    while (!made.empty() && (static_cast<unsigned char>(made.back()) & 0x80) != 0)
        made.pop_back();
    return made;
}

std::string deflated(std::string_view message)
{
    return tests::deflate_peer().deflate(message);
}

std::string first_frame(opcode op, std::string_view payload, bool fin = true)
{
    return client_frame(op, payload, {.fin = fin, .rsv = 4});
}

items decode(const std::vector<std::string_view>& pieces, const decoder_limits& with = of_inflated)
{
    inflater inflating;
    frame_decoder decoder{with};
    items out;
    for (const std::string_view piece : pieces)
        tests::feed(decoder, piece, out, &inflating);
    return out;
}

items failure(std::uint16_t code, std::string reason)
{
    return {{kind::failure, {}, code, std::move(reason)}};
}

// A stream in which deflated messages stand among plain ones, in one frame and in several.
struct sample
{
    std::string stream;
    items expected;
};

sample make_sample()
{
    const std::string small = text_of(40);
    const std::string large = text_of(1900);
    const std::string sent = deflated(large);
    sample made;
    const auto add = [&made](const std::string& frames, kind what, const std::string& payload) {
        made.stream += frames;
        made.expected.push_back({what, payload, 0, {}});
    };
    add(first_frame(opcode::text, deflated(small)), kind::text, small);
    add(client_frame(opcode::text, small), kind::text, small);
    add(first_frame(opcode::binary, deflated("\xff\xfe")), kind::binary, "\xff\xfe");
    add(first_frame(opcode::text, deflated("")), kind::text, "");
    const std::size_t half = sent.size() / 2;
    made.stream += first_frame(opcode::text, sent.substr(0, half), false);
    add(client_frame(opcode::ping, "ping"), kind::ping, "ping");
    made.stream += client_frame(opcode::continuation, "", {.fin = false});
    add(client_frame(opcode::continuation, sent.substr(half)), kind::text, large);
    add(client_frame(opcode::binary, "\xff"), kind::binary, "\xff");
    return made;
}

TEST(frame_decoder_deflate, takes_deflated_messages_among_others)
{
    const sample made = make_sample();
    EXPECT_EQ(decode({made.stream}), made.expected);
}

TEST(frame_decoder_deflate, does_not_depend_on_the_cuts)
{
    const sample made = make_sample();
    const std::string_view stream = made.stream;
    for (std::size_t at = 1; at < stream.size(); ++at)
        ASSERT_EQ(decode({stream.substr(0, at), stream.substr(at)}), made.expected) << at;
    std::vector<std::string_view> bytes;
    for (std::size_t at = 0; at < stream.size(); ++at)
        bytes.push_back(stream.substr(at, 1));
    EXPECT_EQ(decode(bytes), made.expected);
}

TEST(frame_decoder_deflate, refuses_rsv1_where_it_was_not_agreed_on)
{
    const items refused = failure(1002, "Received unexpected RSV1 bit");
    EXPECT_EQ(tests::decode(of_inflated, {first_frame(opcode::text, deflated("text"))}), refused);
}

TEST(frame_decoder_deflate, refuses_rsv1_on_all_but_the_first_frame_of_a_message)
{
    const items refused = failure(1002, "Received unexpected RSV1 bit");
    for (const opcode op : {opcode::ping, opcode::pong, opcode::close, opcode::continuation})
        EXPECT_EQ(decode({first_frame(op, "")}), refused) << static_cast<int>(op);
    const std::string sent = deflated("text");
    EXPECT_EQ(
        decode({first_frame(opcode::text, sent, false) + first_frame(opcode::continuation, "")}),
        refused);
    EXPECT_EQ(decode({client_frame(opcode::text, "te", {.fin = false}) +
                      first_frame(opcode::continuation, "xt")}),
              refused);
}

TEST(frame_decoder_deflate, refuses_the_other_reserved_bits)
{
    for (const unsigned rsv : {1u, 2u, 3u, 5u, 6u, 7u})
        EXPECT_EQ(decode({client_frame(opcode::text, "", {.rsv = rsv})}),
                  failure(1002, "Received unexpected RSV2 or RSV3 bit"))
            << rsv;
}

TEST(frame_decoder_deflate, checks_text_when_it_is_inflated)
{
    const items refused = failure(1007, "Received invalid UTF-8");
    const std::string invalid = "valid at first, and then \xed\xa0\x80";
    const std::string sent = deflated(invalid);
    EXPECT_EQ(decode({first_frame(opcode::text, sent)}), refused);
    EXPECT_EQ(decode({first_frame(opcode::text, sent.substr(0, 5), false) +
                      client_frame(opcode::continuation, sent.substr(5))}),
              refused);
    EXPECT_EQ(decode({first_frame(opcode::text, deflated("\xe2\x82"))}), refused);
}

TEST(frame_decoder_deflate, refuses_what_can_not_be_inflated)
{
    const items refused = failure(1007, "Received invalid compressed data");
    const std::string sent = deflated(text_of(500));
    EXPECT_EQ(decode({first_frame(opcode::binary, "\x07")}), refused);
    EXPECT_EQ(decode({first_frame(opcode::text, sent.substr(0, sent.size() / 2))}), refused);
    EXPECT_EQ(decode({first_frame(opcode::text, "")}), refused); // an empty message has a byte
}

TEST(frame_decoder_deflate, holds_its_limit_before_and_after_inflating)
{
    const items refused = failure(1009, "Received too big message");
    const std::string most(2000, 'x');
    EXPECT_EQ(decode({first_frame(opcode::text, deflated(most))}),
              (items{{kind::text, most, 0, {}}}));
    EXPECT_EQ(decode({first_frame(opcode::text, deflated(most + 'x'))}), refused);
    const std::string bomb = deflated(std::string(1'000'000, '\0'));
    ASSERT_LT(bomb.size(), of_inflated.message_bytes_max);
    EXPECT_EQ(decode({first_frame(opcode::binary, bomb)}), refused);
    // By its header alone, and by what has come of it.
    EXPECT_EQ(decode({tests::client_header(opcode::text, 2001, {.rsv = 4})}), refused);
    EXPECT_EQ(decode({first_frame(opcode::text, std::string(1999, '\0'), false) +
                      tests::client_header(opcode::continuation, 2)}),
              refused);
}

TEST(frame_decoder_deflate, keeps_nothing_between_messages)
{
    inflater inflating;
    frame_decoder decoder{of_inflated};
    items out;
    tests::feed(decoder, first_frame(opcode::text, deflated(text_of(1000))), out, &inflating);
    EXPECT_EQ(out.size(), 1u);
    EXPECT_FALSE(decoder.mid_message());
}

} // namespace
} // namespace cresset::ws
