// However a stream is cut, a decoder gives out the same: random streams, valid and damaged.

#include "support/ws_client_frames.hpp"
#include "unit/ws/decoder_feed.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::ws {
namespace {

using tests::client_frame;
using tests::items;
using kind = decoded::kind;

constexpr decoder_limits of_random_streams{.message_bytes_max = 2000};

// A stream of a client and what it says.
struct random_sample
{
    std::string stream;
    items expected;
};

class stream_maker
{
public:
    explicit stream_maker(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t bound) { return random_() % bound; }

    random_sample make()
    {
        random_sample made;
        for (std::size_t left = 1 + below(6); left > 0; --left) {
            if (below(3) == 0)
                add_control(made);
            else
                add_message(made);
        }
        if (below(4) == 0) {
            made.stream += tests::client_close_frame(4000, "done");
            made.expected.push_back({kind::close, "", 4000, "done"});
        }
        return made;
    }

    // Changes, drops or inserts a few bytes.
    std::string damage(std::string stream)
    {
        for (std::size_t left = 1 + below(3); left > 0 && !stream.empty(); --left) {
            const std::size_t at = below(stream.size());
            const auto byte = static_cast<char>(below(256));
            if (const std::size_t how = below(4); how == 0)
                stream.erase(at, 1);
            else if (how == 1)
                stream.insert(at, 1, byte);
            else
                stream[at] = byte;
        }
        return stream;
    }

    std::vector<std::string_view> cut(std::string_view stream)
    {
        const std::size_t size_max = std::size_t{1} << below(11);
        std::vector<std::string_view> pieces;
        while (!stream.empty()) {
            const std::size_t size = std::min(stream.size(), below(size_max + 1));
            pieces.push_back(stream.substr(0, size));
            stream.remove_prefix(size);
        }
        return pieces;
    }

private:
    std::string frame(opcode op, std::string_view payload, bool fin)
    {
        tests::client_frame_options options{.fin = fin};
        for (char& byte : options.key)
            byte = static_cast<char>(below(256));
        return client_frame(op, payload, options);
    }

    std::string text()
    {
        static constexpr std::string_view characters[] = {
            "a", "Z", "\xc3\xa9", "\xe2\x82\xac", "\xed\x9f\xbf", "\xf0\x9f\x98\x80"};
        const std::size_t ascii_only = below(2);
        std::string made;
        for (std::size_t left = below(below(5) == 0 ? 400 : 40); left > 0; --left)
            made += characters[below(ascii_only != 0 ? 2 : std::size(characters))];
        return made;
    }

    std::string binary()
    {
        std::string made(below(below(5) == 0 ? 1500 : 140), '\0');
        for (char& byte : made)
            byte = static_cast<char>(below(256));
        return made;
    }

    void add_control(random_sample& made)
    {
        const bool ping = below(2) == 0;
        const std::string payload = binary().substr(0, control_payload_max);
        made.stream += frame(ping ? opcode::ping : opcode::pong, payload, true);
        made.expected.push_back({ping ? kind::ping : kind::pong, payload, 0, {}});
    }

    void add_message(random_sample& made)
    {
        const bool is_text = below(2) == 0;
        const std::string payload = is_text ? text() : binary();
        opcode op = is_text ? opcode::text : opcode::binary;
        std::string_view left = payload;
        for (std::size_t fragments = below(4); fragments > 0; --fragments) {
            const std::size_t size = below(left.size() + 1);
            made.stream += frame(op, left.substr(0, size), false);
            left.remove_prefix(size);
            op = opcode::continuation;
            if (below(3) == 0)
                add_control(made);
        }
        made.stream += frame(op, left, true);
        made.expected.push_back({is_text ? kind::text : kind::binary, payload, 0, {}});
    }

    std::mt19937 random_;
};

TEST(frame_decoder_chunking, changes_nothing_of_a_valid_stream)
{
    stream_maker maker{6455};
    for (int round = 0; round < 1500; ++round) {
        const random_sample made = maker.make();
        ASSERT_EQ(tests::decode(of_random_streams, {made.stream}), made.expected) << round;
        for (int i = 0; i < 4; ++i)
            ASSERT_EQ(tests::decode(of_random_streams, maker.cut(made.stream)), made.expected)
                << round;
    }
}

TEST(frame_decoder_chunking, changes_nothing_of_a_damaged_stream)
{
    stream_maker maker{8259};
    int failures = 0;
    for (int round = 0; round < 4000; ++round) {
        const std::string stream = maker.damage(maker.make().stream);
        const items expected = tests::decode(of_random_streams, {stream});
        failures += !expected.empty() && expected.back().what == kind::failure;
        for (int i = 0; i < 4; ++i)
            ASSERT_EQ(tests::decode(of_random_streams, maker.cut(stream)), expected) << round;
    }
    EXPECT_GT(failures, 1000); // or the damage does not reach what it is meant to test
}

} // namespace
} // namespace cresset::ws
