#pragma once

#include "base/client_id.hpp"
#include "broker/broker.hpp"
#include "support/waiting.hpp"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cresset::broker {

// What every broker does, whatever is behind it. Fleet makes the brokers of one fleet:
//
//     broker& of_node(unsigned index);   // the broker that this node uses; may be one for all
//
// The brokers go with the fleet.
template <typename Fleet>
struct broker_suite : testing::Test
{
    // A message that outlives the call.
    struct kept_message
    {
        explicit kept_message(const node_message& m)
            : server_id(m.server_id),
              kind(m.kind),
              target(m.target),
              event(m.event),
              data(m.data),
              exclude(m.exclude.begin(), m.exclude.end())
        {}
        friend bool operator==(const kept_message&, const kept_message&) = default;

        std::string server_id;
        target_kind kind;
        std::string target;
        std::string event;
        std::string data;
        std::vector<base::client_id> exclude;
    };

    struct recording_node final : node
    {
        explicit recording_node(std::string i) : id(std::move(i)) {}
        const std::string& server_id() const noexcept override { return id; }
        void on_node_message(const node_message& message) override
        {
            received.add(kept_message(message));
        }

        // The events received so far, at least `count` of them.
        std::vector<std::string> events(std::size_t count)
        {
            std::vector<std::string> all;
            for (const kept_message& message : received.wait_for(count))
                all.push_back(message.event);
            return all;
        }

        std::string id;
        tests::collected<kept_message> received;
    };

    recording_node& add_node()
    {
        recording_node& n = nodes.emplace_back("server-" + std::to_string(nodes.size()));
        attach(nodes.size() - 1);
        return n;
    }

    void attach(std::size_t i) { fleet.of_node(static_cast<unsigned>(i)).attach(nodes[i]); }
    void detach(std::size_t i) { fleet.of_node(static_cast<unsigned>(i)).detach(nodes[i]); }

    publish_status publish(std::size_t from, const std::string& event)
    {
        return fleet.of_node(static_cast<unsigned>(from))
            .publish({nodes[from].id, target_kind::broadcast, "", event, "", {}});
    }

    std::deque<recording_node> nodes;
    Fleet fleet;
};

using names = std::vector<std::string>;

TYPED_TEST_SUITE_P(broker_suite);

TYPED_TEST_P(broker_suite, takes_a_message_to_the_other_node_whole)
{
    this->add_node();
    auto& b = this->add_node();
    const std::array excluded{base::client_id_generator().next()};
    const node_message sent{
        this->nodes[0].id, target_kind::room, "lobby", "said", R"({"text":"\u0000 \"hi\" ü"})",
        excluded};
    EXPECT_EQ(this->fleet.of_node(0).publish(sent), publish_status::handed);
    const auto received = b.received.wait_for(1);
    ASSERT_EQ(received.size(), 1u);
    EXPECT_EQ(received[0], typename TestFixture::kept_message(sent));
}

TYPED_TEST_P(broker_suite, never_brings_a_message_back_to_its_sender)
{
    auto& a = this->add_node();
    auto& b = this->add_node();
    this->publish(0, "of a");
    EXPECT_EQ(b.events(1), names{"of a"});
    this->publish(1, "of b");
    EXPECT_EQ(a.events(1), names{"of b"});
}

TYPED_TEST_P(broker_suite, reaches_every_other_node)
{
    auto& a = this->add_node();
    auto& b = this->add_node();
    auto& c = this->add_node();
    this->publish(0, "first");
    EXPECT_EQ(b.events(1), names{"first"});
    EXPECT_EQ(c.events(1), names{"first"});
    this->publish(1, "second");
    EXPECT_EQ(c.events(2), (names{"first", "second"}));
    EXPECT_EQ(a.events(1), names{"second"});
}

TYPED_TEST_P(broker_suite, takes_a_message_of_nobody_to_all)
{
    auto& a = this->add_node();
    auto& b = this->add_node();
    this->fleet.of_node(0).publish({"emitter", target_kind::broadcast, "", "news", "", {}});
    EXPECT_EQ(a.events(1), names{"news"});
    EXPECT_EQ(b.events(1), names{"news"});
}

TYPED_TEST_P(broker_suite, keeps_the_order_of_each_publishing_thread)
{
    constexpr int each = 500;
    auto& a = this->add_node();
    this->add_node();
    this->add_node();
    std::vector<std::thread> publishers;
    for (const std::size_t from : {1u, 2u})
        publishers.emplace_back([this, from] {
            for (int i = 0; i < each; ++i)
                this->publish(from, std::to_string(i));
        });
    for (std::thread& t : publishers)
        t.join();
    int next[3] = {0, 0, 0};
    for (const auto& message : a.received.wait_for(2 * each)) {
        const bool of_second = message.server_id == this->nodes[2].id;
        EXPECT_EQ(message.event, std::to_string(next[of_second ? 2 : 1]++));
    }
    EXPECT_EQ(next[1], each);
    EXPECT_EQ(next[2], each);
}

TYPED_TEST_P(broker_suite, calls_a_detached_node_no_more)
{
    auto& a = this->add_node();
    auto& b = this->add_node();
    this->add_node();
    this->publish(2, "first");
    EXPECT_EQ(a.events(1), names{"first"});
    this->detach(0);
    this->publish(2, "second");
    EXPECT_EQ(b.events(2), (names{"first", "second"}));
    EXPECT_EQ(a.events(0), names{"first"});
    this->attach(0);
    this->publish(2, "third");
    // What was on its way to the broker meanwhile may come now.
    const std::size_t late = a.events(2)[1] == "second" ? 1 : 0;
    EXPECT_EQ(a.events(2 + late)[1 + late], "third");
}

TYPED_TEST_P(broker_suite, may_lose_a_node_while_others_publish)
{
    this->add_node();
    broker& other = this->fleet.of_node(1); // made before threads look for theirs
    std::thread publisher([this] {
        for (int i = 0; i < 2000; ++i)
            this->publish(0, "x");
    });
    for (int i = 0; i < 50; ++i) {
        auto gone = std::make_unique<typename TestFixture::recording_node>("passing");
        other.attach(*gone);
        other.detach(*gone);
        gone.reset(); // the sanitizers tell if it is called now
    }
    publisher.join();
}

TYPED_TEST_P(broker_suite, publishes_alone_to_nobody)
{
    auto& a = this->add_node();
    this->publish(0, "anybody?");
    this->add_node();
    this->publish(1, "me");
    EXPECT_EQ(a.events(1), names{"me"});
}

REGISTER_TYPED_TEST_SUITE_P(broker_suite, takes_a_message_to_the_other_node_whole,
                            never_brings_a_message_back_to_its_sender, reaches_every_other_node,
                            takes_a_message_of_nobody_to_all,
                            keeps_the_order_of_each_publishing_thread,
                            calls_a_detached_node_no_more, may_lose_a_node_while_others_publish,
                            publishes_alone_to_nobody);

} // namespace cresset::broker
