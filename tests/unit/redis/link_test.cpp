#include "link_fixture.hpp"
#include "redis/link.hpp"
#include "support/certificates.hpp"
#include "support/fake_redis.hpp"
#include "support/redis_server.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cresset::redis {
namespace {

using namespace std::chrono_literals;
using tests::fake_link;
using tests::fake_redis;
using tests::redis_server;

using link_to_redis = link_in_loop;
using link_to_a_fake = link_in_loop;

TEST_F(link_to_redis, comes_up_and_passes_replies_on_in_order)
{
    const redis_server server;
    start(server.where());
    expect_up();
    EXPECT_TRUE(run([this] { return it->up(); }));
    EXPECT_EQ(run([this] { return it->server(); }), server.where());
    run([this] {
        it->send(make_command({"ECHO", "one"}) + make_command({"ECHO", "two"}));
        it->send(make_command({"NO SUCH COMMAND"}));
        it->send(make_command({"ECHO", "three"}));
    });
    expect_event(1, "reply \"one\"");
    expect_event(2, "reply \"two\"");
    EXPECT_TRUE(event(3).starts_with("reply -ERR unknown command")) << event(3);
    expect_event(4, "reply \"three\"");
}

TEST_F(link_to_redis, tells_its_name_and_selects_its_database)
{
    redis_server server;
    settings.client_name = "cresset-test";
    settings.database = 5;
    start(server.where());
    expect_up();
    const std::string clients = server.cli({"CLIENT", "LIST"});
    EXPECT_NE(clients.find(" name=cresset-test "), std::string::npos) << clients;
    EXPECT_NE(clients.find(" db=5 "), std::string::npos) << clients;
}

TEST_F(link_to_redis, tells_that_there_is_no_such_database)
{
    const redis_server server;
    settings.database = 16;
    start(server.where());
    expect_event(0, "down ERR DB index is out of range");
}

TEST_F(link_to_redis, greets_as_the_default_user)
{
    redis_server server;
    server.cli({"CONFIG", "SET", "requirepass", "secret"});
    settings.password = "secret";
    start(server.where());
    expect_up();
}

TEST_F(link_to_redis, greets_as_a_user)
{
    redis_server server;
    server.cli({"ACL", "SETUSER", "app", "on", ">se cret", "+@all"});
    settings.user = "app";
    settings.password = "se cret";
    start(server.where());
    expect_up();
    EXPECT_NE(server.cli({"CLIENT", "LIST"}).find(" user=app "), std::string::npos);
}

TEST_F(link_to_redis, tells_that_the_password_is_wrong_and_comes_up_once_it_is_right)
{
    redis_server server;
    server.cli({"CONFIG", "SET", "requirepass", "secret"});
    settings.password = "later";
    start(server.where());
    EXPECT_TRUE(event(0).starts_with("down WRONGPASS")) << event(0);
    EXPECT_TRUE(event(1).starts_with("down WRONGPASS")) << event(1);
    server.cli({"CONFIG", "SET", "requirepass", "later"});
    find_event("up");
}

TEST_F(link_to_redis, tells_that_a_password_is_missing)
{
    redis_server server;
    server.cli({"CONFIG", "SET", "requirepass", "secret"});
    start(server.where());
    EXPECT_TRUE(event(0).starts_with("down NOAUTH")) << event(0);
}

TEST_F(link_to_redis, tells_that_a_user_is_unknown_or_off)
{
    redis_server server;
    server.cli({"ACL", "SETUSER", "off", "off", ">secret", "+@all"});
    settings.user = "off";
    settings.password = "secret";
    start(server.where());
    EXPECT_TRUE(event(0).starts_with("down WRONGPASS")) << event(0);
    EXPECT_EQ(event(0).find("secret"), std::string::npos);
}

TEST_F(link_to_redis, comes_up_as_a_user_who_may_only_publish)
{
    redis_server server;
    server.cli({"ACL", "SETUSER", "emitter", "on", ">secret", "resetchannels", "&ws:*", "-@all",
                "+publish"});
    settings.user = "emitter";
    settings.password = "secret";
    settings.master_only = true; // ROLE is refused too
    start(server.where());
    expect_up();
    send({"PUBLISH", "ws:a", "b"});
    expect_event(1, "reply 0");
}

TEST_F(link_to_redis, leaves_a_replica_where_it_wants_a_master)
{
    redis_server server;
    server.cli({"REPLICAOF", "127.0.0.1", std::to_string(tests::free_port())});
    settings.master_only = true;
    start(server.where());
    expect_event(0, "down is a replica");
    server.cli({"REPLICAOF", "NO", "ONE"});
    find_event("up");
}

TEST_F(link_to_redis, takes_a_replica_where_any_will_do)
{
    redis_server server;
    server.cli({"REPLICAOF", "127.0.0.1", std::to_string(tests::free_port())});
    start(server.where());
    expect_up();
}

TEST_F(link_to_redis, comes_up_once_there_is_a_server)
{
    redis_server server;
    server.kill();
    start(server.where());
    expect_event(0, "down Connection refused");
    expect_event(1, "down Connection refused");
    EXPECT_FALSE(run([this] { return it->up(); }));
    server.start();
    find_event("up");
}

TEST_F(link_to_redis, comes_back_after_the_server_was_killed_and_restarted)
{
    redis_server server;
    start(server.where());
    expect_up();
    for (int i = 0; i < 3; ++i) {
        const std::size_t before = events.now().size();
        server.kill();
        EXPECT_EQ(event(before), "down closed by the server");
        EXPECT_FALSE(run([this] { return it->up(); }));
        server.start();
        find_event("up", before);
    }
    const std::size_t before = events.now().size();
    send({"ECHO", "still here"});
    expect_event(before, "reply \"still here\"");
}

TEST_F(link_to_redis, comes_back_after_the_connection_was_killed)
{
    redis_server server;
    start(server.where());
    expect_up();
    server.cli({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
    expect_event(1, "down closed by the server");
    find_event("up", 1);
}

TEST_F(link_to_redis, leaves_a_server_that_is_frozen_and_comes_back_to_it)
{
    redis_server server;
    settings.silence_max = 300ms;
    settings.connect_timeout = 200ms;
    start(server.where());
    expect_up();
    server.freeze();
    EXPECT_TRUE(event(1).starts_with("down silent for ")) << event(1);
    expect_event(2, "down does not answer"); // the kernel still takes connections for it
    server.thaw();
    find_event("up", 2);
}

TEST_F(link_to_redis, speaks_tls)
{
    tests::certificates files;
    files.sign("server", "IP:127.0.0.1");
    redis_server server({}, &files);
    use_tls(files.ca_file());
    settings.database = 3;
    start({"127.0.0.1", server.tls_port()});
    expect_up();
    const std::string large(100'000, 'x');
    run([&] {
        for (int i = 0; i < 20; ++i)
            it->send(make_command({"ECHO", large}));
    });
    for (std::size_t i = 0; i < 20; ++i)
        EXPECT_EQ(event(1 + i), "reply \"" + large + '"');
    server.restart();
    EXPECT_TRUE(event(21).starts_with("down ")) << event(21);
    find_event("up", 21);
}

TEST_F(link_to_redis, tells_that_tls_does_not_trust_the_server)
{
    tests::certificates files;
    files.sign("server", "IP:127.0.0.2");
    const redis_server server({}, &files);
    use_tls(files.ca_file());
    start({"127.0.0.1", server.tls_port()});
    expect_event(0, "down TLS: IP address mismatch");
    expect_event(1, "down TLS: IP address mismatch");
}

TEST_F(link_to_redis, tells_that_a_server_speaks_no_tls)
{
    const redis_server server;
    const tests::certificates files;
    use_tls(files.ca_file());
    settings.connect_timeout = 500ms; // Redis waits for the end of a line
    start(server.where());
    EXPECT_TRUE(event(0).starts_with("down ")) << event(0);
    EXPECT_NE(event(1), "up");
}

// --- a server of the test's own ---

TEST_F(link_to_a_fake, says_all_of_the_greeting_at_once)
{
    fake_redis server;
    settings.user = "app";
    settings.password = "secret";
    settings.database = 2;
    settings.client_name = "cresset";
    settings.master_only = true;
    start(server.where());
    fake_link peer = server.accept();
    EXPECT_EQ(peer.read_greeting(),
              (std::vector<std::string>{"AUTH app secret", "SELECT 2", "CLIENT SETNAME cresset",
                                        "ROLE", "PING"}));
    peer.send("+OK\r\n+OK\r\n+OK\r\n*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n+PONG\r\n");
    expect_up();
}

TEST_F(link_to_a_fake, reads_bytes_as_they_come)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.accept();
    peer.read_greeting();
    peer.send_by_byte("+OK\r\n+PONG\r\n*2\r\n$7\r\nmessage\r\n:1\r\n$3\r\na\r\n\r\n");
    expect_up();
    expect_event(1, "reply [\"message\", 1]");
    expect_event(2, "reply \"a\r\n\"");
}

TEST_F(link_to_a_fake, comes_up_though_its_name_is_refused)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.accept();
    peer.read_greeting();
    peer.send("-ERR unknown command 'CLIENT'\r\n+PONG\r\n");
    expect_up();
}

TEST_F(link_to_a_fake, waits_for_a_server_that_loads_its_data)
{
    fake_redis server;
    start(server.where());
    fake_link loading = server.accept();
    loading.read_greeting();
    loading.send("+OK\r\n-LOADING Redis is loading the dataset in memory\r\n");
    expect_event(0, "down LOADING Redis is loading the dataset in memory");
    loading.wait_for_end();
    fake_link peer = server.greet();
    expect_up(1);
}

TEST_F(link_to_a_fake, leaves_a_server_that_speaks_something_else)
{
    fake_redis server;
    start(server.where());
    fake_link http = server.accept();
    http.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    EXPECT_TRUE(event(0).starts_with("down Protocol error")) << event(0);
    http.wait_for_end();
    fake_link peer = server.greet();
    expect_up(1);
    peer.send("+a\r\n!garbage\r\n+b\r\n");
    expect_event(2, "reply +a");
    EXPECT_TRUE(event(3).starts_with("down Protocol error")) << event(3);
}

TEST_F(link_to_a_fake, leaves_a_server_that_accepts_and_says_nothing)
{
    fake_redis server;
    settings.connect_timeout = 50ms;
    start(server.where());
    fake_link silent = server.accept();
    expect_event(0, "down does not answer");
    silent.wait_for_end();
    fake_link half = server.accept();
    half.read_greeting();
    half.send("+OK\r\n+PO");
    expect_event(1, "down does not answer");
}

TEST_F(link_to_a_fake, leaves_a_server_that_falls_silent)
{
    fake_redis server;
    settings.silence_max = 300ms;
    start(server.where());
    fake_link peer = server.greet();
    expect_up();
    EXPECT_TRUE(event(1).starts_with("down silent for ")) << event(1);
    peer.wait_for_end();
}

TEST_F(link_to_a_fake, asks_for_a_sign_of_life_once_a_silence)
{
    fake_redis server;
    settings.silence_max = 1'700ms;
    start(server.where());
    fake_link peer = server.greet();
    expect_up();
    expect_event(1, "quiet");
    peer.send("+a\r\n");
    expect_event(2, "reply +a");
    expect_event(3, "quiet");
    EXPECT_TRUE(event(4).starts_with("down silent for ")) << event(4); // with no second "quiet"
}

TEST_F(link_to_a_fake, is_down_when_the_server_ends_it)
{
    fake_redis server;
    start(server.where());
    server.accept().finish();
    expect_event(0, "down closed by the server");
    server.accept().reset();
    EXPECT_TRUE(event(1).starts_with("down ")) << event(1);
    fake_link peer = server.greet();
    expect_up(2);
    peer.send("+whole\r\n$5\r\nha");
    peer.finish();
    expect_event(3, "reply +whole");
    expect_event(4, "down closed by the server");
    fake_link another = server.greet();
    expect_up(5);
    another.reset();
    expect_event(6, "down closed by the server");
}

TEST_F(link_to_a_fake, passes_on_what_was_not_asked)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    peer.send("*0\r\n");
    expect_event(1, "reply []");
}

TEST_F(link_to_a_fake, passes_on_what_comes_with_the_last_answer_to_the_greeting)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.accept();
    peer.read_greeting();
    peer.send("+OK\r\n+PONG\r\n:1\r\n:2\r\n");
    expect_up();
    expect_event(1, "reply 1");
    expect_event(2, "reply 2");
}

TEST_F(link_to_a_fake, drops_what_is_sent_while_it_is_down)
{
    fake_redis server;
    start(server.where());
    send({"lost"});
    fake_link peer = server.accept();
    send({"lost"});
    peer.greet();
    expect_up();
    send({"said"});
    EXPECT_EQ(peer.next(), "said");
}

TEST_F(link_to_a_fake, tells_how_much_the_kernel_has_not_taken)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    expect_up();
    EXPECT_EQ(run([this] { return it->queued_bytes(); }), 0u);
    owner.down = [this] { EXPECT_EQ(it->queued_bytes(), 0u); };
    run([this] { // in one turn, or a slow machine calls the server quiet
        it->send(std::string(16 * 1024 * 1024, 'x'));
        EXPECT_GT(it->queued_bytes(), 0u);
        it->reconnect("enough");
    });
    expect_event(1, "down enough");
}

TEST_F(link_to_a_fake, waits_until_it_is_known_where_the_server_is)
{
    fake_redis server;
    run([&] {
        it = std::make_unique<link>(connections, settings, servers, owner);
        it->start();
        EXPECT_EQ(servers.asked, 1);
        servers.now = server.where();
    });
    fake_link peer = server.greet();
    expect_up();
}

TEST_F(link_to_a_fake, begins_once)
{
    fake_redis server;
    start(server.where());
    run([this] { it->start(); });
    fake_link peer = server.greet();
    expect_up();
    run([this] { it->start(); });
    EXPECT_EQ(run([this] { return servers.asked; }), 1);
    EXPECT_EQ(run([this] { return connections.size(); }), 1u);
}

// Up and down at once is no success: the server would be greeted hundreds of times a second.
TEST_F(link_to_a_fake, waits_longer_for_a_server_that_ends_it_as_soon_as_it_is_up)
{
    fake_redis server;
    start(server.where());
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 9; ++i)
        server.greet().finish();
    EXPECT_GT(std::chrono::steady_clock::now() - begun, 400ms); // 4, 8, 16, 32, 64 and 3 * 125
}

TEST_F(link_to_a_fake, comes_back_soon_after_it_was_up_for_a_while)
{
    fake_redis server;
    settings.silence_max = 1ms; // noticed when it is looked at, a quarter of a second later
    start(server.where());
    for (int i = 0; i < 8; ++i)
        server.accept().reset();
    fake_link peer = server.greet();
    find_event("down silent for", 9);
    const auto lost = std::chrono::steady_clock::now();
    fake_link again = server.accept();
    EXPECT_LT(std::chrono::steady_clock::now() - lost, 100ms); // and not 125
}

} // namespace
} // namespace cresset::redis
