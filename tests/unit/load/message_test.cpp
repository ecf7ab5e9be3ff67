#include "load/message.hpp"

#include <gtest/gtest.h>

#include <cresset/json.hpp>
#include <string>

namespace cresset::load {
namespace {

constexpr stamp sample{phase::measured, 0xabcdef, 0x12345678, 0x0fedcba987654321};

std::string data_of(const message_codec& codec, const stamp& s = sample)
{
    std::string data;
    codec.append(data, s);
    return data;
}

std::string envelope_of(const std::string& data)
{
    return R"({"event":"bench","data":)" + data + '}';
}

struct reading
{
    message_codec::verdict what;
    stamp s;
};

reading read(const message_codec& codec, const std::string& envelope)
{
    std::size_t place = 0;
    reading r{};
    r.what = codec.read(envelope, place, r.s);
    return r;
}

TEST(message, is_json_of_the_size_asked_for)
{
    for (const std::size_t size : {message_codec::size_min, message_codec::size_min + 1,
                                   std::size_t{128}, std::size_t{5'000}}) {
        const message_codec codec(1, size);
        const std::string data = data_of(codec);
        EXPECT_EQ(data.size(), size);
        EXPECT_TRUE(is_json(data)) << data;
    }
}

TEST(message, comes_back_as_it_was)
{
    const message_codec codec(0xfeedbeef, 100);
    for (const phase purpose : {phase::probe, phase::warm_up, phase::measured}) {
        stamp s = sample;
        s.purpose = purpose;
        const reading r = read(codec, envelope_of(data_of(codec, s)));
        EXPECT_EQ(r.what, message_codec::verdict::ours);
        EXPECT_EQ(r.s.purpose, s.purpose);
        EXPECT_EQ(r.s.flow, s.flow);
        EXPECT_EQ(r.s.sequence, s.sequence);
        EXPECT_EQ(r.s.intended_ns, s.intended_ns);
    }
}

TEST(message, is_found_wherever_the_envelope_has_it)
{
    const message_codec codec(1, 80);
    const std::string data = data_of(codec);
    std::size_t place = 0;
    stamp s;
    for (const std::string& before :
         {std::string(R"({"event":"bench","data":)"), std::string(R"({"data":)"),
          std::string(R"({ "id": "7", "event": "bench", "data": )")}) {
        s = {};
        EXPECT_EQ(codec.read(before + data + '}', place, s), message_codec::verdict::ours);
        EXPECT_EQ(place, before.size());
        EXPECT_EQ(s.sequence, sample.sequence);
    }
}

TEST(message, of_another_run_or_of_something_else)
{
    const message_codec codec(1, 80);
    EXPECT_EQ(read(codec, envelope_of(data_of(message_codec(2, 80)))).what,
              message_codec::verdict::foreign);
    EXPECT_EQ(read(codec, R"({"event":"error","data":{"message":"no"}})").what,
              message_codec::verdict::foreign);
    EXPECT_EQ(read(codec, "").what, message_codec::verdict::foreign);
}

// Whichever character changes: it is not taken for what was sent.
TEST(message, one_changed_character_is_noticed)
{
    const message_codec codec(0x11111111, 90);
    const std::string whole = data_of(codec);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string changed = whole;
        changed[i] = changed[i] == 'z' ? 'y' : 'z';
        const reading r = read(codec, envelope_of(changed));
        if (i < 10) // the opening: nothing says any more that it was ours
            EXPECT_EQ(r.what, message_codec::verdict::foreign) << i;
        else
            EXPECT_EQ(r.what, message_codec::verdict::altered) << i;
    }
}

TEST(message, one_changed_digit_of_the_sequence_is_noticed_by_the_pad)
{
    const message_codec codec(1, 90);
    std::string changed = data_of(codec);
    const std::size_t last_digit = 10 + 8 + 1 + 6 + 8 - 1;
    ASSERT_EQ(changed[last_digit], '8');
    changed[last_digit] = '9';
    EXPECT_EQ(read(codec, envelope_of(changed)).what, message_codec::verdict::altered);
}

TEST(message, cut_short)
{
    const message_codec codec(1, 90);
    const std::string whole = data_of(codec);
    for (std::size_t size = 10; size < whole.size(); ++size)
        EXPECT_EQ(read(codec, whole.substr(0, size)).what, message_codec::verdict::altered) << size;
}

} // namespace
} // namespace cresset::load
