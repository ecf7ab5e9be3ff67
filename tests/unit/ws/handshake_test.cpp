#include "ws/handshake.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>

namespace cresset::ws {
namespace {

// RFC 6455, section 1.3.
http::request sample_request()
{
    http::request request;
    request.method = "GET";
    request.target = "/chat";
    request.headers = {{"Host", "server.example.com"},
                       {"Upgrade", "websocket"},
                       {"Connection", "Upgrade"},
                       {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                       {"Origin", "http://example.com"},
                       {"Sec-WebSocket-Protocol", "chat, superchat"},
                       {"Sec-WebSocket-Extensions", "permessage-deflate"},
                       {"Sec-WebSocket-Version", "13"}};
    return request;
}

void set(http::request& request, std::string_view name, std::string value)
{
    for (http::header& header : request.headers)
        if (header.name == name)
            header.value = value;
}

void remove(http::request& request, std::string_view name)
{
    std::erase_if(request.headers, [&](const auto& header) { return header.name == name; });
}

const std::string* find(const http::response& response, std::string_view name)
{
    for (const http::header& header : response.headers)
        if (header.name == name)
            return &header.value;
    return nullptr;
}

TEST(handshake, answers_the_example_of_the_rfc)
{
    const http::response answer = answer_upgrade(sample_request());
    EXPECT_EQ(answer.status, 101u);
    EXPECT_FALSE(answer.close);
    EXPECT_TRUE(answer.body.empty());
    ASSERT_EQ(answer.headers.size(), 3u); // no extension, no subprotocol
    ASSERT_NE(find(answer, "Upgrade"), nullptr);
    EXPECT_EQ(*find(answer, "Upgrade"), "websocket");
    ASSERT_NE(find(answer, "Connection"), nullptr);
    EXPECT_EQ(*find(answer, "Connection"), "Upgrade");
    ASSERT_NE(find(answer, "Sec-WebSocket-Accept"), nullptr);
    EXPECT_EQ(*find(answer, "Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

using change = std::function<void(http::request&)>;

TEST(handshake, takes_what_the_rfc_lets_vary)
{
    const change changes[] = {
        [](auto& request) { set(request, "Upgrade", "WebSocket"); },
        [](auto& request) { set(request, "Upgrade", "h2c, websocket"); },
        [](auto& request) { set(request, "Connection", "keep-alive, Upgrade"); },
        [](auto& request) { set(request, "Connection", "UPGRADE"); },
        [](auto& request) {
            set(request, "Connection", "keep-alive");
            request.headers.push_back({"connection", "upgrade"});
        },
        [](auto& request) {
            for (auto& header : request.headers)
                for (char& c : header.name)
                    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        },
        [](auto& request) { set(request, "Sec-WebSocket-Key", "+/+/+/+/+/+/+/+/+/+/+A=="); },
    };
    for (const change& each : changes) {
        http::request request = sample_request();
        each(request);
        EXPECT_TRUE(is_upgrade(request));
        EXPECT_EQ(answer_upgrade(request).status, 101u) << &each - changes;
    }
}

TEST(handshake, is_no_upgrade_without_the_token_websocket)
{
    http::request request = sample_request();
    for (const char* const value : {"h2c", "websocket2", "web socket", ""}) {
        set(request, "Upgrade", value);
        EXPECT_FALSE(is_upgrade(request)) << value;
        EXPECT_EQ(answer_upgrade(request).status, 400u) << value;
    }
    remove(request, "Upgrade");
    EXPECT_FALSE(is_upgrade(request));
}

void expect_refused(const change& make_wrong, unsigned status, std::string_view what)
{
    http::request request = sample_request();
    make_wrong(request);
    const http::response answer = answer_upgrade(request);
    EXPECT_EQ(answer.status, status) << what;
    EXPECT_TRUE(answer.close) << what;
    EXPECT_EQ(find(answer, "Sec-WebSocket-Accept"), nullptr) << what;
}

TEST(handshake, refuses_what_is_no_get_in_http_1_1)
{
    expect_refused([](auto& request) { request.method = "POST"; }, 400, "POST");
    expect_refused([](auto& request) { request.method = "get"; }, 400, "get");
    expect_refused([](auto& request) { request.http_1_1 = false; }, 400, "HTTP/1.0");
    expect_refused([](auto& request) { request.body = "x"; }, 400, "a body");
    expect_refused(
        [](auto& request) {
            request.headers.push_back({"transfer-encoding", "chunked"});
        },
        400, "a body of no chunks");
}

TEST(handshake, refuses_a_connection_that_does_not_say_upgrade)
{
    expect_refused([](auto& request) { remove(request, "Connection"); }, 400, "none");
    expect_refused([](auto& request) { set(request, "Connection", "keep-alive"); }, 400, "other");
}

TEST(handshake, names_its_version_to_who_speaks_another)
{
    for (const char* const version : {"12", "8", "", "013", "13, 8", "+13"}) {
        http::request request = sample_request();
        set(request, "Sec-WebSocket-Version", version);
        const http::response answer = answer_upgrade(request);
        EXPECT_EQ(answer.status, 426u) << version;
        EXPECT_TRUE(answer.close);
        ASSERT_NE(find(answer, "Sec-WebSocket-Version"), nullptr);
        EXPECT_EQ(*find(answer, "Sec-WebSocket-Version"), "13");
    }
    expect_refused([](auto& request) { remove(request, "Sec-WebSocket-Version"); }, 426, "none");
    expect_refused(
        [](auto& request) {
            request.headers.push_back({"sec-websocket-version", "13"});
        },
        400, "doubled");
}

TEST(handshake, refuses_a_key_that_is_not_16_bytes_in_base64)
{
    for (const char* const key :
         {"", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZTE=",
          "dGhlIHNhbXBsZSBub25jZTEy", "dGhlIHNhbXBsZSBub25j-Q==", "dGhlIHNhbXBsZSBub25j Q==",
          "dGhlIHNhbXBsZSBub25=ZQ==", "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ=="})
        expect_refused([&](auto& request) { set(request, "Sec-WebSocket-Key", key); }, 400, key);
    expect_refused([](auto& request) { remove(request, "Sec-WebSocket-Key"); }, 400, "none");
    expect_refused(
        [](auto& request) {
            request.headers.push_back({"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="});
        },
        400, "doubled");
}

TEST(handshake, agrees_on_deflate_where_it_is_enabled)
{
    const upgrade made = answer_upgrade(sample_request(), {.enabled = true});
    EXPECT_EQ(made.answer.status, 101u);
    ASSERT_NE(find(made.answer, "Sec-WebSocket-Extensions"), nullptr);
    EXPECT_EQ(*find(made.answer, "Sec-WebSocket-Extensions"),
              "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
    EXPECT_TRUE(made.deflate.agreed);

    const upgrade off = answer_upgrade(sample_request(), {});
    EXPECT_EQ(off.answer.status, 101u);
    EXPECT_EQ(find(off.answer, "Sec-WebSocket-Extensions"), nullptr);
    EXPECT_FALSE(off.deflate.agreed);
}

TEST(handshake, refuses_extensions_that_are_malformed)
{
    http::request request = sample_request();
    set(request, "Sec-WebSocket-Extensions", "permessage-deflate; =");
    const upgrade made = answer_upgrade(request, {.enabled = true});
    EXPECT_EQ(made.answer.status, 400u);
    EXPECT_FALSE(made.deflate.agreed);
    EXPECT_EQ(answer_upgrade(request, {}).answer.status, 400u) << "wanted or not";
    remove(request, "Sec-WebSocket-Key");
    EXPECT_EQ(answer_upgrade(request, {.enabled = true}).answer.status, 400u);
}

} // namespace
} // namespace cresset::ws
