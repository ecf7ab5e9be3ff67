#include "connection_fixture.hpp"
#include "support/certificates.hpp"
#include "support/tls_conversation.hpp"

#include <chrono>
#include <memory>
#include <poll.h>
#include <string>

namespace cresset::net {
namespace {

using namespace std::chrono_literals;
using tests::certificates;
using tests::tls_conversation;

// What a record takes beyond its plaintext, in TLS 1.3: header, type, tag.
constexpr std::size_t record_overhead = 5 + 1 + 16;

struct connection_tls_fixture : connection_fixture
{
    static void SetUpTestSuite()
    {
        files = std::make_unique<certificates>();
        files->sign("server", "IP:127.0.0.1,DNS:localhost");
        files->sign("other", "DNS:other.example,DNS:*.wild.example");
        files->sign("client", "DNS:client");
    }
    static void TearDownTestSuite() { files = nullptr; }
    ~connection_tls_fixture() override { thread.stop(); }

    static tls_certificate certificate(const std::string& name)
    {
        return {files->cert_file(name), files->key_file(name)};
    }

    static tls_client_options trusting() { return {files->ca_file(), {}, {}}; }

    static tls_client_options with_certificate()
    {
        return {files->ca_file(), files->cert_file("client"), files->key_file("client")};
    }

    void checking(tls_client_certificates how)
    {
        options.client_certificates = how;
        options.client_ca_file = files->ca_file();
    }

    // A connection that speaks TLS.
    tests::peer_socket connect_tls(recording_handler& h, int client_receive_bytes = 0)
    {
        const auto context = std::make_shared<const tls_server_context>(options);
        tests::tcp_pair pair = tests::connect_over_tcp(client_receive_bytes);
        run([&] {
            ours = &set.adopt(pair.server.release(), h);
            ours->begin_tls(std::make_unique<tls_stream>(context, ours->descriptor()));
        });
        return std::move(pair.client);
    }

    void answer_with_the_same(recording_handler& h)
    {
        h.data = [this](std::span<char> bytes) {
            ours->send(segment::copy_of({bytes.data(), bytes.size()}));
        };
    }

    static std::unique_ptr<certificates> files;

    tls_options options{.certificates = {certificate("server")}};
    const tls_client_context client{trusting()};
};

std::unique_ptr<certificates> connection_tls_fixture::files;

using connection_tls = connection_tls_fixture;

TEST_F(connection_tls, carries_bytes_both_ways_however_they_are_cut)
{
    for (const std::size_t cut : {std::size_t{1}, std::size_t{7}, tls_conversation::uncut}) {
        recording_handler& h = handler();
        answer_with_the_same(h);
        tls_conversation talk(connect_tls(h), client, "localhost", cut);
        talk.handshake();
        ASSERT_TRUE(talk.session.established()) << talk.session.error();
        ASSERT_TRUE(talk.send("hello"));
        EXPECT_EQ(talk.receive(5), "hello");
        const std::string large(50'000, 'x');
        ASSERT_TRUE(talk.send(large));
        EXPECT_EQ(talk.receive(50'005), "hello" + large);
    }
}

TEST_F(connection_tls, sends_what_a_turn_gathers_in_one_record)
{
    recording_handler& h = handler();
    tls_conversation talk(connect_tls(h), client, "localhost");
    talk.handshake();
    ASSERT_TRUE(talk.send("."));
    h.events.wait_for(1); // it has sent its ticket
    run([this] { ours->send(segment::copy_of("first")); });
    talk.receive(5);
    const std::size_t before = talk.received_raw;
    run([this] {
        for (int i = 0; i < 16; ++i)
            ours->send(segment::copy_of(std::string(100, 'x')));
    });
    EXPECT_EQ(talk.receive(5 + 1600), "first" + std::string(1600, 'x'));
    EXPECT_EQ(talk.received_raw - before, 1600 + record_overhead);
}

TEST_F(connection_tls, keeps_the_order_for_a_peer_that_reads_late)
{
    recording_handler& h = handler();
    tls_conversation talk(connect_tls(h, 4096), client, "localhost");
    talk.handshake();
    std::string expected;
    int sent = 0;
    // In many turns, so that what was not taken comes again with more behind it.
    while (run([&] { return !ours->blocked() || sent % 50 != 0; })) {
        const std::string line = std::to_string(sent++) + std::string(997, '.') + '\n';
        expected += line;
        run([&] { ours->send(segment::copy_of(line)); });
    }
    for (int i = 0; i < 20; ++i)
        run([&] { ours->send(segment::copy_of(std::to_string(i))); });
    for (int i = 0; i < 20; ++i)
        expected += std::to_string(i);
    run([this] { ours->finish(); });
    talk.run_to_the_end();
    EXPECT_EQ(talk.received, expected);
    EXPECT_EQ(talk.session.error(), ""); // ended in good order
}

TEST_F(connection_tls, is_told_when_the_peer_finishes)
{
    recording_handler& h = handler();
    tls_conversation talk(connect_tls(h), client, "localhost");
    talk.handshake();
    ASSERT_TRUE(talk.send("bye"));
    talk.finish();
    talk.run_to_the_end();
    EXPECT_EQ(h.events.wait_for(3), (event_names{"data", "peer_finished", "closed"}));
}

TEST_F(connection_tls, sends_what_was_queued_before_the_handshake_was_over)
{
    recording_handler& h = handler();
    auto socket = connect_tls(h);
    run([this] { ours->send(segment::copy_of("early")); });
    tls_conversation talk(std::move(socket), client, "localhost");
    EXPECT_EQ(talk.receive(5), "early");
}

// As behind the header of a proxy.
TEST_F(connection_tls, begins_with_what_was_received_already)
{
    const auto context = std::make_shared<const tls_server_context>(options);
    for (const std::size_t size : {std::size_t{1}, std::size_t{100}, std::size_t{10'000}}) {
        recording_handler& h = handler();
        answer_with_the_same(h);
        tests::tcp_pair pair = tests::connect_over_tcp();
        tls_conversation talk(std::move(pair.client), client, "localhost");
        std::string received(size, '\0');
        pollfd readable{pair.server.get(), POLLIN, 0};
        ASSERT_EQ(::poll(&readable, 1, 20'000), 1);
        const ssize_t got = ::recv(pair.server.get(), received.data(), received.size(), 0);
        ASSERT_GT(got, 0);
        received.resize(static_cast<std::size_t>(got));
        run([&] {
            ours = &set.adopt(pair.server.release(), h);
            ours->begin_tls(std::make_unique<tls_stream>(context, ours->descriptor(), received));
        });
        ASSERT_TRUE(talk.send("hello"));
        EXPECT_EQ(talk.receive(5), "hello") << talk.session.error();
    }
}

TEST_F(connection_tls, closes_when_it_finishes_before_the_handshake_is_over)
{
    recording_handler& h = handler();
    h.deadline = [this] {
        ours->send(segment::copy_of("too late"));
        ours->finish();
    };
    auto silent = connect_tls(h);
    run([this] { ours->set_deadline(20ms); });
    EXPECT_EQ(h.events.wait_for(2), (event_names{"deadline", "closed"}));
    EXPECT_EQ(silent.receive_all(), "");
}

// OpenSSL writes without MSG_NOSIGNAL: the second record meets a socket that the first has found to
// be gone. The signal must not end the process, neither then nor when the loop is over.
TEST_F(connection_tls, is_not_the_end_of_the_process_if_the_peer_is_gone)
{
    recording_handler& h = handler();
    bool gone = false;
    h.data = [&](std::span<char> bytes) {
        const std::string answer(gone ? 200'000 : bytes.size(), 'x');
        ours->send(segment::copy_of(answer));
    };
    auto talk = std::make_unique<tls_conversation>(connect_tls(h), client, "localhost");
    talk->send("first");
    talk->receive(5); // and with it all that has been sent, so that closing is no reset
    run([&] {
        talk->send("last");
        talk = nullptr;
        gone = true;
    });
    EXPECT_EQ(h.events.wait_for(3).back(), "closed");
    thread.stop();
}

TEST_F(connection_tls, says_its_end_to_a_peer_that_ended_first)
{
    constexpr std::size_t alert = 2; // close_notify
    recording_handler& h = handler();
    answer_with_the_same(h);
    tls_conversation talk(connect_tls(h), client, "localhost");
    talk.send("bye");
    talk.receive(3);
    const std::size_t before = talk.received_raw;
    talk.finish(); // no more from the peer, which waits for ours
    talk.run_to_the_end();
    EXPECT_EQ(talk.received_raw - before, alert + record_overhead);
}

TEST_F(connection_tls, tells_why_a_handshake_failed)
{
    recording_handler& h = handler();
    std::string failure;
    h.closed = [&] { failure = ours->tls_failure(); };
    auto talks_plainly = connect_tls(h);
    ASSERT_TRUE(talks_plainly.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    talks_plainly.receive_all();
    EXPECT_EQ(talks_plainly.end(), "finished"); // no reset, which could take an alert along
    talks_plainly.close();
    EXPECT_EQ(h.events.wait_for(1), event_names{"closed"});
    EXPECT_EQ(run([&] { return failure; }), "http request");
    EXPECT_EQ(run([&] { return h.received; }), "");
}

TEST_F(connection_tls, has_no_failure_in_the_clear_or_after_a_handshake)
{
    recording_handler& h = handler();
    std::string failure = "?";
    h.closed = [&] { failure = ours->tls_failure(); };
    tls_conversation talk(connect_tls(h), client, "localhost");
    talk.handshake();
    talk.finish();
    talk.run_to_the_end();
    h.events.wait_for(2);
    EXPECT_EQ(run([&] { return failure; }), "");
    const auto in_the_clear = connect(handler());
    EXPECT_EQ(run([&] { return ours->tls_failure(); }), "");
    EXPECT_EQ(run([&] { return ours->tls_client_subject(); }), "");
}

TEST_F(connection_tls, gives_the_certificate_for_the_name_asked_for)
{
    options.certificates.push_back(certificate("other"));
    for (const char* name : {"localhost", "other.example", "a.wild.example"}) {
        tls_conversation talk(connect_tls(handler()), client, name);
        talk.handshake();
        EXPECT_TRUE(talk.session.established()) << name << ": " << talk.session.error();
    }
    tls_conversation talk(connect_tls(handler()), client, "unknown.example");
    talk.handshake();
    EXPECT_NE(talk.session.error(), ""); // it got the first, which is for another
}

TEST_F(connection_tls, knows_the_client_by_its_certificate)
{
    checking(tls_client_certificates::required);
    recording_handler& h = handler();
    std::string subject;
    h.data = [&](std::span<char>) { subject = ours->tls_client_subject(); };
    const tls_client_context known(with_certificate());
    tls_conversation talk(connect_tls(h), known, "localhost");
    talk.handshake();
    ASSERT_TRUE(talk.send("x"));
    h.events.wait_for(1);
    EXPECT_EQ(run([&] { return subject; }), "CN=client");
}

TEST_F(connection_tls, refuses_a_client_without_a_certificate_where_one_is_required)
{
    checking(tls_client_certificates::required);
    recording_handler& h = handler();
    std::string failure;
    h.closed = [&] { failure = ours->tls_failure(); };
    {
        tls_conversation talk(connect_tls(h), client, "localhost");
        talk.handshake();
        talk.send("nobody hears this");
        talk.run_to_the_end();
        EXPECT_EQ(talk.session.error(), "tlsv13 alert certificate required");
    }
    EXPECT_EQ(h.events.wait_for(1), event_names{"closed"});
    EXPECT_EQ(run([&] { return failure; }), "peer did not return a certificate");
    EXPECT_EQ(run([&] { return h.received; }), "");
}

TEST_F(connection_tls, refuses_a_certificate_that_nobody_known_has_signed)
{
    const certificates strangers;
    strangers.sign("client", "DNS:client");
    checking(tls_client_certificates::optional);
    const tls_client_context stranger(
        {files->ca_file(), strangers.cert_file("client"), strangers.key_file("client")});
    tls_conversation talk(connect_tls(handler()), stranger, "localhost");
    talk.handshake();
    talk.run_to_the_end();
    EXPECT_EQ(talk.session.error(), "tlsv1 alert unknown ca");

    recording_handler& h = handler();
    answer_with_the_same(h);
    tls_conversation nobody(connect_tls(h), client, "localhost"); // optional
    nobody.send("x");
    EXPECT_EQ(nobody.receive(1), "x");
    EXPECT_EQ(run([this] { return ours->tls_client_subject(); }), "");
}

TEST_F(connection_tls, refuses_files_that_cannot_be_used)
{
    const auto refusal = [](const tls_options& bad) -> std::string {
        try {
            const tls_server_context context(bad);
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "taken";
    };
    EXPECT_EQ(refusal({}), "TLS: no certificate");
    EXPECT_EQ(refusal({.certificates = {{"/none.pem", files->key_file("server")}}}),
              "TLS: cannot use the certificate /none.pem: No such file or directory");
    EXPECT_EQ(refusal({.certificates = {{files->cert_file("server"), files->key_file("client")}}}),
              "TLS: cannot use the key " + files->key_file("client") + ": key values mismatch");
    EXPECT_EQ(refusal({.certificates = options.certificates,
                       .client_certificates = tls_client_certificates::required,
                       .client_ca_file = "/none.pem"}),
              "TLS: cannot use the CA file /none.pem: No such file or directory");
}

} // namespace
} // namespace cresset::net
