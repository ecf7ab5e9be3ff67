#include "support/certificates.hpp"
#include "support/test_server.hpp"
#include "support/tls_conversation.hpp"
#include "support/waiting.hpp"
#include "support/ws_client_frames.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cresset/server.hpp>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace cresset {
namespace {

using tests::certificates;
using tests::quiet;
using tests::tls_conversation;

constexpr std::string_view upgrade = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                                     "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

// For what no event tells.
template <typename Check>
bool comes_true(Check check)
{
    const auto end = std::chrono::steady_clock::now() + tests::time_limit;
    while (!check() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return check();
}

struct server_tls : testing::Test
{
    server_tls()
    {
        files.sign("server", "DNS:localhost");
        files.sign("client", "DNS:client");
        options.tls.certificates = {{files.cert_file("server"), files.key_file("server")}};
    }

    // The subjects that authenticate has been told of.
    handlers noting_subjects()
    {
        handlers h;
        h.authenticate = [this](const authenticate_request& request) {
            subjects.add(std::string(request.certificate_subject));
            return identity("somebody");
        };
        return h;
    }

    // Comes in, and goes.
    void visit(const server& s, const net::tls_client_options& how)
    {
        const net::tls_client_context context(how);
        tls_conversation talk(tests::dial(s.port()), context, "localhost");
        talk.send(upgrade);
        talk.send(tests::client_frame(ws::opcode::text, R"({"event":"authenticate"})"));
        while (talk.received.find(R"("event":"connected")") == std::string::npos)
            ASSERT_TRUE(talk.receive_some()) << talk.session.error();
    }

    certificates files;
    server_options options = quiet();
    tests::collected<std::string> subjects;
};

TEST_F(server_tls, tells_authenticate_whose_certificate_it_was)
{
    options.tls.client_certificates = tls_client_certificates::optional;
    options.tls.client_ca_file = files.ca_file();
    server s(options, noting_subjects());
    s.start();
    EXPECT_TRUE(s.url().starts_with("https://"));
    visit(s, {files.ca_file(), files.cert_file("client"), files.key_file("client")});
    visit(s, {files.ca_file(), {}, {}});
    EXPECT_EQ(subjects.now(), (std::vector<std::string>{"CN=client", ""}));
}

TEST_F(server_tls, counts_handshakes_that_fail)
{
    server s(options, noting_subjects());
    s.start();
    tests::peer_socket plain = tests::dial(s.port());
    plain.send(upgrade);
    EXPECT_EQ(plain.receive_all().find("HTTP"), std::string::npos);
    plain.close();
    EXPECT_TRUE(comes_true([&] { return s.stats().tls_failures == 1; }));
}

TEST_F(server_tls, keeps_the_certificates_before_if_new_ones_are_bad)
{
    server s(options, noting_subjects());
    s.start();
    s.reload_tls();
    std::ofstream(files.key_file("server")) << "no key";
    try {
        s.reload_tls();
        ADD_FAILURE() << "took a key that is none";
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find(files.key_file("server")), std::string::npos);
    }
    visit(s, {files.ca_file(), {}, {}});
}

TEST_F(server_tls, refuses_options_that_cannot_work)
{
    const auto refused = [this](auto change) {
        server_options wrong = options;
        change(wrong.tls);
        EXPECT_THROW(server(wrong, noting_subjects()), option_error);
    };
    refused([](tls_options& tls) { tls.certificates.front().key_file.clear(); });
    refused([](tls_options& tls) {
        tls.client_certificates = tls_client_certificates::required; // by nobody
    });
    refused([this](tls_options& tls) { tls.client_ca_file = files.ca_file(); });
    refused([this](tls_options& tls) {
        tls = {};
        tls.client_certificates = tls_client_certificates::required;
        tls.client_ca_file = files.ca_file();
    });
    options.tls.certificates.front().cert_file = "/none.pem";
    EXPECT_THROW(server(options, noting_subjects()), std::runtime_error);
}

TEST(server_stop_plan, is_not_ready_while_it_waits_and_serves_as_before)
{
    server s(quiet(), tests::by_token());
    s.start();
    EXPECT_TRUE(s.ready());
    std::thread stopping([&] { s.stop({.delay = std::chrono::hours(1)}); });
    EXPECT_TRUE(comes_true([&] { return !s.ready(); }));
    auto late = tests::login(s, "late");
    EXPECT_EQ(s.broadcast("news").recipients, 1u);
    s.stop(std::chrono::milliseconds(0)); // ends sooner, and so counts
    stopping.join();
    EXPECT_EQ(s.broadcast("news").status, send_status::not_running);
}

TEST(server_stop_plan, refuses_times_that_cannot_be)
{
    server s(quiet(), tests::by_token());
    EXPECT_THROW(s.stop({.delay = std::chrono::milliseconds(-1)}), option_error);
    EXPECT_THROW(s.stop({.spread = std::chrono::hours(25)}), option_error);
    EXPECT_THROW(s.stop({.deadline = std::chrono::milliseconds(-1)}), option_error);
}

} // namespace
} // namespace cresset
