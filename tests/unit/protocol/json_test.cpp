#include <boost/describe.hpp>
#include <gtest/gtest.h>

#include <cresset/json.hpp>
#include <cresset/payload.hpp>
#include <map>
#include <optional>
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

struct shape
{
    std::string name;
    std::optional<point> center;
    std::vector<point> corners;
    std::map<std::string, point> marks;
};
BOOST_DESCRIBE_STRUCT(shape, (), (name, center, corners, marks))

// Clients of a newer version send more, older ones less.
TEST(json, passes_over_members_that_a_struct_does_not_have)
{
    const auto s = value_as<shape>(parse_json(
        R"({"name":"a","publicKey":"k","center":{"x":1,"y":2,"z":3},"corners":[{"x":4,"y":5,"z":6}],)"
        R"("marks":{"m":{"x":7,"y":8,"z":9}}})"));
    EXPECT_EQ(s.center->y, 2);
    EXPECT_EQ(s.corners.at(0).y, 5);
    EXPECT_EQ(s.marks.at("m").y, 8);
}

TEST(json, lets_optional_members_be_missing_and_no_others)
{
    EXPECT_FALSE(value_as<shape>(parse_json(R"({"name":"a","corners":[],"marks":{}})")).center);
    EXPECT_FALSE(
        value_as<shape>(parse_json(R"({"name":"a","center":null,"corners":[],"marks":{}})"))
            .center);
    EXPECT_THROW(value_as<shape>(parse_json(R"({"corners":[],"marks":{}})")), data_error);
    EXPECT_THROW(value_as<std::vector<point>>(parse_json(R"([{"x":1}])")), data_error);
}

// Its own conversion decides what fits, and is given all there is.
struct strict
{
    std::size_t members;
};
strict tag_invoke(boost::json::value_to_tag<strict>, const boost::json::value& v)
{
    return {v.as_object().size()};
}

TEST(json, leaves_conversions_of_a_type_s_own_alone)
{
    EXPECT_EQ(value_as<strict>(parse_json(R"({"a":1,"b":2})")).members, 2u);
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
