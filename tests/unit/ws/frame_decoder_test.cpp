#include "support/ws_client_frames.hpp"
#include "unit/ws/decoder_feed.hpp"
#include "ws/frame_decoder.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace cresset::ws {
namespace {

using namespace std::string_literals;
using tests::client_close_frame;
using tests::client_frame;
using tests::client_header;
using tests::item;
using tests::items;
using kind = decoded::kind;

constexpr decoder_limits limits{.message_bytes_max = 1000};

std::vector<std::string_view> bytes_of(std::string_view stream)
{
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < stream.size(); ++i)
        bytes.push_back(stream.substr(i, 1));
    return bytes;
}

// Whole, in two pieces at every place, byte by byte.
void expect_items(std::string_view stream, const items& expected)
{
    ASSERT_EQ(tests::decode(limits, {stream}), expected);
    ASSERT_EQ(tests::decode(limits, bytes_of(stream)), expected);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut)
        ASSERT_EQ(tests::decode(limits, {stream.substr(0, cut), stream.substr(cut)}), expected)
            << "cut at " << cut;
}

void expect_failure(std::string_view stream, close_code code, std::string_view reason)
{
    SCOPED_TRACE(reason);
    expect_items(stream,
                 {{kind::failure, "", static_cast<std::uint16_t>(code), std::string{reason}}});
}

std::string fragment(opcode op, std::string_view payload)
{
    return client_frame(op, payload, {.fin = false});
}

std::string last(std::string_view payload)
{
    return client_frame(opcode::continuation, payload);
}

// RFC 6455, section 5.7: the examples that a client sends.
TEST(frame_decoder, reads_the_examples_of_the_rfc)
{
    expect_items("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", {{kind::text, "Hello"}});
    expect_items("\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", {{kind::pong, "Hello"}});
    expect_items(fragment(opcode::text, "Hel") + last("lo"), {{kind::text, "Hello"}});
    const std::string payload(256, '\xaa');
    expect_items("\x82\xfe\x01\x00"s + client_frame(opcode::binary, payload).substr(4),
                 {{kind::binary, payload}});
}

TEST(frame_decoder, reads_the_64_kib_example_of_the_rfc)
{
    const decoder_limits large;
    const std::string payload(65536, '\xaa');
    const std::string stream = client_frame(opcode::binary, payload);
    ASSERT_EQ(stream.substr(0, 10), "\x82\xff\0\0\0\0\0\x01\0\0"s);
    const items expected{{kind::binary, payload}};
    const std::string_view all = stream;
    EXPECT_TRUE(tests::decode(large, {all}) == expected);
    EXPECT_TRUE(tests::decode(large, bytes_of(all)) == expected);
    for (const std::size_t cut : {1, 9, 10, 13, 14, 15, 40000, 65549})
        EXPECT_TRUE(tests::decode(large, {all.substr(0, cut), all.substr(cut)}) == expected);
}

TEST(frame_decoder, reads_messages_of_every_kind_and_size)
{
    for (const std::size_t size : {0, 1, 3, 4, 5, 124, 125, 126, 127, 300, 1000}) {
        const std::string payload(size, 'x');
        expect_items(client_frame(opcode::text, payload), {{kind::text, payload}});
        expect_items(client_frame(opcode::binary, payload), {{kind::binary, payload}});
    }
}

TEST(frame_decoder, reads_one_item_after_another)
{
    expect_items(
        client_frame(opcode::text, "one") + client_frame(opcode::ping, "two") +
            client_frame(opcode::binary, "") + client_frame(opcode::text, "four"),
        {{kind::text, "one"}, {kind::ping, "two"}, {kind::binary, ""}, {kind::text, "four"}});
}

TEST(frame_decoder, joins_fragments)
{
    expect_items(fragment(opcode::binary, "a") + fragment(opcode::continuation, "") +
                     fragment(opcode::continuation, "bcdefg") + last("hi") +
                     fragment(opcode::text, "") + last(""),
                 {{kind::binary, "abcdefghi"}, {kind::text, ""}});
}

TEST(frame_decoder, delivers_control_frames_between_fragments_at_once)
{
    expect_items(fragment(opcode::text, "Hel") + client_frame(opcode::ping, "beat") +
                     fragment(opcode::continuation, "lo ") + client_frame(opcode::pong, "") +
                     last("you"),
                 {{kind::ping, "beat"}, {kind::pong, ""}, {kind::text, "Hello you"}});
    expect_items(fragment(opcode::text, "Hel") + client_frame(opcode::ping, "beat"),
                 {{kind::ping, "beat"}});
}

TEST(frame_decoder, reads_control_frames_up_to_their_limit)
{
    const std::string full(125, 'p');
    expect_items(client_frame(opcode::ping, full), {{kind::ping, full}});
    expect_failure(client_frame(opcode::ping, full + "p"), close_code::protocol_error,
                   "Received too big control frame");
}

// The rules themselves: frame_header_test. Here, that they reach the caller from every state.
TEST(frame_decoder, fails_on_a_header_that_breaks_the_protocol)
{
    constexpr auto bad = close_code::protocol_error;
    expect_failure(client_frame(opcode::text, "x", {.rsv = 4}), bad,
                   "Received unexpected RSV1 bit");
    expect_failure(client_frame(opcode::ping, "x", {.rsv = 1}), bad,
                   "Received unexpected RSV2 or RSV3 bit");
    expect_failure(client_frame(opcode{3}, "x"), bad, "Received invalid opcode");
    expect_failure(client_frame(opcode{15}, "x"), bad, "Received invalid opcode");
    expect_failure(client_frame(opcode::ping, "x", {.fin = false}), bad,
                   "Received fragmented control frame");
    expect_failure(client_frame(opcode::text, "x", {.masked = false}), bad,
                   "Received an incorrectly masked frame");
    expect_failure(client_frame(opcode::text, "x", {.length_bytes = 2}), bad,
                   "Length not in its shortest form");
    expect_failure(client_frame(opcode::text, "x", {.length_bytes = 8}), bad,
                   "Length not in its shortest form");
    expect_failure(client_header(opcode::text, ~std::uint64_t{0}), bad, "Length out of range");
    expect_failure(last("x"), bad, "Received continuation frame outside a fragmented message");
    expect_failure(fragment(opcode::continuation, "x"), bad,
                   "Received continuation frame outside a fragmented message");
    expect_failure(fragment(opcode::text, "a") + client_frame(opcode::text, "b"), bad,
                   "Received new message inside a fragmented message");
    expect_failure(fragment(opcode::binary, "") + fragment(opcode::binary, "b"), bad,
                   "Received new message inside a fragmented message");
}

TEST(frame_decoder, forgets_a_message_once_it_is_whole)
{
    expect_items(
        fragment(opcode::text, "a") + last("b") + last("c"),
        {{kind::text, "ab"},
         {kind::failure, "", 1002, "Received continuation frame outside a fragmented message"}});
}

TEST(frame_decoder, fails_on_a_message_over_the_limit)
{
    constexpr auto too_big = close_code::too_big;
    constexpr std::string_view reason = "Received too big message";
    expect_failure(client_header(opcode::text, 1001), too_big, reason);
    expect_failure(client_header(opcode::binary, (std::uint64_t{1} << 63) - 1), too_big, reason);
    const std::string half(500, 'x');
    expect_items(fragment(opcode::text, half) + last(half), {{kind::text, half + half}});
    expect_failure(fragment(opcode::text, half) + client_header(opcode::continuation, 501), too_big,
                   reason);
    expect_failure(fragment(opcode::text, half) +
                       client_header(opcode::continuation, (std::uint64_t{1} << 63) - 1),
                   too_big, reason);
}

TEST(frame_decoder, lets_control_frames_into_a_full_message)
{
    const std::string full(1000, 'x');
    expect_items(fragment(opcode::binary, full) + client_frame(opcode::ping, "p") + last(""),
                 {{kind::ping, "p"}, {kind::binary, full}});
}

TEST(frame_decoder, counts_every_message_by_itself)
{
    const std::string full(1000, 'x');
    expect_items(client_frame(opcode::binary, full) + fragment(opcode::binary, full) + last("") +
                     client_frame(opcode::binary, full),
                 {{kind::binary, full}, {kind::binary, full}, {kind::binary, full}});
}

TEST(frame_decoder, checks_text_across_frames_but_not_binary)
{
    const std::string euro = "\xe2\x82\xac";
    expect_items(client_frame(opcode::text, euro), {{kind::text, euro}});
    expect_items(fragment(opcode::text, euro.substr(0, 1)) + client_frame(opcode::ping, "\xff") +
                     fragment(opcode::continuation, euro.substr(1, 1)) + last(euro.substr(2)),
                 {{kind::ping, "\xff"}, {kind::text, euro}});
    expect_items(fragment(opcode::binary, "\xff\xc0") + last("\xed\xa0"),
                 {{kind::binary, "\xff\xc0\xed\xa0"}});

    constexpr auto invalid = close_code::invalid_payload;
    expect_failure(client_frame(opcode::text, "ab\xff"
                                              "cd"),
                   invalid, "Received invalid UTF-8");
    expect_failure(client_frame(opcode::text, "ab\xe2\x82"), invalid, "Received invalid UTF-8");
    expect_failure(fragment(opcode::text, "ab\xe2") + last("\x82"), invalid,
                   "Received invalid UTF-8");
    expect_failure(fragment(opcode::text, "ab\xe2") + last(""), invalid, "Received invalid UTF-8");
    expect_failure(fragment(opcode::text, "\xed") + last("\xa0\x80"), invalid,
                   "Received invalid UTF-8");
}

TEST(frame_decoder, starts_each_text_afresh)
{
    const std::string euro = "\xe2\x82\xac";
    expect_items(fragment(opcode::text, euro) + last(euro) + fragment(opcode::text, "a") +
                     last(euro),
                 {{kind::text, euro + euro}, {kind::text, "a" + euro}});
}

TEST(frame_decoder, fails_at_the_first_byte_that_can_not_be_text)
{
    const std::string valid = "some text \xf4";
    const std::string frame = client_frame(opcode::text, valid + "\x90" + std::string(500, 'x'));
    const std::size_t bad = frame.size() - 500 - 1;
    frame_decoder decoder{limits};
    items out;
    tests::feed(decoder, frame.substr(0, bad), out);
    EXPECT_TRUE(out.empty());
    tests::feed(decoder, frame.substr(bad, 1), out);
    EXPECT_EQ(out, (items{{kind::failure, "", 1007, "Received invalid UTF-8"}}));
}

TEST(frame_decoder, reads_a_close_with_and_without_code_and_reason)
{
    expect_items(client_frame(opcode::close, ""), {{kind::close, "", 1005, ""}});
    expect_items(client_close_frame(1000), {{kind::close, "", 1000, ""}});
    expect_items(client_close_frame(4999, "bye \xe2\x82\xac"),
                 {{kind::close, "", 4999, "bye \xe2\x82\xac"}});
    expect_items(client_close_frame(3000, std::string(123, 'r')),
                 {{kind::close, "", 3000, std::string(123, 'r')}});
    expect_items(fragment(opcode::text, "never ended") + client_close_frame(1001, "away"),
                 {{kind::close, "", 1001, "away"}});
}

TEST(frame_decoder, fails_on_a_close_that_breaks_the_protocol)
{
    expect_failure(client_frame(opcode::close, "\x03"), close_code::protocol_error,
                   "Received invalid close payload");
    for (const std::uint16_t code : std::initializer_list<std::uint16_t>{
             0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535})
        expect_failure(client_close_frame(code), close_code::protocol_error,
                       "Received invalid close code");
    expect_failure(client_close_frame(1000, "\xc0"), close_code::invalid_payload,
                   "Received invalid UTF-8");
    expect_failure(client_close_frame(1000, "\xe2\x82"), close_code::invalid_payload,
                   "Received invalid UTF-8");
    expect_failure(client_close_frame(1006, "\xc0"), close_code::protocol_error,
                   "Received invalid close code");
}

TEST(frame_decoder, drops_what_comes_after_a_close_or_a_failure)
{
    const std::string more = client_frame(opcode::text, "x") + client_close_frame(1000);
    expect_items(client_close_frame(1000) + more, {{kind::close, "", 1000, ""}});
    expect_items(fragment(opcode::text, "ab") + client_close_frame(1000) + last("c"),
                 {{kind::close, "", 1000, ""}});
    expect_items(client_frame(opcode{3}, "") + more,
                 {{kind::failure, "", 1002, "Received invalid opcode"}});
    expect_items(fragment(opcode::text, "\xff") + more,
                 {{kind::failure, "", 1007, "Received invalid UTF-8"}});
}

TEST(frame_decoder, leaves_a_whole_frame_where_it_is)
{
    frame_decoder decoder{limits};
    const std::string stream =
        client_frame(opcode::text, "Hello") + client_frame(opcode::ping, "p");
    const tests::padded_piece piece{stream};
    std::span<char> input = piece.span();
    const decoded text = decoder.next(input);
    EXPECT_EQ(text.payload.data(), piece.span().data() + 6);
    EXPECT_EQ(text.payload.size(), 5u);
    EXPECT_EQ(input.size(), 7u);
    const decoded ping = decoder.next(input);
    EXPECT_EQ(ping.payload.data(), piece.span().data() + 11 + 6);
    EXPECT_TRUE(input.empty());
    EXPECT_FALSE(decoder.mid_message());
}

TEST(frame_decoder, knows_when_it_holds_something_back)
{
    const std::string stream =
        fragment(opcode::text, "abc") + client_frame(opcode::ping, "x") + last("d");
    frame_decoder decoder{limits};
    EXPECT_FALSE(decoder.mid_message());
    for (std::size_t i = 0; i < stream.size(); ++i) {
        items out;
        tests::feed(decoder, std::string_view{stream}.substr(i, 1), out);
        EXPECT_EQ(decoder.mid_message(), i + 1 < stream.size()) << i;
    }
    items out;
    tests::feed(decoder, client_frame(opcode::text, "whole"), out);
    EXPECT_FALSE(decoder.mid_message());
    tests::feed(decoder, client_header(opcode::text, 5), out);
    EXPECT_TRUE(decoder.mid_message());
    tests::feed(decoder, "\x37", out);
    EXPECT_TRUE(decoder.mid_message());
}

TEST(frame_decoder, holds_nothing_after_a_failure_in_the_middle_of_a_message)
{
    frame_decoder decoder{limits};
    items out;
    tests::feed(decoder, fragment(opcode::text, "abc"), out);
    tests::feed(decoder, client_frame(opcode{3}, ""), out);
    EXPECT_EQ(out.size(), 1u);
    EXPECT_FALSE(decoder.mid_message());
}

TEST(frame_decoder, keeps_an_assembled_message_until_the_next_call)
{
    frame_decoder decoder{limits};
    items out;
    tests::feed(decoder, fragment(opcode::text, "Hel"), out);
    decoded message;
    {
        // The input it came from may be gone by then.
        const tests::padded_piece piece{last("lo")};
        std::span<char> input = piece.span();
        message = decoder.next(input);
    }
    EXPECT_EQ(message.what, kind::text);
    EXPECT_EQ(tests::read_with_padding(message.payload), "Hello");
    EXPECT_FALSE(decoder.mid_message());
}

TEST(frame_decoder, takes_any_number_of_fragments)
{
    frame_decoder decoder{limits};
    items out;
    for (int i = 0; i < 20'000; ++i)
        tests::feed(decoder, fragment(i == 0 ? opcode::binary : opcode::continuation, ""), out);
    tests::feed(decoder, last("end"), out);
    EXPECT_EQ(out, (items{{kind::binary, "end"}}));
}

TEST(frame_decoder, takes_another_limit_from_the_next_frame_on)
{
    constexpr decoder_limits small{.message_bytes_max = 3};
    frame_decoder decoder{small};
    items out;
    tests::feed(decoder, client_frame(opcode::text, "one"), out);
    decoder.limit_to(limits);
    tests::feed(decoder, client_frame(opcode::text, "three"), out);
    decoder.limit_to(small);
    tests::feed(decoder, client_frame(opcode::text, "three"), out);
    EXPECT_EQ(out, (items{{kind::text, "one"},
                          {kind::text, "three"},
                          {kind::failure, "", 1009, "Received too big message"}}));
}

TEST(frame_decoder, sees_a_limit_that_is_shared)
{
    decoder_limits shared{.message_bytes_max = 10};
    frame_decoder decoder{shared};
    shared.message_bytes_max = 3;
    items out;
    tests::feed(decoder, client_frame(opcode::text, "four"), out);
    EXPECT_EQ(out, (items{{kind::failure, "", 1009, "Received too big message"}}));
}

} // namespace
} // namespace cresset::ws
