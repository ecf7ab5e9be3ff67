#include "standalone/api_keys.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace cresset::standalone {
namespace {

const std::string good(32, 'k');

http::request bearing(const std::string& value)
{
    http::request asked;
    asked.headers = {{"Authorization", value}};
    return asked;
}

TEST(api_keys, are_found_by_their_bearer)
{
    const api_keys keys(
        {api_key("a", {.emit = true}, good), api_key("b", {.read = true}, std::string(40, 'b'))});
    const api_key* const found = keys.find(bearing("Bearer " + std::string(40, 'b')));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->name, "b");
    EXPECT_TRUE(keys.find(bearing("bearer " + good)));
}

TEST(api_keys, are_not_found_by_anything_else)
{
    const api_keys keys({api_key("a", {.emit = true}, good)});
    EXPECT_FALSE(keys.find({}));
    const std::string wrong[] = {"",
                                 "Bearer",
                                 "Bearer ",
                                 good,
                                 "Basic " + good,
                                 "Bearer  " + good,
                                 "Bearer " + good + ' ',
                                 "Bearer " + good.substr(1),
                                 "Bearer " + good + 'k'};
    for (const std::string& value : wrong)
        EXPECT_FALSE(keys.find(bearing(value))) << value;
    http::request twice = bearing("Bearer " + good);
    twice.headers.push_back(twice.headers.front());
    EXPECT_FALSE(keys.find(twice));
    EXPECT_FALSE(api_keys({}).find(bearing("Bearer " + good)));
}

TEST(api_keys, have_enough_characters_and_no_spaces)
{
    EXPECT_THROW(api_key("a", {}, std::string(31, 'k')), std::invalid_argument);
    EXPECT_THROW(api_key("a", {}, good + " x"), std::invalid_argument);
    EXPECT_THROW(api_key("a", {}, good + "\n"), std::invalid_argument);
}

TEST(api_scopes, are_read)
{
    const api_scopes all = read_scopes("emit+manage+read");
    EXPECT_TRUE(all.emit && all.manage && all.read);
    const api_scopes one = read_scopes("read");
    EXPECT_TRUE(!one.emit && !one.manage && one.read);
    for (const std::string text : {"", "all", "emit+", "+emit", "emit,read", "Emit"})
        EXPECT_THROW(read_scopes(text), std::invalid_argument) << text;
}

} // namespace
} // namespace cresset::standalone
