// Clients that have agreed on permessage-deflate, among others that have not.

#include "hub/session.hpp"
#include "hub/shard.hpp"
#include "support/encrypted_client.hpp"
#include "support/test_hub.hpp"
#include "unit/ws/deflate_peer.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cresset::hub {
namespace {

using tests::client_frame;
using tests::deflate_peer;
using tests::test_hub;
using tests::ws_client;

constexpr ws::deflate_parameters by_itself{.agreed = true};
constexpr ws::deflate_parameters in_context{
    .agreed = true, .server_keeps_context = true, .client_keeps_context = true};

constexpr std::size_t threshold = 256;

std::string data_of(std::size_t size)
{
    return '"' + std::string(size, 'x') + '"';
}

std::string envelope(const std::string& event, const std::string& data)
{
    return "{\"event\":\"" + event + "\",\"data\":" + data + '}';
}

struct deflate_test : testing::Test
{
    ws_client join(ws::deflate_parameters deflate, unsigned shard = 0)
    {
        ws_client client = hub.login(shard, {}, 0, deflate);
        (*hub).join(client.id, "r");
        hub.settle();
        return client;
    }

    std::vector<ws_client> join(std::size_t count, ws::deflate_parameters deflate,
                                unsigned shard = 0)
    {
        std::vector<ws_client> clients;
        while (clients.size() < count)
            clients.push_back(join(deflate, shard));
        return clients;
    }

    std::uint64_t deflated() { return hub->count().messages_deflated; }

    test_hub hub{2, {.deflate = {.enabled = true, .threshold_bytes = threshold}}};
};

// The next message, which came deflated by itself.
std::string read(ws_client& client, int window_bits = 15)
{
    const tests::server_frame frame = client.next();
    EXPECT_TRUE(frame.deflated);
    EXPECT_EQ(frame.op, ws::opcode::text);
    return deflate_peer(window_bits).inflate(frame.payload);
}

std::string read_plain(ws_client& client)
{
    const tests::server_frame frame = client.next();
    EXPECT_FALSE(frame.deflated);
    return frame.payload;
}

TEST_F(deflate_test, a_message_to_many_is_deflated_once_a_shard)
{
    auto many = join(20, by_itself);
    auto plain = join(3, {});
    auto elsewhere = join(4, by_itself, 1);
    const std::string expected = envelope("e", data_of(1000));
    hub->send_to_room("r", {"e", data_of(1000)});
    for (ws_client& client : many)
        EXPECT_EQ(read(client), expected);
    for (ws_client& client : elsewhere)
        EXPECT_EQ(read(client), expected);
    for (ws_client& client : plain)
        EXPECT_EQ(read_plain(client), expected);
    EXPECT_EQ(deflated(), 2u);
}

TEST_F(deflate_test, what_nobody_takes_deflated_is_not)
{
    auto plain = join(3, {});
    hub->send_to_room("r", {"e", data_of(1000)});
    for (ws_client& client : plain)
        EXPECT_EQ(read_plain(client), envelope("e", data_of(1000)));
    EXPECT_EQ(deflated(), 0u);
}

TEST_F(deflate_test, messages_under_the_threshold_are_sent_as_they_are)
{
    const std::size_t around = envelope("e", data_of(0)).size();
    for (const auto deflate : {by_itself, in_context}) {
        ws_client client = join(deflate);
        hub->send_to_client(client.id, {"e", data_of(threshold - around - 1)});
        EXPECT_EQ(read_plain(client).size(), threshold - 1);
        hub->send_to_client(client.id, {"e", data_of(threshold - around)});
        EXPECT_EQ(read(client).size(), threshold);
    }
}

TEST_F(deflate_test, what_does_not_get_smaller_is_sent_as_it_is)
{
    test_hub eager{1, {.deflate = {.enabled = true, .threshold_bytes = 0}}};
    ws_client client = eager.connect(0, {}, 0, by_itself);
    client.emit("authenticate", "{}");
    client.next();
    client.send_text("x");
    EXPECT_EQ(read_plain(client), envelope("error", R"({"message":"Invalid message format"})"));
    client.send_text("{}");
    client.send_frame(ws::opcode::ping, "p");
    EXPECT_EQ(read_plain(client), "p"); // nor are control frames ever
}

TEST_F(deflate_test, a_run_of_messages_is_deflated_message_by_message)
{
    auto many = join(5, by_itself);
    auto narrow = join(ws::deflate_parameters{.agreed = true, .server_window_bits = 9});
    auto plain = join(ws::deflate_parameters{});
    auto own = join(ws::deflate_parameters{.agreed = true, .server_keeps_context = true});
    hub.shard().thread.run([&] {
        hub->send_to_room("r", {"one", data_of(400)});
        hub->send_to_room("r", {"small", {}});
        hub->send_to_room("r", {"two", data_of(2000)});
    });
    const std::string one = envelope("one", data_of(400));
    const std::string small = R"({"event":"small"})";
    const std::string two = envelope("two", data_of(2000));
    for (ws_client& client : many) {
        EXPECT_EQ(read(client), one);
        EXPECT_EQ(read_plain(client), small);
        EXPECT_EQ(read(client), two);
    }
    EXPECT_EQ(read(narrow, 9), one);
    EXPECT_EQ(read_plain(narrow), small);
    EXPECT_EQ(read(narrow, 9), two);
    for (const std::string& text : {one, small, two})
        EXPECT_EQ(read_plain(plain), text);
    deflate_peer peer;
    EXPECT_EQ(peer.inflate(own.next().payload), one);
    EXPECT_EQ(read_plain(own), small);
    EXPECT_EQ(peer.inflate(own.next().payload), two);
    // Once each, one of them for the narrow window too, and each for the one with a context.
    EXPECT_EQ(deflated(), 2u + 1u + 2u);
}

TEST_F(deflate_test, with_context_takeover_each_client_has_its_own)
{
    auto many = join(3, in_context);
    std::string noise = "\"";
    for (std::uint32_t i = 1; noise.size() < 600; ++i)
        noise += std::to_string(i * 2654435761u);
    noise += '"';
    std::vector<std::unique_ptr<deflate_peer>> peers;
    for (std::size_t i = 0; i < many.size(); ++i)
        peers.push_back(std::make_unique<deflate_peer>());
    for (const std::size_t size_max : {600u, 40u}) { // smaller by what came before
        hub->send_to_room("r", {"e", noise});
        for (std::size_t i = 0; i < many.size(); ++i) {
            const tests::server_frame frame = many[i].next();
            EXPECT_TRUE(frame.deflated);
            EXPECT_LT(frame.payload.size(), size_max);
            EXPECT_EQ(peers[i]->inflate(frame.payload), envelope("e", noise));
        }
    }
    EXPECT_EQ(deflated(), 6u);
}

TEST_F(deflate_test, what_is_encrypted_is_never_deflated)
{
    for (const auto deflate : {by_itself, in_context}) {
        ws_client client = join(deflate);
        (*hub).encrypt(client.id);
        hub->send_to_room("r", {"e", data_of(1000)});
        EXPECT_EQ(read_plain(client), envelope("e", data_of(1000)));
    }
    EXPECT_EQ(deflated(), 0u);
}

TEST_F(deflate_test, sessions_and_rooms_that_the_server_encrypts_are_not_deflated)
{
    options settings{.deflate = {.enabled = true, .threshold_bytes = 0}};
    settings.key_agreement =
        std::make_shared<const crypto::key_agreement>(crypto::p256::key_pair());
    test_hub encrypting{1, settings};
    tests::encrypted_client own(encrypting.connect(0, {}, 0, by_itself), "own");
    tests::encrypted_client room(encrypting.connect(0, {}, 0, in_context), "room",
                                 R"(["room-key"])");
    const auto before = encrypting->count().messages_deflated;
    for (const std::string& data : {data_of(1000), data_of(50)})
        encrypting->send_to_room("ws-default", {"e", data});
    EXPECT_EQ(own.next(), envelope("e", data_of(1000)));
    EXPECT_EQ(own.next(), envelope("e", data_of(50)));
    EXPECT_EQ(room.next(), "key of ws-default 1");
    EXPECT_EQ(room.next(), "room " + envelope("e", data_of(1000)));
    EXPECT_EQ(room.next(), "room " + envelope("e", data_of(50)));
    EXPECT_EQ(encrypting->count().messages_deflated, before);
}

// --- slow clients ---

struct slow_hub
{
    explicit slow_hub(std::size_t queue_bytes_max = 1'000'000)
        : hub{1,
              {.deflate = {.enabled = true, .threshold_bytes = threshold},
               .queue_bytes_max = queue_bytes_max}}
    {}

    // JSON that deflates to a part of it: nothing repeats itself for long.
    std::string data(int n)
    {
        std::string made = "\"";
        for (std::uint32_t i = 1; made.size() < 3000; ++i)
            made += std::to_string(i * 2654435761u + static_cast<std::uint32_t>(n));
        return made + '"';
    }

    test_hub hub;
};

struct slow_deflate_test : slow_hub, testing::TestWithParam<ws::deflate_parameters>
{};

TEST_P(slow_deflate_test, reads_all_that_waited_in_order_and_as_it_was)
{
    ws_client client = hub.login(0, "slow", 4096, GetParam());
    int sent = 0;
    while (hub->count().dropped_slow_client == 0) {
        for (int i = 0; i < 100; ++i, ++sent)
            hub->send_to_client(client.id, {"n" + std::to_string(sent), data(sent)});
        hub.settle();
    }
    const int queued = sent - static_cast<int>(hub->count().dropped_slow_client);
    deflate_peer peer;
    for (int i = 0; i < queued; ++i) {
        const tests::server_frame frame = client.next();
        ASSERT_TRUE(frame.deflated) << i;
        if (!GetParam().server_keeps_context)
            peer.reset();
        ASSERT_EQ(peer.inflate(frame.payload), envelope("n" + std::to_string(i), data(i)));
    }
    EXPECT_TRUE(hub.nothing_more_for(client));
}

// How many messages can be sent to a client that reads nothing, before one is dropped.
int messages_that_fit(ws::deflate_parameters deflate)
{
    slow_hub slow(8'000'000); // much more than the kernel takes
    ws_client client = slow.hub.login(0, "slow", 4096, deflate);
    int sent = 0;
    while (slow.hub->count().dropped_slow_client == 0) {
        for (int i = 0; i < 50; ++i, ++sent)
            slow.hub->send_to_client(client.id, {"e", slow.data(sent)});
        slow.hub.settle();
    }
    return sent;
}

// What is counted is what waits: of messages that deflate to under a half, over twice as many do.
TEST(slow_deflate, waits_in_its_deflated_form)
{
    EXPECT_GT(messages_that_fit(by_itself), messages_that_fit({}) * 17 / 10);
}

INSTANTIATE_TEST_SUITE_P(both_ways, slow_deflate_test, testing::Values(by_itself, in_context));

// --- what clients send ---

struct deflate_input_test : deflate_test
{
    deflate_input_test()
    {
        hub.app.on_message = [this](const client& from, std::string_view, std::string_view data) {
            hub->send_to_client(from.id(), {"size", std::to_string(data.size())});
        };
    }

    static void say(ws_client& client, deflate_peer& peer, std::size_t size)
    {
        client.socket.send(client_frame(
            ws::opcode::text, peer.deflate(envelope("said", data_of(size - 2))), {.rsv = 4}));
    }
};

TEST_F(deflate_input_test, takes_deflated_messages_and_others)
{
    for (const auto deflate : {by_itself, in_context}) {
        ws_client client = join(deflate);
        deflate_peer peer;
        for (const std::size_t size : {10u, 1000u, 100'000u}) {
            say(client, peer, size);
            EXPECT_EQ(client.text(), envelope("size", std::to_string(size)));
            if (!deflate.client_keeps_context)
                peer.reset();
            client.emit("said", "\"\"");
            EXPECT_EQ(client.text(), envelope("size", "2"));
        }
    }
}

TEST_F(deflate_input_test, closes_a_bomb_with_1009_and_what_is_corrupt_with_1007)
{
    for (const auto deflate : {by_itself, in_context}) {
        ws_client bomber = join(deflate);
        deflate_peer peer;
        say(bomber, peer, 50'000'000);
        EXPECT_EQ(bomber.text(), "close 1009 Received too big message");
        ws_client broken = join(deflate);
        broken.socket.send(client_frame(ws::opcode::text, "\x07", {.rsv = 4}));
        EXPECT_EQ(broken.text(), "close 1007 Received invalid compressed data");
    }
    // And others that share the inflater are not harmed.
    ws_client other = join(by_itself);
    deflate_peer peer;
    say(other, peer, 1000);
    EXPECT_EQ(other.text(), envelope("size", "1000"));
}

TEST_F(deflate_input_test, closes_with_1002_who_has_not_agreed_on_it)
{
    ws_client client = join(ws::deflate_parameters{});
    deflate_peer peer;
    say(client, peer, 1000);
    EXPECT_EQ(client.text(), "close 1002 Received unexpected RSV1 bit");
}

} // namespace
} // namespace cresset::hub
