#include "load/client_frames.hpp"
#include "ws/frame_decoder.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <set>
#include <string>

namespace cresset::load {
namespace {

// The server's decoder takes them.
TEST(client_frames, of_all_lengths)
{
    client_frames frames(5);
    const ws::decoder_limits limits{.message_bytes_max = 1 << 20};
    for (const std::size_t size : {0u, 1u, 125u, 126u, 65'535u, 65'536u}) {
        const std::string payload(size, 'p');
        const net::segment_ref made = frames.make(ws::opcode::text, payload);
        std::string bytes(made->bytes());
        const std::size_t frame_size = bytes.size();
        bytes.resize(frame_size + ws::payload_padding);
        std::span<char> input(bytes.data(), frame_size);
        ws::frame_decoder decoder(limits);
        const ws::decoded item = decoder.next(input);
        ASSERT_EQ(item.what, ws::decoded::kind::text) << size << ' ' << item.reason;
        EXPECT_EQ(std::string(item.payload.data(), item.payload.size()), payload);
        EXPECT_TRUE(input.empty());
    }
}

TEST(client_frames, every_frame_has_another_key)
{
    client_frames frames(5);
    std::set<std::string> keys;
    for (int i = 0; i < 100; ++i)
        keys.insert(std::string(frames.make(ws::opcode::text, "x")->bytes().substr(2, 4)));
    EXPECT_EQ(keys.size(), 100u);
}

} // namespace
} // namespace cresset::load
