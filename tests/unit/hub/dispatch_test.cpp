#include "hub/dispatch.hpp"
#include "support/captured_stderr.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::hub {
namespace {

using tests::test_hub;
using calls = std::vector<std::string>;

constexpr std::string_view invalid_format =
    R"({"event":"error","data":{"message":"Invalid message format"}})";
constexpr std::string_view not_authenticated =
    R"({"event":"error","data":{"message":"Not authenticated"}})";

TEST(dispatch, says_nothing_until_spoken_to)
{
    test_hub hub;
    auto client = hub.connect();
    client.send_text("[]");
    EXPECT_EQ(client.text(), invalid_format);
}

TEST(dispatch, answers_what_is_no_json_object)
{
    test_hub hub;
    auto client = hub.connect();
    for (const std::string text :
         {"", "hello", "null", "7", "[]", R"({"event":)", R"({"event":"a"}x)"}) {
        client.send_text(text);
        EXPECT_EQ(client.text(), invalid_format) << text;
    }
    client.send_frame(ws::opcode::binary, "\xff");
    EXPECT_EQ(client.text(), invalid_format);
    EXPECT_EQ(hub->count().messages_received, 8u);
}

TEST(dispatch, drops_an_object_without_an_event_name)
{
    test_hub hub;
    auto client = hub.login();
    for (const std::string text : {"{}", R"({"event":""})", R"({"event":7})", R"({"data":{}})"})
        client.send_text(text);
    client.emit("last");
    EXPECT_EQ(hub.app.calls.wait_for(3), (calls{"authenticate", "connected ", "message last "}));
    EXPECT_EQ(hub->count().dropped_no_event, 4u);
    EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
}

TEST(dispatch, refuses_everything_else_before_authentication)
{
    test_hub hub;
    auto client = hub.connect();
    for (const char* event : {"join", "leave", "message", "connected", "encrypted"}) {
        client.emit(event, R"({"rooms":["lobby"]})");
        EXPECT_EQ(client.text(), not_authenticated) << event;
    }
    EXPECT_EQ(hub.app.calls.now(), calls{});
}

TEST(dispatch, takes_a_heartbeat_in_silence_in_every_state)
{
    test_hub hub;
    auto client = hub.connect();
    client.emit("heartbeat");
    client.emit("authenticate");
    client.emit("heartbeat");
    test_hub::read_connected(client); // the next thing that comes
    client.emit("heartbeat", "{}");
    client.emit("said");
    hub.app.calls.wait_for(3);
    EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
}

TEST(dispatch, gives_events_to_the_application_with_their_data_as_it_came)
{
    test_hub hub;
    auto client = hub.login(0, "ann");
    client.emit("said", R"({ "n": 1.50e3, "deep": [[]] })");
    client.send_frame(ws::opcode::binary, R"({"event":"b\u0069n"})");
    const auto all = hub.app.calls.wait_for(4);
    ASSERT_EQ(all.size(), 4u);
    EXPECT_EQ(all[2], R"(message said { "n": 1.50e3, "deep": [[]] })");
    EXPECT_EQ(all[3], "message bin ");
}

TEST(dispatch, survives_an_application_that_throws)
{
    const tests::captured_stderr captured;
    test_hub hub;
    hub.app.on_message = [](const client&, std::string_view event, std::string_view) {
        if (event == "odd")
            throw 7;
        throw std::runtime_error("not today");
    };
    auto client = hub.login();
    client.emit("one");
    client.emit("odd");
    client.emit("two");
    EXPECT_EQ(hub.app.calls.wait_for(5).back(), "message two ");
    EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
    EXPECT_EQ(tests::count_of(captured.text(), "handler=message error=\"not today\""), 2u);
}

} // namespace
} // namespace cresset::hub
