#include "protocol/encrypted_event.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::protocol {
namespace {

TEST(encrypted_event, is_read)
{
    const auto data = read_encrypted_data(R"( {"ct":"Y3Q=", "x":[{}], "iv":"a\/\u0062"} )");
    ASSERT_TRUE(data);
    EXPECT_EQ(data->iv, "a/b");
    EXPECT_EQ(data->ct, "Y3Q=");
    EXPECT_FALSE(data->number);
}

TEST(encrypted_event, may_have_a_number)
{
    EXPECT_EQ(read_encrypted_data(R"({"iv":"","ct":"","n":18446744073709551615})")->number,
              18'446'744'073'709'551'615u);
    for (const char* number : {"-1", "1.0", "1e3", "\"1\"", "null", "18446744073709551616", "[1]"})
        EXPECT_FALSE(read_encrypted_data(R"({"iv":"","ct":"","n":)" + std::string(number) + '}'))
            << number;
}

TEST(encrypted_event, counts_the_last_of_a_key)
{
    const auto data = read_encrypted_data(R"({"iv":1,"iv":"a","ct":"b","ct":"c"})");
    ASSERT_TRUE(data);
    EXPECT_EQ(data->iv, "a");
    EXPECT_EQ(data->ct, "c");
}

TEST(encrypted_event, is_an_object_with_both)
{
    for (const char* text :
         {"", "null", "[]", "\"\"", "{}", R"({"iv":"a"})", R"({"ct":"a"})", R"({"iv":"a","ct":1})",
          R"({"iv":null,"ct":"a"})", R"({"iv":"a","ct":"b")", R"({"iv":"a","ct":"b"}x)"})
        EXPECT_FALSE(read_encrypted_data(text)) << text;
}

} // namespace
} // namespace cresset::protocol
