#include "protocol/node_message_reader.hpp"
#include "protocol/node_message_writer.hpp"
#include "unit/protocol/mutation.hpp"
#include "unit/protocol/tight_text.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace cresset::protocol {
namespace {

namespace json = boost::json;
using error = node_message_error;

const std::string_view seeds[] = {
    R"({"serverId":"s","type":"room","target":"r","event":"e","data":{"a":[1,-2.5e3]}})",
    R"({"serverId":"s","type":"broadcast","event":"e\u0041\n","data":[true,null],"x":1})",
    R"({"serverId":"s","type":"user","target":"u","event":"e","event":"f","target":"v"})",
    R"({"exclude":["01234567-89ab-4def-8123-456789abcdef","x",7,null],"data":"d",)"
    R"("event":"e","target":"\u0072","type":"client","serverId":""})",
    R"({"serverId":"s","type":"room","event":"e"})",
    R"([{"serverId":"s","type":"broadcast","event":"e"}])",
};

// The member where it is a string; else empty.
std::string string_of(const json::object& message, std::string_view key)
{
    const json::value* value = message.if_contains(key);
    return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

// The rules, of a payload that another parser has read.
std::optional<error> verdict(const json::value& payload)
{
    if (!payload.is_object())
        return error::no_object;
    const json::object& message = payload.as_object();
    const json::value* server_id = message.if_contains("serverId");
    if (!server_id || !server_id->is_string())
        return error::no_server_id;
    if (string_of(message, "event").empty())
        return error::no_event;
    const std::string type = string_of(message, "type");
    if (type == "broadcast")
        return std::nullopt;
    if (type != "room" && type != "client" && type != "user")
        return error::bad_type;
    return string_of(message, "target").empty() ? std::optional(error::no_target) : std::nullopt;
}

std::vector<base::client_id> excluded_by(const json::object& message)
{
    std::vector<base::client_id> ids;
    const json::value* list = message.if_contains("exclude");
    if (!list || !list->is_array())
        return ids;
    for (const json::value& entry : list->as_array())
        if (entry.is_string())
            if (const auto id = base::client_id::parse(std::string_view(entry.as_string())))
                ids.push_back(*id);
    return ids;
}

void expect_same(const node_message& read, const json::object& message, const std::string& text)
{
    EXPECT_EQ(read.server_id, string_of(message, "serverId")) << text;
    EXPECT_EQ(name_of(read.kind), string_of(message, "type")) << text;
    EXPECT_EQ(read.target, read.kind == target_kind::broadcast ? "" : string_of(message, "target"))
        << text;
    EXPECT_EQ(read.event, string_of(message, "event")) << text;
    EXPECT_EQ(std::vector(read.exclude.begin(), read.exclude.end()), excluded_by(message)) << text;
    const json::value* data = message.if_contains("data");
    ASSERT_EQ(!read.data.empty(), data != nullptr) << text;
    if (data) {
        EXPECT_EQ(json::parse(std::string(read.data)), *data) << text;
    }
}

// What is written again reads the same, and is written the same.
void expect_round_trip(const node_message& read)
{
    const std::string written = write_node_message(read);
    node_message_reader reader;
    const node_message_result again = reader.read(written);
    ASSERT_TRUE(again) << written;
    EXPECT_EQ(write_node_message(*again.value), written);
    EXPECT_TRUE(again->target == read.target && again->event == read.event &&
                again->data == read.data && again->exclude.size() == read.exclude.size())
        << written;
}

// Gives what it was.
std::string_view check(node_message_reader& reader, const std::string& text)
{
    json::error_code failure;
    const json::value payload = json::parse(text, failure);
    const tight_text tight(text);
    const node_message_result result = reader.read(tight.view());
    const std::optional<error> wrong = failure ? error::not_json : verdict(payload);
    EXPECT_EQ(!result, wrong.has_value()) << text;
    if (!result) {
        EXPECT_EQ(name_of(result.error), name_of(wrong.value_or(error::not_json))) << text;
        return name_of(result.error);
    }
    if (!wrong) {
        expect_same(*result.value, payload.as_object(), text);
        expect_round_trip(*result.value);
    }
    return "a message";
}

} // namespace

TEST(node_message_reader, keeps_to_the_rules_on_mutated_messages)
{
    std::mt19937 random(20260103);
    node_message_reader reader;
    std::map<std::string_view, int> seen;
    for (int i = 0; i < 60'000 && !HasFailure(); ++i) {
        const std::string text = mutate(std::string(seeds[random() % std::size(seeds)]), random);
        if (!has_surrogate(text))
            ++seen[check(reader, text)];
    }
    EXPECT_EQ(seen.size(), 7U);
    for (const auto& [what, times] : seen)
        EXPECT_GT(times, 100) << what;
}

} // namespace cresset::protocol
