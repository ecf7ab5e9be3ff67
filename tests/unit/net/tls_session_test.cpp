#include "net/tls_session.hpp"
#include "support/captured_stderr.hpp"
#include "support/certificates.hpp"
#include "support/child_process.hpp"
#include "support/sockets.hpp"
#include "support/tls_conversation.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace cresset::net {
namespace {

using tests::certificates;
using tests::peer_socket;
using conversation = tests::tls_conversation;

// `openssl s_server` on a free port of 127.0.0.1.
class tls_server
{
public:
    tls_server(const certificates& files, std::vector<std::string> more)
        : program_([&] {
              std::vector<std::string> command{"openssl", "s_server",
                                               "-accept", "127.0.0.1:0",
                                               "-cert",   files.cert_file("server"),
                                               "-key",    files.key_file("server")};
              command.insert(command.end(), more.begin(), more.end());
              return command;
          }())
    {
        program_.read_until("ACCEPT 127.0.0.1:");
        port_ = static_cast<std::uint16_t>(std::stoi(program_.read_until("\n")));
    }

    peer_socket connect() const
    {
        tests::descriptor socket(
            tests::check_call(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        tests::check_call(
            ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address),
            "connect");
        const int on = 1;
        ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return peer_socket(std::move(socket));
    }

    tests::child_process& program() { return program_; }

private:
    tests::child_process program_;
    std::uint16_t port_ = 0;
};

struct tls : testing::Test
{
    static void SetUpTestSuite()
    {
        files = std::make_unique<certificates>();
        files->sign("server", "IP:127.0.0.1,DNS:localhost");
        files->sign("client", "DNS:client");
    }
    static void TearDownTestSuite() { files = nullptr; }

    static tls_client_options trusting() { return {files->ca_file(), {}, {}}; }

    // Sends and gets back lines, reversed by the server.
    static void expect_both_ways(conversation& talk)
    {
        talk.handshake();
        EXPECT_TRUE(talk.send("hello\n"));
        EXPECT_EQ(talk.receive(6), "olleh\n") << talk.session.error();
        EXPECT_TRUE(talk.session.established());
        EXPECT_EQ(talk.session.error(), "");
    }

    // Why it ends, with an end that is none in good order.
    static std::string failure(tls_server& server, const tls_client_options& options,
                               const std::string& host)
    {
        const tls_client_context context(options);
        conversation talk(server.connect(), context, host);
        talk.send("secret\n");
        talk.run_to_the_end();
        EXPECT_EQ(talk.received, "");
        EXPECT_FALSE(talk.send("secret\n") && talk.session.established());
        return talk.session.error();
    }

    static std::unique_ptr<certificates> files;
};

std::unique_ptr<certificates> tls::files;

std::string refusal_of(const tls_client_options& options)
{
    try {
        const tls_client_context context(options);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "taken";
}

using tls_session_with = tls;
using tls_context = tls;

TEST_F(tls_session_with, a_server_that_is_an_address)
{
    const tls_server server(*files, {"-rev"});
    const tls_client_context context(trusting());
    conversation talk(server.connect(), context, "127.0.0.1");
    expect_both_ways(talk);
}

TEST_F(tls_session_with, a_server_that_has_a_name)
{
    const tls_server server(*files, {"-rev"});
    const tls_client_context context(trusting());
    conversation talk(server.connect(), context, "localhost");
    expect_both_ways(talk);
}

TEST_F(tls_session_with, both_versions_cut_anywhere)
{
    for (const char* version : {"-tls1_2", "-tls1_3"}) {
        const tls_server server(*files, {"-rev", version});
        const tls_client_context context(trusting());
        for (const std::size_t cut : {1u, 2u, 3u, 5u, 64u, 1000u, 16'384u}) {
            conversation talk(server.connect(), context, "localhost", cut);
            expect_both_ways(talk);
            EXPECT_TRUE(talk.session.established()) << version << " in pieces of " << cut;
        }
    }
}

TEST_F(tls_session_with, much_to_say)
{
    const tls_server server(*files, {"-rev"});
    const tls_client_context context(trusting());
    conversation talk(server.connect(), context, "127.0.0.1");
    std::string expected;
    std::string said;
    for (int i = 0; i < 200; ++i) { // the server reads it all before the pipe is full
        std::string line = std::to_string(i) + std::string(500, 'x');
        said += line + '\n';
        std::ranges::reverse(line);
        expected += line + '\n';
    }
    EXPECT_TRUE(talk.send(said));
    EXPECT_EQ(talk.receive(expected.size()), expected);
}

TEST_F(tls_session_with, a_peer_that_writes_large_records)
{
    tls_server server(*files, {});
    const tls_client_context context(trusting());
    conversation talk(server.connect(), context, "127.0.0.1");
    talk.handshake();
    const std::string much(60'000, 'x');
    server.program().write(much);
    EXPECT_EQ(talk.receive(much.size()), much);
}

TEST_F(tls_session_with, words_before_the_handshake_is_over)
{
    const tls_server server(*files, {"-rev"});
    const tls_client_context context(trusting());
    conversation talk(server.connect(), context, "localhost");
    EXPECT_FALSE(talk.session.established());
    EXPECT_TRUE(talk.send("one\n"));
    EXPECT_TRUE(talk.send(""));
    EXPECT_TRUE(talk.send("two\n"));
    EXPECT_EQ(talk.receive(8), "eno\nowt\n");
}

TEST_F(tls_session_with, output_at_once)
{
    const tls_client_context context(trusting());
    tls_session session(context, "localhost");
    EXPECT_FALSE(session.take_output().empty());
    EXPECT_TRUE(session.take_output().empty());
    EXPECT_FALSE(session.established());
}

TEST_F(tls_session_with, the_name_told_to_the_server_but_no_address)
{
    const tls_client_context context(trusting());
    EXPECT_NE(tls_session(context, "redis.example").take_output().find("redis.example"),
              std::string::npos);
    EXPECT_EQ(tls_session(context, "127.0.0.1").take_output().find("127.0.0.1"), std::string::npos);
    EXPECT_EQ(tls_session(context, "::1").take_output().find("::1"), std::string::npos);
}

TEST_F(tls_session_with, a_peer_that_ends_it_in_good_order)
{
    tls_server server(*files, {});
    const tls_client_context context(trusting());
    conversation talk(server.connect(), context, "127.0.0.1");
    talk.handshake();
    talk.send("hello\n");
    server.program().read_until("hello");
    server.program().write("bye\n");
    EXPECT_EQ(talk.receive(4), "bye\n");
    server.program().write("q\n");
    talk.run_to_the_end();
    EXPECT_EQ(talk.received, "bye\n");
    EXPECT_EQ(talk.session.error(), "");
}

TEST_F(tls_session_with, new_keys)
{
    tls_server server(*files, {"-tls1_3", "-num_tickets", "0"});
    const tls_client_context context(trusting());
    for (const std::size_t cut : {std::size_t{1}, conversation::uncut}) {
        conversation talk(server.connect(), context, "127.0.0.1", cut);
        talk.handshake();
        talk.send("one\n");
        server.program().read_until("one");
        server.program().write("K\n"); // and asks the client for new ones too
        EXPECT_TRUE(talk.receive_some());
        server.program().write("back\n");
        EXPECT_EQ(talk.receive(5), "back\n") << talk.session.error();
        EXPECT_TRUE(talk.send("two\n"));
        server.program().read_until("two");
        server.program().write("q\n");
        talk.run_to_the_end();
    }
}

TEST_F(tls_session_with, a_peer_that_wants_to_renegotiate)
{
    tls_server server(*files, {"-tls1_2"});
    const tls_client_context context(trusting());
    conversation talk(server.connect(), context, "127.0.0.1");
    talk.handshake();
    talk.send("one\n");
    server.program().read_until("one");
    server.program().write("r\n");
    EXPECT_TRUE(talk.receive_some());
    EXPECT_FALSE(talk.session.established());
    EXPECT_TRUE(talk.send("two\n")); // in between
    talk.handshake();
    EXPECT_TRUE(talk.send("three\n"));
    server.program().read_until("two");
    server.program().read_until("three");
    server.program().write("back\n");
    EXPECT_EQ(talk.receive(5), "back\n") << talk.session.error();
}

TEST_F(tls_session_with, a_certificate_of_somebody_else)
{
    const certificates others;
    tls_server server(*files, {"-rev"});
    EXPECT_NE(failure(server, {others.ca_file(), {}, {}}, "127.0.0.1").find("certificate"),
              std::string::npos);
}

TEST_F(tls_session_with, a_certificate_that_the_system_does_not_trust)
{
    tls_server server(*files, {"-rev"});
    EXPECT_NE(failure(server, {}, "127.0.0.1").find("certificate"), std::string::npos);
}

TEST_F(tls_session_with, a_certificate_for_another_host)
{
    tls_server server(*files, {"-rev"});
    EXPECT_EQ(failure(server, trusting(), "redis.example"), "hostname mismatch");
    EXPECT_EQ(failure(server, trusting(), "localhost.example"), "hostname mismatch");
    EXPECT_EQ(failure(server, trusting(), "127.0.0.2"), "IP address mismatch");
    EXPECT_EQ(failure(server, trusting(), "::1"), "IP address mismatch");
}

TEST_F(tls_session_with, nothing_told_to_a_server_that_it_does_not_trust)
{
    tls_server server(*files, {});
    for (int i = 0; i < 3; ++i)
        failure(server, trusting(), "redis.example");
    const tls_client_context context(trusting());
    conversation talk(server.connect(), context, "127.0.0.1");
    talk.handshake();
    talk.send("in the end\n");
    EXPECT_EQ(server.program().read_until("in the end").find("secret"), std::string::npos);
}

TEST_F(tls_session_with, no_host_to_expect)
{
    const tls_server server(*files, {"-rev"});
    const tls_client_context context(trusting());
    conversation talk(server.connect(), context, "");
    EXPECT_FALSE(talk.send("secret\n"));
    EXPECT_FALSE(talk.session.receive("x", talk.received));
    EXPECT_NE(talk.session.error(), "");
    EXPECT_EQ(talk.session.take_output(), "");
}

TEST_F(tls_session_with, a_server_that_wants_a_certificate_of_ours)
{
    for (const char* version : {"-tls1_2", "-tls1_3"}) {
        tls_server server(*files, {"-rev", version, "-Verify", "1", "-verify_return_error",
                                   "-CAfile", files->ca_file()});
        EXPECT_NE(failure(server, trusting(), "127.0.0.1"), "") << version;
        const tls_client_context context(
            {files->ca_file(), files->cert_file("client"), files->key_file("client")});
        conversation talk(server.connect(), context, "127.0.0.1");
        expect_both_ways(talk);
    }
}

TEST_F(tls_session_with, a_server_of_an_old_version)
{
    tls_server server(*files, {"-rev", "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"});
    EXPECT_NE(failure(server, trusting(), "127.0.0.1"), "");
}

TEST_F(tls_session_with, a_peer_that_speaks_no_tls)
{
    const tls_client_context context(trusting());
    for (const std::size_t cut : {std::size_t{1}, conversation::uncut}) {
        tests::tcp_pair pair = tests::connect_over_tcp();
        ::fcntl(pair.server.get(), F_SETFL, 0);
        peer_socket plain(std::move(pair.server));
        conversation talk(std::move(pair.client), context, "127.0.0.1", cut);
        plain.send("-ERR Protocol error\r\n");
        plain.finish();
        talk.run_to_the_end();
        EXPECT_NE(talk.session.error(), "");
        EXPECT_EQ(talk.received, "");
        EXPECT_FALSE(talk.session.established());
    }
}

TEST_F(tls_session_with, bytes_changed_on_the_way)
{
    const tls_server server(*files, {"-rev"});
    const tls_client_context context(trusting());
    conversation talk(server.connect(), context, "127.0.0.1");
    expect_both_ways(talk);
    const std::string record("\x17\x03\x03\x00\x18"
                             "abcdefghijklmnopqrstuvwx",
                             29);
    EXPECT_FALSE(talk.session.receive(record, talk.received));
    EXPECT_NE(talk.session.error(), "");
    EXPECT_FALSE(talk.session.receive(record, talk.received)) << "it is over for good";
    EXPECT_EQ(talk.received, "olleh\n");
}

TEST_F(tls_context, refuses_files_that_cannot_be_used)
{
    const std::string none = files->folder / "none.pem";
    const std::string text = files->folder.write("text.pem", "no certificate\n");
    const std::string cert = files->cert_file("client");
    const std::string key = files->key_file("client");
    for (const std::string& file : {none, text}) {
        EXPECT_NE(refusal_of({file, {}, {}}).find("cannot use the CA file " + file),
                  std::string::npos);
        EXPECT_NE(refusal_of({{}, file, key}).find("cannot use the certificate " + file),
                  std::string::npos);
        EXPECT_NE(refusal_of({{}, cert, file}).find("cannot use the key " + file),
                  std::string::npos);
    }
    EXPECT_NE(refusal_of({{}, cert, {}}).find("go together"), std::string::npos);
    EXPECT_NE(refusal_of({{}, {}, key}).find("go together"), std::string::npos);
    EXPECT_EQ(refusal_of({{}, cert, key}), "taken");
}

TEST_F(tls_context, refuses_a_key_of_another_certificate)
{
    const std::string why = refusal_of({{}, files->cert_file("client"), files->key_file("server")});
    EXPECT_NE(why.find("cannot use the key"), std::string::npos) << why;
}

TEST_F(tls_context, refuses_a_key_with_a_passphrase_and_asks_nobody)
{
    const std::string locked = files->folder / "locked.key";
    tests::run_program({"openssl", "ec", "-in", files->key_file("client"), "-aes128", "-passout",
                        "pass:secret", "-out", locked});
    const tests::captured_stderr captured; // where it asks if there is no terminal
    const std::string why = refusal_of({{}, files->cert_file("client"), locked});
    EXPECT_NE(why.find("cannot use the key"), std::string::npos) << why;
    EXPECT_EQ(captured.text(), "");
}

} // namespace
} // namespace cresset::net
