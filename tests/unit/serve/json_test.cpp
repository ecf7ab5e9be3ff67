#include <boost/describe.hpp>
#include <gtest/gtest.h>

#include <cresset/json.hpp>
#include <cresset/payload.hpp>
#include <string>
#include <vector>

namespace cresset {
namespace {

struct point
{
    int x;
    int y;
};
BOOST_DESCRIBE_STRUCT(point, (), (x, y))

TEST(json, gives_data_as_a_type)
{
    EXPECT_EQ(value_as<point>(parse_json(R"({"x":1,"y":2})")).y, 2);
    EXPECT_EQ(value_as<std::vector<int>>(parse_json("[1,2]")).size(), 2u);
    EXPECT_TRUE(value_as<boost::json::value>(parse_json("")).is_null());
}

TEST(json, says_when_data_does_not_fit)
{
    EXPECT_THROW(value_as<point>(parse_json(R"({"x":1})")), data_error);
    EXPECT_THROW(value_as<point>(parse_json("null")), data_error);
    EXPECT_THROW(parse_json("{"), data_error);
}

TEST(json, knows_json)
{
    for (const char* text : {"null", " 1.5e300 ", "\"a\"", "[]", "{\"a\":[1,{}]}", "1e999"})
        EXPECT_TRUE(is_json(text)) << text;
    for (const char* text :
         {"", " ", "nul", "1 2", "[1,]", "{\"a\"}", "'a'", "\"\xff\"", "\xef\xbb\xbf{}"})
        EXPECT_FALSE(is_json(text)) << text;
}

TEST(payload, takes_whatever_is_json)
{
    EXPECT_EQ(payload().text(), "");
    EXPECT_EQ(payload("text").text(), "\"text\"");
    EXPECT_EQ(payload(std::string("text")).text(), "\"text\"");
    EXPECT_EQ(payload(7).text(), "7");
    EXPECT_EQ(payload(true).text(), "true");
    EXPECT_EQ(payload(nullptr).text(), "null");
    EXPECT_EQ(payload(point{1, 2}).text(), R"({"x":1,"y":2})");
    EXPECT_EQ(payload(boost::json::object{{"a", 1}}).text(), R"({"a":1})");
    EXPECT_EQ(payload(raw_json{R"({ "n": 1.50 })"}).text(), R"({ "n": 1.50 })");
}

TEST(payload, passes_on_what_a_client_sent)
{
    const client_id id;
    const client who(id, {}, nullptr, false);
    EXPECT_EQ(payload(message(who, "say", R"({ "n": 1.50 })", {})).text(), R"({ "n": 1.50 })");
    EXPECT_EQ(payload(message(who, "say", {}, {})).text(), "");
    EXPECT_EQ(payload(authenticate_request(who, "{}")).text(), "{}");
    EXPECT_EQ(payload(client_data("7")).text(), "7");
}

TEST(payload, is_not_valid_as_raw_text_that_is_no_json)
{
    EXPECT_FALSE(payload(raw_json{"{"}).valid());
    EXPECT_FALSE(payload(raw_json{""}).valid());
    EXPECT_TRUE(payload(raw_json{"{}"}).valid());
}

} // namespace
} // namespace cresset
