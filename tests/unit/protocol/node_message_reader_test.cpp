#include "protocol/node_message_reader.hpp"
#include "protocol/node_message_writer.hpp"
#include "unit/protocol/tight_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace cresset::protocol {
namespace {

using namespace std::string_view_literals;
using error = node_message_error;

constexpr std::string_view first_text = "01234567-89ab-4def-8123-456789abcdef";
constexpr std::string_view second_text = "fedcba98-7654-4321-8fed-cba987654321";
const base::client_id first = *base::client_id::parse(first_text);
const base::client_id second = *base::client_id::parse(second_text);

using ids = std::vector<base::client_id>;

// A message that outlives its reader.
struct kept
{
    std::string server_id;
    target_kind kind;
    std::string target;
    std::string event;
    std::string data;
    ids exclude;

    friend bool operator==(const kept&, const kept&) = default;
};

kept keep(const node_message& m)
{
    return {std::string(m.server_id), m.kind,
            std::string(m.target),    std::string(m.event),
            std::string(m.data),      ids(m.exclude.begin(), m.exclude.end())};
}

kept read(std::string_view payload)
{
    node_message_reader reader;
    const tight_text tight(payload);
    const node_message_result result = reader.read(tight.view());
    EXPECT_TRUE(result) << payload << ": " << name_of(result.error);
    return result ? keep(*result.value) : kept{"not read", {}, {}, {}, {}, {}};
}

// A message to the room "r" with more members, or with others in place of its own.
std::string with(std::string_view members)
{
    return R"({"serverId":"s","type":"room","target":"r","event":"e",)" + std::string(members) +
           '}';
}

ids exclude_of(std::string_view raw)
{
    return read(with(R"("exclude":)" + std::string(raw))).exclude;
}

void expect_error(std::string_view payload, error expected)
{
    node_message_reader reader;
    for (const std::string_view after : {"", "}", "\"}", "]}", " "}) {
        const tight_text tight(payload, after);
        const node_message_result result = reader.read(tight.view());
        EXPECT_FALSE(result) << payload << " before " << after;
        EXPECT_EQ(name_of(result.error), name_of(expected)) << payload << " before " << after;
    }
}

} // namespace

TEST(node_message_reader, reads_each_type)
{
    EXPECT_EQ(
        read(R"({"serverId":"emitter","type":"room","target":"lobby","event":"news","data":[1]})"),
        (kept{"emitter", target_kind::room, "lobby", "news", "[1]", {}}));
    EXPECT_EQ(read(R"({"serverId":"s","type":"client","target":"no id","event":"e","data":null})"),
              (kept{"s", target_kind::client, "no id", "e", "null", {}}));
    EXPECT_EQ(read(R"({"serverId":"s","type":"user","target":"ann","event":"e","data":""})"),
              (kept{"s", target_kind::user, "ann", "e", R"("")", {}}));
    EXPECT_EQ(read(R"({"serverId":"s","type":"broadcast","event":"e","data":{}})"),
              (kept{"s", target_kind::broadcast, "", "e", "{}", {}}));
    EXPECT_EQ(read(R"({"serverId":"","type":"broadcast","event":"e"})"),
              (kept{"", target_kind::broadcast, "", "e", "", {}}));
}

TEST(node_message_reader, reads_keys_in_any_order_among_others)
{
    EXPECT_EQ(read(R"( { "x":{"event":"no"}, "exclude":[], "data": [ 1 ] , "event":"e",)"
                   R"( "target":"r", "y":null, "type":"room", "serverId":"s" } )"),
              (kept{"s", target_kind::room, "r", "e", "[ 1 ]", {}}));
}

TEST(node_message_reader, gives_a_broadcast_no_target)
{
    for (const std::string_view target : {R"("r")"sv, "7"sv, "null"sv, "[]"sv})
        EXPECT_EQ(read(R"({"serverId":"s","type":"broadcast","event":"e","target":)" +
                       std::string(target) + '}'),
                  (kept{"s", target_kind::broadcast, "", "e", "", {}}));
}

TEST(node_message_reader, reads_escapes_in_keys_and_names)
{
    EXPECT_EQ(read(R"({"server\u0049d":"\u0073","ty\u0070e":"r\u006fom","t\u0061rget":"a\"\\b",)"
                   R"("\u0065vent":"\ud83d\ude00\n","d\u0061ta":"\u0041","exclud\u0065":)"
                   R"(["\u003001234567-89ab-4def-8123-456789abcdef",)"
                   R"("\u00301234567-89ab-4def-8123-456789abcdef"]})"),
              (kept{"s", target_kind::room, "a\"\\b", "\U0001f600\n", R"("\u0041")", {first}}));
    EXPECT_EQ(read("{\"serverId\":\"\u017e\",\"type\":\"user\",\"target\":\"\u20ac\","
                   "\"event\":\"\U0001f600\",\"data\":\"\u2028\"}"),
              (kept{"\u017e", target_kind::user, "\u20ac", "\U0001f600", "\"\u2028\"", {}}));
    EXPECT_EQ(read(R"({"serverId":"\ud800","type":"broadcast","event":"\udc00"})"),
              (kept{"\ufffd", target_kind::broadcast, "", "\ufffd", "", {}}));
}

TEST(node_message_reader, takes_the_last_of_doubled_keys)
{
    EXPECT_EQ(read(R"({"serverId":7,"type":"user","target":1,"event":"","data":1,"exclude":["x"],)"
                   R"("serverId":"s","type":"room","target":"r","event":"e","data":2,)"
                   R"("exclude":[]})"),
              (kept{"s", target_kind::room, "r", "e", "2", {}}));
    expect_error(with(R"("serverId":7)"), error::no_server_id);
    expect_error(with(R"("event":null)"), error::no_event);
    expect_error(with(R"("type":"all")"), error::bad_type);
    expect_error(with(R"("target":{})"), error::no_target);
    const std::string one = R"(["01234567-89ab-4def-8123-456789abcdef"])";
    EXPECT_EQ(read(with("\"exclude\":" + one + ",\"exclude\":null")).exclude, ids{});
    EXPECT_EQ(read(with("\"exclude\":null,\"exclude\":" + one)).exclude, ids{first});
}

TEST(node_message_reader, reads_whom_to_exclude_and_skips_what_is_no_id)
{
    const std::string one = '"' + std::string(first_text) + '"';
    const std::string two = '"' + std::string(second_text) + '"';
    EXPECT_EQ(exclude_of("[]"), ids{});
    EXPECT_EQ(exclude_of("[" + one + "]"), ids{first});
    EXPECT_EQ(exclude_of("[" + one + " , " + two + "," + one + "]"), (ids{first, second, first}));
    EXPECT_EQ(exclude_of(R"(["",7,null,true,"no id",[)" + one + R"(],{"a":)" + one + "}," + two +
                         R"(,"01234567-89ab-4def-8123-456789abcdeg"])"),
              ids{second});
}

TEST(node_message_reader, excludes_nobody_by_what_is_no_list)
{
    for (const std::string_view raw : {"null"sv, "7"sv, "true"sv, "{}"sv, R"("")"sv,
                                       R"("01234567-89ab-4def-8123-456789abcdef")"sv,
                                       R"({"0":"01234567-89ab-4def-8123-456789abcdef"})"sv})
        EXPECT_EQ(exclude_of(raw), ids{}) << raw;
}

TEST(node_message_reader, points_into_the_payload)
{
    const std::string payload =
        R"({"serverId":"s","type":"room","target":"r","event":"e","data":[1]})";
    node_message_reader reader;
    const node_message_result result = reader.read(payload);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->server_id.data(), payload.data() + payload.find("s\","));
    EXPECT_EQ(result->target.data(), payload.data() + payload.find("r\",\"event"));
    EXPECT_EQ(result->event.data(), payload.data() + payload.find("e\",\"data"));
    EXPECT_EQ(result->data.data(), payload.data() + payload.find("[1]"));
}

TEST(node_message_reader, refuses_what_is_no_json)
{
    for (const std::string_view payload :
         {""sv, " "sv, "{"sv, "}"sv, "nul"sv, "hello"sv, "{}{}"sv, "[1,]"sv, "{'a':1}"sv,
          "\xef\xbb\xbf{}"sv, "{\"a\":\"\xff\"}"sv, "{}\0"sv, "[\"\xc3\"]"sv})
        expect_error(payload, error::not_json);
    for (const std::string_view member :
         {R"("data":01)"sv, R"("data":[1,])"sv, R"("data":nil)"sv, R"("data":"\x")"sv,
          R"("data":)"sv, R"(data:1)"sv, R"("other":+1)"sv, R"("exclude":["a",])"sv,
          R"("exclude")"sv, "\"data\":\"\x80\""sv, "\"data\":\"\n\""sv, ""sv})
        expect_error(with(member), error::not_json);
    expect_error(with(R"("data":)" + std::string(2000, '[') + std::string(2000, ']')),
                 error::not_json);
}

TEST(node_message_reader, refuses_what_is_no_object)
{
    for (const std::string_view payload :
         {"[]"sv, "null"sv, "true"sv, "7"sv, R"("{}")"sv, " [ ] "sv,
          R"([{"serverId":"s","type":"broadcast","event":"e"}])"sv})
        expect_error(payload, error::no_object);
}

TEST(node_message_reader, refuses_a_message_without_what_it_must_have)
{
    const std::string_view no_strings[] = {"7", "null", "true", "[]", "{}", R"(["s"])"};
    expect_error("{}", error::no_server_id);
    expect_error(R"({"type":"room","target":"r","event":"e"})", error::no_server_id);
    expect_error(R"({"ServerId":"s","type":"room","target":"r","event":"e"})", error::no_server_id);
    expect_error(R"({"serverId":"s"})", error::no_event);
    expect_error(R"({"serverId":"s","type":"room","target":"r"})", error::no_event);
    expect_error(R"({"serverId":"s","event":"e","target":"r"})", error::bad_type);
    for (const char* type : {"room", "client", "user"}) {
        const std::string message =
            R"({"serverId":"s","event":"e","type":")" + std::string(type) + '"';
        expect_error(message + '}', error::no_target);
        expect_error(message + R"(,"target":""})", error::no_target);
        expect_error(message + R"(,"Target":"r"})", error::no_target);
    }
    expect_error(with(R"("event":"")"), error::no_event);
    for (const std::string_view type :
         {R"("")"sv, R"("Room")"sv, R"("room ")"sv, R"("rooms")"sv, R"("all")"sv, R"("roo")"sv})
        expect_error(with("\"type\":" + std::string(type)), error::bad_type);
    for (const std::string_view value : no_strings) {
        const std::string raw(value);
        expect_error(with("\"serverId\":" + raw), error::no_server_id);
        expect_error(with("\"event\":" + raw), error::no_event);
        expect_error(with("\"type\":" + raw), error::bad_type);
        expect_error(with("\"target\":" + raw), error::no_target);
    }
}

TEST(node_message_reader, says_first_what_comes_first)
{
    expect_error(R"({"serverId":1,"event":1,"type":1,"target":1})", error::no_server_id);
    expect_error(R"({"serverId":"s","event":1,"type":1,"target":1})", error::no_event);
    expect_error(R"({"serverId":"s","event":"e","type":1,"target":1})", error::bad_type);
}

TEST(node_message_reader, refuses_every_prefix_of_a_message)
{
    const std::string payload =
        R"({"serverId":"s","type":"room","target":"r","event":"\u0065","data":{"a":[1.5e+3,"\\"]},)"
        R"("exclude":["01234567-89ab-4def-8123-456789abcdef"]})";
    EXPECT_EQ(read(payload),
              (kept{"s", target_kind::room, "r", "e", R"({"a":[1.5e+3,"\\"]})", {first}}));
    for (std::size_t size = 0; size < payload.size(); ++size)
        expect_error(std::string_view(payload).substr(0, size), error::not_json);
}

TEST(node_message_reader, forgets_the_message_before)
{
    node_message_reader reader;
    ASSERT_TRUE(reader.read(R"({"serverId":"\u0061","type":"user","target":"\u0062",)"
                            R"("event":"\u0063","data":1,"exclude":)"
                            R"(["01234567-89ab-4def-8123-456789abcdef"]})"));
    EXPECT_EQ(reader.read("{}").error, error::no_server_id);
    const std::string payload = R"({"serverId":"s","type":"broadcast","event":"e"})";
    const node_message_result result = reader.read(payload);
    ASSERT_TRUE(result);
    EXPECT_EQ(keep(*result.value), (kept{"s", target_kind::broadcast, "", "e", "", {}}));
}

TEST(node_message_reader, reads_more_than_the_memory_that_it_keeps)
{
    node_message_reader reader(64);
    const std::string name(100'000, 'x');
    const std::string whole = 'x' + name;
    std::string exclude;
    for (int i = 0; i < 1000; ++i)
        exclude += (i == 0 ? "\"" : ",\"") + std::string(first_text) + '"';
    for (int i = 0; i < 2; ++i) {
        const std::string payload = R"({"type":"room","serverId":"\u0078)" + name +
                                    R"(","target":"\u0078)" + name + R"(","event":"\u0078)" + name +
                                    R"(","exclude":[)" + exclude + "]}";
        const node_message_result large = reader.read(payload);
        ASSERT_TRUE(large);
        EXPECT_EQ(keep(*large.value),
                  (kept{whole, target_kind::room, whole, whole, "", ids(1000, first)}));
        const std::string one = with(R"("exclude":["fedcba98-7654-4321-8fed-cba987654321"])");
        const node_message_result small = reader.read(one);
        ASSERT_TRUE(small);
        EXPECT_EQ(keep(*small.value), (kept{"s", target_kind::room, "r", "e", "", {second}}));
    }
}

TEST(node_message_reader, reads_what_the_writer_writes)
{
    const std::array excluded{first, second};
    const std::string_view name = "\x01 \" \\ / \u2028 \U0001f600";
    for (const target_kind kind :
         {target_kind::client, target_kind::user, target_kind::room, target_kind::broadcast}) {
        const node_message message{name, kind,     kind == target_kind::broadcast ? "" : name,
                                   name, "[1, 2]", excluded};
        EXPECT_EQ(read(write_node_message(message)), keep(message));
    }
}

TEST(carries_server_id, knows_the_payloads_of_that_server)
{
    const std::string own =
        write_node_message({first_text, target_kind::broadcast, "", "e", "1", {}});
    EXPECT_TRUE(carries_server_id(own, first_text));
    EXPECT_FALSE(carries_server_id(own, second_text));
    EXPECT_FALSE(carries_server_id(own, first_text.substr(0, 35)));
    EXPECT_FALSE(carries_server_id(own, std::string(first_text) + "0"));
    EXPECT_TRUE(carries_server_id(R"({"serverId":""})", ""));
    for (std::size_t size = 0; size < own.find(",\"type"); ++size) {
        const tight_text cut(std::string_view(own).substr(0, size), own.substr(size));
        EXPECT_FALSE(carries_server_id(cut.view(), first_text)) << size;
    }
}

TEST(carries_server_id, leaves_everything_else_to_the_reader)
{
    const std::string id(first_text);
    for (const std::string& payload :
         {std::string(), id, R"({ "serverId":")" + id + R"("})", R"({"serverId": ")" + id + R"("})",
          R"({"type":"broadcast","serverId":")" + id + R"("})", R"({"serverid":")" + id + R"("})",
          R"({"serverId":")" + id + R"(\n"})", R"(["serverId":")" + id + R"("])"})
        EXPECT_FALSE(carries_server_id(payload, first_text)) << payload;
}

} // namespace cresset::protocol
