#include "load/frame_reader.hpp"
#include "ws/frame_writer.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cresset::load {
namespace {

using status = frame_reader::status;
using ws::opcode;

// What came out, written down: "1 text", "9 ping", "1z text" if compressed.
using items = std::vector<std::string>;

std::string describe(const server_message& m)
{
    return std::to_string(static_cast<int>(m.op)) + (m.compressed ? "z " : " ") +
           std::string(m.payload);
}

void feed(frame_reader& reader, std::string piece, items& into)
{
    // Alone in memory, so that the address sanitizer sees a step too far.
    const auto bytes = std::make_unique<char[]>(piece.size());
    piece.copy(bytes.get(), piece.size());
    std::span<char> input(bytes.get(), piece.size());
    server_message m;
    for (;;) {
        const status found = reader.next(input, m);
        if (found == status::message) {
            into.push_back(describe(m));
            continue;
        }
        if (found == status::failure)
            into.emplace_back("failure");
        else
            EXPECT_TRUE(input.empty());
        return;
    }
}

items whole(const std::string& stream)
{
    frame_reader reader;
    items found;
    feed(reader, stream, found);
    return found;
}

// Whole, in two pieces at every place, and byte by byte: always the same.
void expect(const std::string& stream, const items& wanted)
{
    EXPECT_EQ(whole(stream), wanted);
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
        frame_reader reader;
        items found;
        feed(reader, stream.substr(0, cut), found);
        feed(reader, stream.substr(cut), found);
        ASSERT_EQ(found, wanted) << "cut at " << cut;
    }
    frame_reader reader;
    items found;
    for (const char byte : stream)
        feed(reader, std::string(1, byte), found);
    EXPECT_EQ(found, wanted);
}

std::string frame(std::uint8_t first, std::string_view payload)
{
    std::string text = ws::make_frame(opcode::text, payload);
    text[0] = static_cast<char>(first);
    return text;
}

TEST(frame_reader, messages_of_all_three_lengths)
{
    const std::string middle(300, 'm');
    const std::string large(70'000, 'l');
    expect(ws::make_frame(opcode::text, "a") + ws::make_frame(opcode::text, "") +
               ws::make_frame(opcode::binary, middle) + ws::make_frame(opcode::text, "z"),
           {"1 a", "1 ", "2 " + middle, "1 z"});
    EXPECT_EQ(whole(ws::make_frame(opcode::text, large)), items{"1 " + large});
    frame_reader reader;
    items found;
    const std::string stream = ws::make_frame(opcode::text, large);
    feed(reader, stream.substr(0, 40'000), found);
    feed(reader, stream.substr(40'000) + ws::make_frame(opcode::text, "next"), found);
    EXPECT_EQ(found, (items{"1 " + large, "1 next"}));
}

TEST(frame_reader, control_frames)
{
    expect(ws::make_frame(opcode::ping, "p") + ws::make_close_frame(1000, "bye"),
           {"9 p", std::string("8 \x03\xe8", 4) + "bye"});
}

TEST(frame_reader, fragments_with_a_control_frame_between)
{
    expect(frame(0x01, "one ") + ws::make_frame(opcode::ping, "p") + frame(0x00, "two ") +
               frame(0x80, "three") + frame(0x81, "four"),
           {"9 p", "1 one two three", "1 four"});
}

TEST(frame_reader, compressed_messages_whole_and_in_fragments)
{
    expect(frame(0xc1, "x") + frame(0x41, "y") + frame(0x80, "z") + frame(0x81, "plain"),
           {"1z x", "1z yz", "1 plain"});
}

TEST(frame_reader, what_no_server_sends)
{
    EXPECT_EQ(whole(std::string("\x81\x81\x00\x00\x00\x00x", 7)), items{"failure"}); // masked
    EXPECT_EQ(whole(frame(0x83, "x")), items{"failure"});                            // no opcode
    EXPECT_EQ(whole(frame(0xa1, "x")), items{"failure"});                            // RSV2
    EXPECT_EQ(whole(frame(0x80, "x")), items{"failure"});                    // continues nothing
    EXPECT_EQ(whole(frame(0x01, "x") + frame(0x81, "y")), items{"failure"}); // not continued
    EXPECT_EQ(whole(std::string("\x81\x7f\x7f\0\0\0\0\0\0\0", 10)), items{"failure"}); // too large
}

TEST(frame_reader, forgets)
{
    frame_reader reader;
    items found;
    feed(reader, frame(0x01, "one ") + "\x80", found);
    reader.clear();
    feed(reader, frame(0x81, "two"), found);
    EXPECT_EQ(found, items{"1 two"});
}

} // namespace
} // namespace cresset::load
