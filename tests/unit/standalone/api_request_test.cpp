#include "standalone/api_request.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::standalone {
namespace {

using broker::target_kind;

TEST(emit_request, is_read)
{
    const std::string body =
        R"({"event":"chat","data": {"n": 1.50} ,"to":[{"room":"a"},{"everyone":true}],)"
        R"("exclude":["00112233-4455-4677-8899-aabbccddeeff"]})";
    const emit_request asked = read_emit_request(body);
    EXPECT_EQ(asked.event, "chat");
    EXPECT_EQ(asked.data, R"({"n": 1.50})");
    ASSERT_EQ(asked.to.size(), 2u);
    EXPECT_EQ(asked.to[0].kind, target_kind::room);
    EXPECT_EQ(asked.to[0].name, "a");
    EXPECT_EQ(asked.to[1].kind, target_kind::broadcast);
    EXPECT_EQ(asked.exclude.size(), 1u);
}

TEST(emit_request, may_have_one_destination_and_no_data)
{
    const emit_request asked = read_emit_request(R"({"event":"x","to":{"user":"ada"}})");
    ASSERT_EQ(asked.to.size(), 1u);
    EXPECT_EQ(asked.to[0].kind, target_kind::user);
    EXPECT_EQ(asked.data, "");
}

TEST(emit_request, has_escapes_in_names)
{
    const emit_request asked = read_emit_request(R"({"event":"\u0078","to":{"room":"\u00e4"}})");
    EXPECT_EQ(asked.event, "x");
    EXPECT_EQ(asked.to[0].name, "\xc3\xa4");
}

TEST(emit_request, is_refused_where_it_is_unclear)
{
    for (const std::string body :
         {"",
          "{",
          "[]",
          "7",
          "{\"event\":\"x\",\"to\":{\"room\":\"\xff\"}}",
          R"({"event":"x"})",
          R"({"to":{"room":"a"}})",
          R"({"event":"","to":{"room":"a"}})",
          R"({"event":"x","to":{"room":7}})",
          R"({"event":"x","to":{"everyone":1}})",
          R"({"event":"x","to":"a"})",
          R"({"event":"x","to":[7]})",
          R"({"event":"x","to":[]})",
          R"({"event":"error","to":{"room":"a"}})",
          R"({"event":"x","to":{"room":"a","everyone":true}})",
          R"({"event":"x","to":{"room":null,"everyone":true}})",
          R"({"event":"x","to":{"room":"a","everyone":false}})",
          R"({"event":"x","to":{"room":"a"},"exclude":"00112233-4455-4677-8899-aabbccddeeff"})",
          R"({"event":"x","to":{"room":"a"},"exclude":[7]})",
          R"({"event":"x","to":{"room":"a"},"exclude":["a"]})"})
        EXPECT_THROW(read_emit_request(body), api_request_error) << body;
}

TEST(emit_request, has_bounds)
{
    const auto with = [](std::size_t count) {
        std::string list = R"({"user":"a"})";
        for (std::size_t i = 1; i < count; ++i)
            list += R"(,{"user":"a"})";
        return R"({"event":"x","to":[)" + list + "]}";
    };
    EXPECT_EQ(read_emit_request(with(api_destinations_max)).to.size(), api_destinations_max);
    EXPECT_THROW(read_emit_request(with(api_destinations_max + 1)), api_request_error);
    const std::string event(1024, 'e');
    EXPECT_NO_THROW(read_emit_request(R"({"to":{"room":"a"},"event":")" + event + "\"}"));
    EXPECT_THROW(read_emit_request(R"({"to":{"room":"a"},"event":")" + event + "e\"}"),
                 api_request_error);
}

TEST(close_request, is_read)
{
    const close_request asked = read_close_request(R"({"user":"ada","code":4100,"reason":"bye"})");
    EXPECT_EQ(asked.whom.name, "ada");
    EXPECT_EQ(asked.code, 4100);
    EXPECT_EQ(asked.reason, "bye");
    EXPECT_EQ(read_close_request(R"({"room":"a"})").code, 1000);
    for (const std::string code : {"1006", "0", "-1", "4100.0", "\"4100\"", "70000", "null"})
        EXPECT_THROW(read_close_request(R"({"user":"ada","code":)" + code + "}"), api_request_error)
            << code;
    EXPECT_THROW(read_close_request(R"({"everyone":true})"), api_request_error);
    EXPECT_THROW(read_close_request(R"({"user":"ada","reason":5})"), api_request_error);
}

TEST(rooms_of_a_request, are_names)
{
    EXPECT_EQ(read_rooms(R"({"rooms":["a","b"]})"), (std::vector<std::string>{"a", "b"}));
    for (const std::string rooms : {"[]", "7", "[\"a\",7]", "[\"\"]", "[\"ws:x\"]", "null"})
        EXPECT_THROW(read_rooms(R"({"rooms":)" + rooms + "}"), api_request_error) << rooms;
}

} // namespace
} // namespace cresset::standalone
