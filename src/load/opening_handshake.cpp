#include "load/opening_handshake.hpp"

#include "crypto/base64.hpp"
#include "crypto/digest.hpp"

#include <algorithm>

namespace cresset::load {
namespace {

constexpr std::string_view key = "Y3Jlc3NldCBiZW5jaCBrZQ==";
constexpr std::string_view guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

std::string expected_accept()
{
    return crypto::base64_encode(crypto::sha1(std::string(key).append(guid)));
}

bool equal_ignoring_case(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trim(std::string_view text)
{
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The value of the first header of that name; empty if there is none.
std::string_view find_header(std::string_view head, std::string_view name)
{
    for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;) {
        const std::string_view rest = head.substr(at + 2);
        const std::size_t end = rest.find("\r\n");
        const std::string_view line = rest.substr(0, end);
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos && equal_ignoring_case(line.substr(0, colon), name))
            return trim(line.substr(colon + 1));
        at = end == std::string_view::npos ? end : at + 2 + end;
    }
    return {};
}

} // namespace

std::string write_upgrade_request(std::string_view host, std::string_view path, bool deflate)
{
    std::string text;
    text.append("GET ").append(path).append(" HTTP/1.1\r\nHost: ").append(host);
    text += "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
            "\r\nSec-WebSocket-Key: ";
    text += key;
    if (deflate)
        text += "\r\nSec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; "
                "server_no_context_takeover";
    return text + "\r\n\r\n";
}

upgrade_answer read_upgrade_answer(std::string_view head)
{
    static const std::string accept = expected_accept();
    const std::string_view status = head.substr(0, head.find("\r\n"));
    if (!status.starts_with("HTTP/1.1 101"))
        return {.why_not = "the server answers the upgrade with \"" + std::string(status) +
                           "\"; is the path of the URL right?"};
    if (find_header(head, "sec-websocket-accept") != accept)
        return {.why_not = "the server's Sec-WebSocket-Accept is wrong: it is no WebSocket server"};
    const std::string_view extensions = find_header(head, "sec-websocket-extensions");
    upgrade_answer answer;
    answer.deflate = extensions.starts_with("permessage-deflate");
    if (answer.deflate && extensions.find("server_no_context_takeover") == std::string_view::npos)
        answer.why_not = "the server accepts permessage-deflate, but wants to keep its context";
    return answer;
}

} // namespace cresset::load
