#include "protocol/publish_request.hpp"

#include <gtest/gtest.h>

namespace cresset::protocol {

TEST(publish_request, reads_room_event_and_data)
{
    const publish_result result =
        read_publish_request(R"({"room":"l\u006fbby","event":"a\"b","data":{ "x" : 1e999 } })");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->room, "lobby");
    EXPECT_EQ(result->event, "a\"b");
    EXPECT_EQ(result->data, R"({ "x" : 1e999 })");
}

TEST(publish_request, needs_no_data)
{
    const publish_result result = read_publish_request(R"({"event":"e","room":"r"})");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->data, "");
}

TEST(publish_request, says_what_is_wrong)
{
    for (const char* raw : {"", "null", "[]", R"("room")", "7"})
        EXPECT_EQ(read_publish_request(raw).error, publish_error::no_object) << raw;
    for (const char* raw : {"{}", R"({"event":"e"})", R"({"room":"","event":"e"})",
                            R"({"room":7,"event":"e"})", R"({"room":null})"})
        EXPECT_EQ(read_publish_request(raw).error, publish_error::no_room) << raw;
    for (const char* raw :
         {R"({"room":"r"})", R"({"room":"r","event":""})", R"({"room":"r","event":["e"]})"})
        EXPECT_EQ(read_publish_request(raw).error, publish_error::no_event) << raw;
}

TEST(publish_request, has_no_value_where_something_is_wrong)
{
    EXPECT_FALSE(read_publish_request("[]"));
    EXPECT_FALSE(read_publish_request("{}"));
    EXPECT_FALSE(read_publish_request(R"({"room":"r"})"));
}

} // namespace cresset::protocol
