#include "hub/transforms.hpp"
#include "support/captured_stderr.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

namespace cresset::hub {
namespace {

using tests::captured_stderr;
using tests::count_of;
using tests::test_hub;

// A client whose messages pass through the transform.
tests::ws_client login_encrypted(test_hub& hub)
{
    auto client = hub.login();
    (*hub).encrypt(client.id);
    hub.settle();
    return client;
}

// The transform fails for the event "lost", and leaves others as they are.
void fail_when_lost(test_hub& hub, bool by_exception)
{
    hub.app.on_transform = [by_exception](const outbound_message& m, reply<replacement> answer) {
        if (m.event != "lost")
            answer.reject();
        else if (by_exception)
            throw std::runtime_error("no key");
        else
            answer.fail("no key");
    };
}

class failing_transform : public testing::TestWithParam<bool>
{};

TEST_P(failing_transform, is_logged_once_for_many_messages)
{
    const captured_stderr captured;
    test_hub hub;
    fail_when_lost(hub, GetParam());
    auto client = login_encrypted(hub);
    hub.shard().thread.run([&] { // in few turns, so in less than a second
        for (int i = 0; i < 20; ++i)
            hub->send_to_client(client.id, {"lost", {}});
    });
    EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
    EXPECT_EQ(hub->count().dropped_transform, 20u);
    EXPECT_EQ(count_of(captured.text(),
                       "error outbound_transform failed client=" + client.id.to_string() +
                           " address=203.0.113.9 error=\"no key\" failures=1\n"),
              1u)
        << captured.text();
    EXPECT_EQ(count_of(captured.text(), "error="), 1u) << captured.text();
}

TEST_P(failing_transform, is_logged_again_after_a_while_with_the_number)
{
    const captured_stderr captured;
    test_hub hub;
    fail_when_lost(hub, GetParam());
    auto client = login_encrypted(hub);
    const auto end = std::chrono::steady_clock::now() + tests::time_limit;
    unsigned sent = 0;
    while (count_of(captured.text(), "error=") < 2 && std::chrono::steady_clock::now() < end) {
        hub->send_to_client(client.id, {"lost", {}});
        hub.settle();
        ++sent;
    }
    EXPECT_TRUE(captured.text().ends_with(" failures=" + std::to_string(sent - 1) + '\n'))
        << captured.text();
}

INSTANTIATE_TEST_SUITE_P(transforms, failing_transform, testing::Bool(),
                         [](const auto& chosen) { return chosen.param ? "throws" : "fails"; });

TEST(transforms, that_fail_later_are_logged)
{
    const captured_stderr captured;
    test_hub hub;
    tests::collected<std::shared_ptr<reply<replacement>>> replies;
    hub.app.on_transform = [&](const outbound_message&, reply<replacement> answer) {
        replies.add(std::make_shared<reply<replacement>>(std::move(answer)));
    };
    auto client = login_encrypted(hub);
    hub->send_to_client(client.id, {"lost", {}});
    replies.wait_for(1).at(0)->fail("no answer");
    hub.settle();
    EXPECT_EQ(count_of(captured.text(), "error=\"no answer\" failures=1\n"), 1u) << captured.text();
    EXPECT_EQ(hub->count().dropped_transform, 1u);
}

// Each costs its message; what is behind goes on, and for others nothing is held up.
TEST(transforms, that_never_answer_are_given_up)
{
    const captured_stderr captured;
    test_hub hub(1, {.transforms_max = 2, .transform_timeout = std::chrono::milliseconds(50)});
    tests::collected<std::shared_ptr<reply<replacement>>> kept;
    hub.app.on_transform = [&](const outbound_message& m, reply<replacement> answer) {
        if (m.event == "stuck")
            kept.add(std::make_shared<reply<replacement>>(std::move(answer)));
        else
            answer.accept({std::string(m.event), {}});
    };
    auto ada = login_encrypted(hub);
    auto bob = login_encrypted(hub);
    for (const char* name : {"stuck", "one", "stuck", "stuck", "two"})
        hub->send_to_client(ada.id, {name, {}});
    hub->send_to_client(bob.id, {"of bob", {}});
    EXPECT_EQ(ada.text(), R"({"event":"one"})");
    EXPECT_EQ(ada.text(), R"({"event":"two"})");
    EXPECT_EQ(bob.text(), R"({"event":"of bob"})");
    EXPECT_EQ(hub->count().dropped_transform, 3u);
    EXPECT_NE(captured.text().find("error=\"no answer in time\""), std::string::npos);
    for (const auto& late : kept.now())
        late->accept({"late", {}});
    hub.settle();
    EXPECT_TRUE(hub.nothing_more_for(ada)) << hub.last_text;
}

TEST(transforms, that_answer_in_time_are_waited_for)
{
    test_hub hub(1, {.transform_timeout = std::chrono::seconds(60)});
    tests::collected<std::shared_ptr<reply<replacement>>> kept;
    hub.app.on_transform = [&](const outbound_message&, reply<replacement> answer) {
        kept.add(std::make_shared<reply<replacement>>(std::move(answer)));
    };
    auto ada = login_encrypted(hub);
    hub->send_to_client(ada.id, {"x", {}});
    const auto question = kept.wait_for(1).at(0);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    question->accept({"sealed", {}});
    EXPECT_EQ(ada.text(), R"({"event":"sealed"})");
}

} // namespace
} // namespace cresset::hub
