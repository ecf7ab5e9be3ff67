#include "hub/hub.hpp"
#include "support/recording_broker.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace cresset {

void PrintTo(const send_result& r, std::ostream* out)
{
    *out << name_of(r.status) << ", " << r.recipients << ", " << name_of(r.fleet);
}

bool operator==(const send_result& a, const send_result& b)
{
    return a.status == b.status && a.recipients == b.recipients && a.fleet == b.fleet;
}

} // namespace cresset

namespace cresset::hub {
namespace {

using broker::publish_status;
using broker::target_kind;

// What calls return, by what the broker says. One client, in the room "ws-default".
struct hub_results : testing::Test
{
    send_result send(std::string_view room, reach how_far, publish_status status)
    {
        nodes.status = status;
        const send_result result =
            (*hub).send({target_kind::room, room}, {"news", {}}, {}, how_far);
        EXPECT_EQ(static_cast<bool>(result), result.status == send_status::sent);
        return result;
    }

    tests::recording_broker nodes;
    tests::test_hub hub{1, {}, &nodes};
    tests::ws_client client = hub.login();
};

TEST_F(hub_results, say_nothing_of_others_to_a_call_for_this_node)
{
    EXPECT_EQ(send("ws-default", reach::node, publish_status::lost),
              (send_result{send_status::sent, 1, fleet_status::not_asked}));
    EXPECT_EQ(send("elsewhere", reach::node, publish_status::handed),
              (send_result{send_status::nobody, 0, fleet_status::not_asked}));
}

TEST_F(hub_results, are_what_is_true_here_when_there_are_no_others)
{
    EXPECT_EQ(send("ws-default", reach::fleet, publish_status::no_others),
              (send_result{send_status::sent, 1, fleet_status::no_others}));
    EXPECT_EQ(send("elsewhere", reach::fleet, publish_status::no_others),
              (send_result{send_status::nobody, 0, fleet_status::no_others}));
}

TEST_F(hub_results, are_sent_when_it_is_on_its_way_to_others)
{
    EXPECT_EQ(send("ws-default", reach::fleet, publish_status::handed),
              (send_result{send_status::sent, 1, fleet_status::handed}));
    EXPECT_EQ(send("elsewhere", reach::fleet, publish_status::handed),
              (send_result{send_status::sent, 0, fleet_status::handed}));
}

TEST_F(hub_results, are_local_only_when_others_are_out_of_reach)
{
    EXPECT_EQ(send("ws-default", reach::fleet, publish_status::waiting),
              (send_result{send_status::local_only, 1, fleet_status::waiting}));
    EXPECT_EQ(send("elsewhere", reach::fleet, publish_status::waiting),
              (send_result{send_status::local_only, 0, fleet_status::waiting}));
    EXPECT_EQ(send("ws-default", reach::fleet, publish_status::lost),
              (send_result{send_status::local_only, 1, fleet_status::lost}));
    EXPECT_EQ(send("elsewhere", reach::fleet, publish_status::lost),
              (send_result{send_status::local_only, 0, fleet_status::lost}));
}

TEST_F(hub_results, of_the_references_send_are_for_the_fleet)
{
    nodes.status = publish_status::waiting;
    const std::string id = client.id.to_string();
    for (const auto to : std::vector<std::optional<std::string_view>>{{}, id, "ws-default"})
        EXPECT_EQ((*hub).route(to, {"news", "1"}),
                  (send_result{send_status::local_only, 1, fleet_status::waiting}));
    EXPECT_EQ((*hub).route("elsewhere", {"news", "1"}),
              (send_result{send_status::local_only, 0, fleet_status::waiting}));
    EXPECT_EQ((*hub).route(id, {"news", {}}),
              (send_result{send_status::invalid, 0, fleet_status::not_asked}));
}

// With the shard held up, what is on its way to it piles up.
TEST_F(hub_results, stay_dropped_whatever_becomes_of_it_elsewhere)
{
    tests::event go_on;
    hub.shard().thread.loop().post([&] { EXPECT_TRUE(go_on.wait()); });
    nodes.status = publish_status::lost;
    const std::string large = '"' + std::string(transit::bytes_max, 'x') + '"';
    EXPECT_EQ((*hub).send({target_kind::room, "ws-default"}, {"news", large}, {}, reach::fleet),
              (send_result{send_status::dropped, 0, fleet_status::lost}));
    go_on.set();
}

TEST(send_result, has_a_name_for_everything)
{
    EXPECT_EQ(name_of(send_status::local_only), "local only");
    EXPECT_EQ(name_of(fleet_status::not_asked), "not asked");
    EXPECT_EQ(name_of(fleet_status::no_others), "no others");
    EXPECT_EQ(name_of(fleet_status::handed), "handed");
    EXPECT_EQ(name_of(fleet_status::waiting), "waiting");
    EXPECT_EQ(name_of(fleet_status::lost), "lost");
}

} // namespace
} // namespace cresset::hub
