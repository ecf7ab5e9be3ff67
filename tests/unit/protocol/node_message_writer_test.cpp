#include "protocol/node_message_writer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace cresset::protocol {
namespace {

constexpr std::string_view id_text = "01234567-89ab-4def-8123-456789abcdef";
const base::client_id id = *base::client_id::parse(id_text);

} // namespace

// The texts are what WebSocketEmitter and WebSocketServerHelper of @venizia/ignis-helpers 0.0.7
// publish for such a message.
TEST(node_message_writer, writes_what_the_reference_writes)
{
    EXPECT_EQ(
        write_node_message({"emitter", target_kind::client, id_text, "news", R"({"a":1})"}),
        R"({"serverId":"emitter","type":"client","target":"01234567-89ab-4def-8123-456789abcdef",)"
        R"("event":"news","data":{"a":1}})");
    EXPECT_EQ(write_node_message({"emitter", target_kind::user, "ann", "news", "null"}),
              R"({"serverId":"emitter","type":"user","target":"ann","event":"news","data":null})");
    EXPECT_EQ(write_node_message({id_text, target_kind::room, "r", "t", R"("")"}),
              R"({"serverId":"01234567-89ab-4def-8123-456789abcdef","type":"room","target":"r",)"
              R"("event":"t","data":""})");
    EXPECT_EQ(write_node_message({"emitter", target_kind::broadcast, "", "news", "0"}),
              R"({"serverId":"emitter","type":"broadcast","event":"news","data":0})");
}

TEST(node_message_writer, leaves_out_data_and_exclude_that_are_absent)
{
    EXPECT_EQ(write_node_message({"emitter", target_kind::broadcast, "", "news", ""}),
              R"({"serverId":"emitter","type":"broadcast","event":"news"})");
    EXPECT_EQ(write_node_message({"emitter", target_kind::room, "lobby", "news", "", {}}),
              R"({"serverId":"emitter","type":"room","target":"lobby","event":"news"})");
}

TEST(node_message_writer, writes_a_target_for_all_but_broadcasts)
{
    EXPECT_EQ(write_node_message({"s", target_kind::broadcast, "r", "e", ""}),
              R"({"serverId":"s","type":"broadcast","event":"e"})");
    EXPECT_EQ(write_node_message({"s", target_kind::room, "", "e", ""}),
              R"({"serverId":"s","type":"room","target":"","event":"e"})");
}

TEST(node_message_writer, writes_whom_to_exclude)
{
    const std::array one{id};
    EXPECT_EQ(write_node_message({"emitter", target_kind::room, "lobby", "news", R"("x")", one}),
              R"({"serverId":"emitter","type":"room","target":"lobby","event":"news","data":"x",)"
              R"("exclude":["01234567-89ab-4def-8123-456789abcdef"]})");
    const std::array two{id, base::client_id{}};
    EXPECT_EQ(
        write_node_message({"s", target_kind::broadcast, "", "e", "", two}),
        R"({"serverId":"s","type":"broadcast","event":"e","exclude":)"
        R"(["01234567-89ab-4def-8123-456789abcdef","00000000-0000-0000-0000-000000000000"]})");
}

TEST(node_message_writer, escapes_names_as_the_reference_does)
{
    EXPECT_EQ(write_node_message({"emitter", target_kind::user,
                                  "ann \"q\" \x07\u2028\U0001f600\u00e9/\\", "n\n", R"([1,"x"])"}),
              "{\"serverId\":\"emitter\",\"type\":\"user\",\"target\":\"ann \\\"q\\\" "
              "\\u0007\u2028\U0001f600\u00e9/\\\\\",\"event\":\"n\\n\",\"data\":[1,\"x\"]}");
}

TEST(node_message_writer, takes_data_byte_for_byte)
{
    EXPECT_EQ(write_node_message({"s", target_kind::broadcast, "", "e", R"({ "b" : 1e5 })"}),
              R"({"serverId":"s","type":"broadcast","event":"e","data":{ "b" : 1e5 }})");
}

} // namespace cresset::protocol
