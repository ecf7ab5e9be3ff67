#include "serve/server_options.hpp"

#include <gtest/gtest.h>

#include <cresset/errors.hpp>
#include <functional>

namespace cresset::serve {
namespace {

handlers accept_everybody()
{
    handlers h;
    h.authenticate = [](const authenticate_request&) { return identity("somebody"); };
    return h;
}

struct bad_option
{
    const char* option;
    std::function<void(server_options&)> spoil;
};

class bad_options : public testing::TestWithParam<bad_option>
{};

TEST_P(bad_options, are_refused_by_name)
{
    server_options options;
    GetParam().spoil(options);
    try {
        check_options(options, accept_everybody());
        FAIL() << "accepted a bad " << GetParam().option;
    } catch (const option_error& error) {
        EXPECT_EQ(error.option(), GetParam().option);
        EXPECT_TRUE(std::string(error.what()).starts_with(error.option() + ": "));
    }
}

using std::chrono::milliseconds;

INSTANTIATE_TEST_SUITE_P(
    server_options, bad_options,
    testing::Values(
        bad_option{"identifier", [](auto& o) { o.identifier = ""; }},
        bad_option{"host", [](auto& o) { o.host = ""; }},
        bad_option{"path", [](auto& o) { o.path = "ws"; }},
        bad_option{"path", [](auto& o) { o.path = "/"; }},
        bad_option{"path", [](auto& o) { o.path = "/ws?x"; }},
        bad_option{"origins", [](auto& o) { o.origins = {"chat.example"}; }},
        bad_option{"origins",
                   [](auto& o) {
                       o.origins = {"*", "https://a.example/"};
                   }},
        bad_option{"trusted_proxies", [](auto& o) { o.trusted_proxies = {"proxy.example"}; }},
        bad_option{"trusted_proxies",
                   [](auto& o) {
                       o.trusted_proxies = {"loopback", "::/129"};
                   }},
        bad_option{"proxy_protocol", [](auto& o) { o.proxy_protocol = true; }},
        bad_option{"threads", [](auto& o) { o.threads = 65; }},
        bad_option{"default_rooms",
                   [](auto& o) {
                       o.default_rooms = {"a", ""};
                   }},
        bad_option{"default_rooms",
                   [](auto& o) { o.default_rooms = {"01234567-89ab-4def-8123-456789abcdef"}; }},
        bad_option{"handshake_timeout", [](auto& o) { o.handshake_timeout = milliseconds(0); }},
        bad_option{"auth_timeout", [](auto& o) { o.auth_timeout = milliseconds(0); }},
        bad_option{"heartbeat_interval", [](auto& o) { o.heartbeat_interval = milliseconds(0); }},
        bad_option{"heartbeat_timeout", [](auto& o) { o.heartbeat_timeout = milliseconds(-1); }},
        bad_option{"idle_timeout", [](auto& o) { o.idle_timeout = milliseconds(-1); }},
        bad_option{"idle_timeout", [](auto& o) { o.idle_timeout = std::chrono::hours(1000); }},
        bad_option{"encrypted_batch_limit", [](auto& o) { o.encrypted_batch_limit = 0; }},
        bad_option{"outbound_transform_timeout",
                   [](auto& o) { o.outbound_transform_timeout = milliseconds(0); }},
        bad_option{"encryption_key_file", [](auto& o) { o.encryption_key_file = "/some/key"; }},
        bad_option{"deflate_context_takeover", [](auto& o) { o.deflate_context_takeover = true; }},
        bad_option{"max_payload_length", [](auto& o) { o.max_payload_length = 0; }},
        bad_option{"backpressure_limit", [](auto& o) { o.backpressure_limit = 0; }},
        bad_option{"backpressure_limit_total", [](auto& o) { o.backpressure_limit_total = 0; }},
        bad_option{"close_on_backpressure_limit",
                   [](auto& o) {
                       o.close_on_backpressure_limit = true;
                       o.slow_clients = slow_client_policy::drop_oldest;
                   }},
        bad_option{"event_policies",
                   [](auto& o) {
                       o.event_policies = {{"", {}}};
                   }},
        bad_option{"event_policies",
                   [](auto& o) {
                       o.event_policies = {{"a", slow_client_policy::close, "key"}};
                   }},
        bad_option{"event_policies", [](auto& o) {
                       o.event_policies = {{"a", slow_client_policy::close},
                                           {"a", slow_client_policy::drop_oldest}};
                   }}));

TEST(server_options, need_somebody_to_authenticate)
{
    try {
        check_options({}, {});
        FAIL();
    } catch (const option_error& error) {
        EXPECT_EQ(error.option(), "authenticate");
    }
}

TEST(server_options, have_one_handshake)
{
    handlers h = accept_everybody();
    h.handshake = [](const handshake_request&) { return handshake_result{}; };
    server_options options;
    options.require_encryption = true;
    check_options(options, h);
    for (const auto mode : {encryption_mode::optional, encryption_mode::required}) {
        options.encryption = mode;
        EXPECT_THROW(check_options(options, h), option_error);
    }
}

TEST(server_options, are_fine_by_default)
{
    check_options({}, accept_everybody());
    base::log log(base::log_level::off, base::log_format::text);
    EXPECT_GE(to_node_options({}, log).threads, 1u);
}

} // namespace
} // namespace cresset::serve
