#include "ws/handshake.hpp"

#include "crypto/base64.hpp"
#include "crypto/digest.hpp"
#include "ws/deflate_offer.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace cresset::ws {
namespace {

constexpr std::string_view supported_version = "13";

// RFC 6455, section 1.3.
constexpr std::string_view accept_guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

bool equals_ignoring_case(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

// A list may be spread over several headers of its name (RFC 9110, section 5.3).
bool any_has_token(const http::request& request, std::string_view name, std::string_view token)
{
    return std::any_of(request.headers.begin(), request.headers.end(), [&](const auto& header) {
        return equals_ignoring_case(header.name, name) && http::has_token(header.value, token);
    });
}

bool is_base64_digit(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
}

// Base64 of 16 bytes: 22 digits and two of padding.
bool is_key(std::string_view text)
{
    return text.size() == 24 && text.ends_with("==") &&
           std::all_of(text.begin(), text.end() - 2, is_base64_digit);
}

http::response refuse(unsigned status, std::string_view why)
{
    http::response answer = http::error_response(status, why);
    answer.close = true;
    return answer;
}

http::response refuse_version()
{
    http::response answer = refuse(426, "Sec-WebSocket-Version must be 13");
    answer.headers.push_back({"Sec-WebSocket-Version", std::string{supported_version}});
    return answer;
}

std::string accept_for(const std::string& key)
{
    return crypto::base64_encode(crypto::sha1(key + std::string{accept_guid}));
}

} // namespace

bool is_upgrade(const http::request& request) noexcept
{
    return any_has_token(request, "Upgrade", "websocket");
}

http::response answer_upgrade(const http::request& request)
{
    if (request.method != "GET" || !request.http_1_1)
        return refuse(400, "A WebSocket begins with GET in HTTP/1.1");
    // Not even an empty one in chunks: whoever reads no chunks in front of us takes them for
    // frames.
    if (!request.body.empty() || request.find("Transfer-Encoding") != nullptr)
        return refuse(400, "A WebSocket handshake has no body");
    if (!is_upgrade(request) || !any_has_token(request, "Connection", "upgrade"))
        return refuse(400, "Upgrade must say websocket and Connection upgrade");

    if (request.count("Sec-WebSocket-Version") > 1)
        return refuse(400, "More than one Sec-WebSocket-Version");
    const std::string* version = request.find("Sec-WebSocket-Version");
    if (version == nullptr || *version != supported_version)
        return refuse_version();

    const std::string* key = request.find("Sec-WebSocket-Key");
    if (request.count("Sec-WebSocket-Key") != 1 || !is_key(*key))
        return refuse(400, "Sec-WebSocket-Key must be 16 bytes in base64, once");

    http::response answer;
    answer.status = 101;
    answer.headers = {{"Upgrade", "websocket"},
                      {"Connection", "Upgrade"},
                      {"Sec-WebSocket-Accept", accept_for(*key)}};
    return answer;
}

upgrade answer_upgrade(const http::request& request, const deflate_options& options)
{
    upgrade made{answer_upgrade(request), {}};
    if (made.answer.status != 101)
        return made;
    auto deflate = answer_deflate_offers(request, options);
    if (!deflate)
        return {refuse(400, "Sec-WebSocket-Extensions is malformed"), {}};
    made.deflate = deflate->parameters;
    if (!deflate->header.empty())
        made.answer.headers.push_back({"Sec-WebSocket-Extensions", std::move(deflate->header)});
    return made;
}

} // namespace cresset::ws
