#include "hub/losses.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::hub {
namespace {

message_label label_of(group_kind kind, const std::string& name)
{
    return message_label(
        delivery{.kind = kind, .name = name, .frame = {}, .text = {}, .exclude = {}});
}

TEST(losses, say_where_and_how_many)
{
    losses lost;
    EXPECT_EQ(lost.json(), R"({"dropped":0})");
    const auto news = label_of(group_kind::room, "news \"1\"");
    const auto sport = label_of(group_kind::room, "sport");
    const auto user = label_of(group_kind::user, "u");
    const auto client = label_of(group_kind::room, "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed");
    const auto everyone = label_of(group_kind::everyone, "");
    for (const auto* each : {&news, &sport, &news, &user, &client, &everyone})
        lost.add(each);
    lost.add(nullptr); // the server's own
    EXPECT_EQ(lost.count(), 7u);
    EXPECT_EQ(
        lost.json(),
        R"({"dropped":7,"rooms":{"news \"1\"":2,"sport":1},"user":1,"client":2,"everyone":1})");
}

TEST(losses, name_so_many_rooms_and_no_more)
{
    losses lost;
    for (std::size_t i = 0; i < losses::rooms_max + 10; ++i) {
        const auto room = label_of(group_kind::room, "r" + std::to_string(1000 + i));
        lost.add(&room);
    }
    const auto again = label_of(group_kind::room, "r1000");
    lost.add(&again);
    const std::string json = lost.json();
    EXPECT_NE(json.find(R"("r1000":2)"), std::string::npos) << json;
    EXPECT_NE(json.find(R"("r1063":1)"), std::string::npos) << json;
    EXPECT_EQ(json.find(R"("r1064")"), std::string::npos) << json;
    EXPECT_NE(json.find(R"("otherRooms":10)"), std::string::npos) << json;
}

} // namespace
} // namespace cresset::hub
