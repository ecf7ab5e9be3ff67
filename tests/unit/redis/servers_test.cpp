#include "loop_fixture.hpp"
#include "redis/servers.hpp"
#include "support/fake_redis.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <string>
#include <vector>

namespace cresset::redis {
namespace {

using tests::fake_link;
using tests::fake_redis;

// Events are "moved".
struct servers_in_loop : loop_fixture<redis::servers>
{
    void start(const std::string& where)
    {
        run([&] {
            options how;
            how.where = url::parse(where);
            how.client_name = "name";
            it =
                std::make_unique<redis::servers>(connections, how, [this] { events.add("moved"); });
            it->start();
            found = it->finder(1);
        });
    }

    std::string next()
    {
        return run([this] {
            const std::optional<address> a = found->next();
            return a ? a->to_string() : "nobody";
        });
    }

    std::unique_ptr<server_finder> found;
};

using servers_of = servers_in_loop;

TEST_F(servers_of, a_single_server)
{
    start("redis://app:secret@a:1/5");
    EXPECT_EQ(next(), "a:1");
    EXPECT_EQ(next(), "a:1");
    const link_settings& settings_of = it->settings();
    EXPECT_EQ(settings_of.user, "app");
    EXPECT_EQ(settings_of.password, "secret");
    EXPECT_EQ(settings_of.database, 5u);
    EXPECT_EQ(settings_of.client_name, "name");
    EXPECT_FALSE(settings_of.master_only);
    EXPECT_EQ(settings_of.tls, nullptr);
    EXPECT_EQ(it->cluster(), nullptr);
}

TEST_F(servers_of, sentinels)
{
    fake_redis sentinel;
    start("redis+sentinel://app:secret@" + sentinel.where().to_string() + "/mymaster/5");
    EXPECT_EQ(next(), "nobody");
    EXPECT_TRUE(it->settings().master_only);
    EXPECT_EQ(it->settings().password, "secret");
    EXPECT_EQ(it->settings().database, 5u);
    fake_link peer = sentinel.accept();
    EXPECT_EQ(peer.read_greeting(), (std::vector<std::string>{"CLIENT SETNAME name", "PING"}))
        << "users and databases are of Redis, not of sentinels";
    peer.send("+OK\r\n+PONG\r\n");
    EXPECT_EQ(peer.next(), "SENTINEL GET-MASTER-ADDR-BY-NAME mymaster");
    peer.send("*2\r\n$1\r\na\r\n$1\r\n1\r\n");
    EXPECT_EQ(peer.next(), "SENTINEL GET-MASTER-ADDR-BY-NAME mymaster");
    EXPECT_EQ(next(), "a:1");
    peer.send("*2\r\n$1\r\nb\r\n$1\r\n1\r\n");
    expect_event(0, "moved");
    EXPECT_EQ(next(), "b:1");
}

TEST_F(servers_of, a_cluster)
{
    fake_redis node;
    start("redis+cluster://app:secret@" + node.where().to_string());
    EXPECT_EQ(next(), node.where().to_string());
    ASSERT_NE(it->cluster(), nullptr);
    EXPECT_FALSE(it->settings().master_only);
    fake_link peer = node.accept();
    EXPECT_EQ(peer.read_greeting(),
              (std::vector<std::string>{"AUTH app secret", "CLIENT SETNAME name", "PING"}));
    peer.send("+OK\r\n+OK\r\n+PONG\r\n");
    EXPECT_EQ(peer.next(), "CLUSTER SLOTS");
    peer.send("*2\r\n*3\r\n:0\r\n:1\r\n*2\r\n+a\r\n:1\r\n*3\r\n:2\r\n:3\r\n*2\r\n+b\r\n:1\r\n");
    expect_event(0, "moved");
    run([this] { found = it->finder(1); });
    EXPECT_EQ(next(), "b:1");
    EXPECT_EQ(next(), "a:1");
}

TEST_F(servers_of, tls_with_files_that_cannot_be_used)
{
    options how;
    how.where = url::parse("rediss://a");
    how.tls.ca_file = "/there/is/no/such/file";
    try {
        const redis::servers none(connections, how, [] {});
        ADD_FAILURE();
    } catch (const std::exception& error) {
        EXPECT_NE(std::string(error.what()).find("/there/is/no/such/file"), std::string::npos);
    }
    how.where = url::parse("redis://a"); // without TLS they make no difference
    const redis::servers plain(connections, how, [] {});
    EXPECT_EQ(plain.settings().tls, nullptr);
}

TEST(fixed_servers, are_found_in_turn)
{
    fixed_servers all({{"a", 1}, {"b", 2}});
    for (const char* expected : {"a:1", "b:2", "a:1", "b:2"})
        EXPECT_EQ(all.next()->to_string(), expected);
}

} // namespace
} // namespace cresset::redis
