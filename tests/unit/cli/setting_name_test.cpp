#include "cli/setting_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::cli {
namespace {

std::optional<setting_name> named(const std::string& flag, const std::string& group)
{
    CLI::App app;
    std::string value;
    CLI::Option* const option = app.add_option(flag, value);
    if (!group.empty())
        option->group(group);
    return name_of(*option);
}

TEST(setting_name, is_the_flag_in_every_place)
{
    const auto name = named("--redis-queue-limit", "redis");
    ASSERT_TRUE(name);
    EXPECT_EQ(name->flag, "--redis-queue-limit");
    EXPECT_EQ(name->variable, "CRESSET_REDIS_QUEUE_LIMIT");
    EXPECT_EQ(name->table, "redis");
    EXPECT_EQ(name->key, "queue-limit");
    EXPECT_EQ(name->path(), "redis.queue-limit");
}

TEST(setting_name, keeps_a_flag_that_does_not_begin_with_its_table)
{
    EXPECT_EQ(named("--host", "listen")->path(), "listen.host");
    EXPECT_EQ(named("--max-clients", "limits")->path(), "limits.max-clients");
    EXPECT_EQ(named("--stopping", "stop")->path(), "stop.stopping");
}

TEST(setting_name, has_a_key_of_its_own_where_the_flag_is_the_table)
{
    EXPECT_EQ(named("--redis", "redis")->path(), "redis.url");
    EXPECT_EQ(named("--auth", "auth")->path(), "auth.mode");
}

TEST(setting_name, is_none_of_what_is_in_no_group)
{
    EXPECT_FALSE(named("--config", ""));
    CLI::App app;
    EXPECT_FALSE(name_of(*app.get_help_ptr()));
}

} // namespace
} // namespace cresset::cli
