#include "http/request.hpp"

#include <gtest/gtest.h>

namespace cresset::http {
namespace {

TEST(request, path_is_the_target_without_query_scheme_and_host)
{
    const auto path = [](const char* target) {
        request asked;
        asked.target = target;
        return std::string(asked.path());
    };
    EXPECT_EQ(path("/"), "/");
    EXPECT_EQ(path("/a/b?c?d"), "/a/b");
    EXPECT_EQ(path("/?a=http://b/c"), "/");
    EXPECT_EQ(path("//a/b"), "//a/b");
    EXPECT_EQ(path("http://a/b?c"), "/b");
    EXPECT_EQ(path("HTTPS://a:1/b/c"), "/b/c");
    EXPECT_EQ(path("http://a"), "/");
    EXPECT_EQ(path("http://a?b/c"), "/");
    EXPECT_EQ(path("*"), "*");
    EXPECT_EQ(path(""), "");
}

TEST(request, finds_headers_in_any_case_of_letters)
{
    request asked;
    asked.headers = {{"Host", "a"}, {"X-Y", "1"}, {"x-y", "2"}};
    ASSERT_NE(asked.find("X-y"), nullptr);
    EXPECT_EQ(*asked.find("X-y"), "1");
    EXPECT_EQ(asked.find("X"), nullptr);
    EXPECT_EQ(asked.count("x-Y"), 2u);
    EXPECT_EQ(asked.count("X-YZ"), 0u);
}

TEST(request, tokens_are_found_whole_in_lists)
{
    EXPECT_TRUE(has_token("Upgrade", "upgrade"));
    EXPECT_TRUE(has_token("keep-alive,\t UPGRADE ", "upgrade"));
    EXPECT_TRUE(has_token(",, a ,", "a"));
    EXPECT_FALSE(has_token("upgrades, up", "upgrade"));
    EXPECT_FALSE(has_token("a upgrade", "upgrade"));
    EXPECT_FALSE(has_token("", "upgrade"));
    EXPECT_FALSE(has_token(", ,", ""));
}

} // namespace
} // namespace cresset::http
