#include "base/client_id.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace cresset::base {
namespace {

constexpr std::string_view example = "00112233-4455-6677-8899-aabbccddeeff";

TEST(client_id, is_written_as_it_is_read)
{
    const auto id = client_id::parse(example);
    ASSERT_TRUE(id);
    for (std::size_t i = 0; i < 16; ++i)
        EXPECT_EQ(id->bytes[i], i * 0x11) << i;
    EXPECT_EQ(id->to_string(), example);
}

TEST(client_id, round_trips_what_a_generator_draws)
{
    client_id_generator ids;
    for (int i = 0; i < 1000; ++i) {
        const client_id id = ids.next();
        EXPECT_EQ(client_id::parse(id.to_string()), id);
    }
}

TEST(client_id, is_read_in_either_case)
{
    EXPECT_EQ(client_id::parse("00112233-4455-6677-8899-AABBCCDDEEFF"), client_id::parse(example));
    EXPECT_EQ(client_id::parse("00112233-4455-6677-8899-AaBbCcDdEeFf"), client_id::parse(example));
}

TEST(client_id, is_not_read_from_anything_else)
{
    for (const std::string text :
         {"", "lobby", "00112233445566778899aabbccddeeff", "00112233-4455-6677-8899-aabbccddeef",
          "00112233-4455-6677-8899-aabbccddeeff0", " 0112233-4455-6677-8899-aabbccddeeff",
          "{0112233-4455-6677-8899-aabbccddeef}", "00112233_4455-6677-8899-aabbccddeeff",
          "0011223-34455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899aabbccddeeff-",
          "0011223g-4455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-aabbccddee-f",
          "------------------------------------", "0x112233-4455-6677-8899-aabbccddeeff"})
        EXPECT_FALSE(client_id::parse(text)) << text;
}

TEST(client_id, is_refused_with_any_one_character_broken)
{
    for (std::size_t i = 0; i < example.size(); ++i) {
        for (const char wrong : {'\0', '/', ':', '@', 'G', '`', 'g', '\x80', '\xff'}) {
            std::string text(example);
            text[i] = wrong;
            EXPECT_FALSE(client_id::parse(text)) << i << ' ' << static_cast<int>(wrong);
        }
    }
}

// RFC 4122, sections 4.1.1 and 4.1.3.
TEST(client_id_generator, draws_version_4_of_variant_1)
{
    client_id_generator ids(3, 7);
    for (int i = 0; i < 1000; ++i) {
        const std::string text = ids.next().to_string();
        EXPECT_EQ(text[14], '4') << text;
        EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
    }
}

TEST(client_id_generator, draws_ids_of_its_own_shard)
{
    std::vector<unsigned> counts{client_id_generators_max};
    for (unsigned count = 1; count <= 64; ++count)
        counts.push_back(count);
    for (const unsigned count : counts) {
        for (unsigned index = 0; index < count; ++index) {
            client_id_generator ids(index, count);
            for (int i = 0; i < 20; ++i)
                ASSERT_EQ(shard_of(ids.next(), count), index) << "of " << count;
        }
    }
}

TEST(client_id_generator, uses_every_last_byte_that_means_it)
{
    client_id_generator ids(2, 3);
    std::set<unsigned> seen;
    for (int i = 0; i < 10'000; ++i)
        seen.insert(ids.next().bytes[15]);
    EXPECT_EQ(seen.size(), 85u); // 2, 5, ..., 254
}

TEST(client_id_generator, never_draws_the_same_id_twice)
{
    std::unordered_set<client_id, client_id_hash> seen;
    client_id_generator a(0, 2);
    client_id_generator b(0, 2);
    for (int i = 0; i < 20'000; ++i) {
        EXPECT_TRUE(seen.insert(a.next()).second);
        EXPECT_TRUE(seen.insert(b.next()).second);
    }
}

} // namespace
} // namespace cresset::base
