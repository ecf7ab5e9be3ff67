#include "protocol/event_reader.hpp"
#include "protocol/event_writer.hpp"

#include <gtest/gtest.h>

namespace cresset::protocol {

TEST(event_writer, writes_event_and_raw_data)
{
    EXPECT_EQ(write_event("message", R"({ "a":1 })"), R"({"event":"message","data":{ "a":1 }})");
    EXPECT_EQ(write_event("message", "null"), R"({"event":"message","data":null})");
}

TEST(event_writer, leaves_absent_data_out)
{
    EXPECT_EQ(write_event("message", ""), R"({"event":"message"})");
}

TEST(event_writer, escapes_the_name_of_the_event)
{
    EXPECT_EQ(write_event("a\"b\n", "1"), R"({"event":"a\"b\n","data":1})");
}

TEST(event_writer, writes_errors)
{
    EXPECT_EQ(write_event("error", write_error_data("Not authenticated")),
              R"({"event":"error","data":{"message":"Not authenticated"}})");
    EXPECT_EQ(write_event("error", write_error_data("\"\\")),
              R"({"event":"error","data":{"message":"\"\\"}})");
}

TEST(event_writer, writes_connected_with_its_keys_in_order)
{
    const auto id = base::client_id::parse("01234567-89ab-4def-8123-456789abcdef");
    const auto time = std::chrono::system_clock::time_point(std::chrono::milliseconds(1001));
    EXPECT_EQ(write_event("connected", write_connected_data({*id, "user \"7\"", time, {}})),
              R"({"event":"connected","data":{"id":"01234567-89ab-4def-8123-456789abcdef",)"
              R"("userId":"user \"7\"","time":"1970-01-01T00:00:01.001Z"}})");
    EXPECT_EQ(write_event("connected", write_connected_data({*id, std::nullopt, time, {}})),
              R"({"event":"connected","data":{"id":"01234567-89ab-4def-8123-456789abcdef",)"
              R"("time":"1970-01-01T00:00:01.001Z"}})");
}

TEST(event_writer, writes_what_the_reader_reads)
{
    const std::string name = "\x01 \" \\ / \u2028 \U0001f600";
    const std::string text = write_event(name, "[1, 2]");
    event_reader reader;
    const read_result result = reader.read(text);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->event, name);
    EXPECT_EQ(result->data, "[1, 2]");
}

} // namespace cresset::protocol
