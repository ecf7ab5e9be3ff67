#include "hub/hub.hpp"
#include "support/event_text.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::hub {
namespace {

using tests::test_hub;

using tests::event_text;

// Two nodes of one fleet, joined by a broker.
struct hub_nodes : testing::Test
{
    void publish(broker::target_kind kind, std::string_view target, client_ids exclude = {})
    {
        fleet.publish({"emitter", kind, target, "from afar", "", exclude});
    }

    broker::memory_broker fleet;
    test_hub a{2, {}, &fleet};
    test_hub b{2, {}, &fleet};
};

TEST_F(hub_nodes, send_to_a_room_everywhere_once)
{
    auto here = a.login(0);
    auto there = b.login(1);
    a->send_to_room_everywhere("ws-default", {"news", {}});
    EXPECT_EQ(here.text(), event_text("news"));
    EXPECT_EQ(there.text(), event_text("news"));
    EXPECT_TRUE(a.nothing_more_for(here)) << a.last_text;
    EXPECT_TRUE(b.nothing_more_for(there)) << b.last_text;
}

TEST_F(hub_nodes, leave_out_the_excluded_everywhere)
{
    auto here = a.login(0);
    auto there = b.login(1);
    a->send_to_room_everywhere("ws-default", {"news", {}}, {here.id, there.id});
    EXPECT_TRUE(a.nothing_more_for(here)) << a.last_text;
    EXPECT_TRUE(b.nothing_more_for(there)) << b.last_text;
}

TEST_F(hub_nodes, keep_other_messages_to_themselves)
{
    auto here = a.login(0, "ann");
    auto there = b.login(1, "ann");
    a->send_to_room("ws-default", {"room", {}});
    a->send_to_user("ann", {"user", {}});
    a->broadcast({"all", {}});
    EXPECT_EQ(here.text(), event_text("room"));
    EXPECT_EQ(here.text(), event_text("user"));
    EXPECT_EQ(here.text(), event_text("all"));
    EXPECT_TRUE(b.nothing_more_for(there)) << b.last_text;
}

TEST_F(hub_nodes, deliver_what_others_send_to_each_kind_of_target)
{
    auto client = b.login(1, "ann");
    const std::string id = client.id.to_string();
    publish(broker::target_kind::client, id);
    publish(broker::target_kind::user, "ann");
    publish(broker::target_kind::room, "ws-default");
    publish(broker::target_kind::room, id);
    publish(broker::target_kind::broadcast, "");
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(client.text(), event_text("from afar")) << i;
    publish(broker::target_kind::client, "no id");
    publish(broker::target_kind::user, "bob");
    publish(broker::target_kind::room, "elsewhere");
    publish(broker::target_kind::broadcast, "", {client.id});
    EXPECT_TRUE(b.nothing_more_for(client)) << b.last_text;
}

} // namespace
} // namespace cresset::hub
