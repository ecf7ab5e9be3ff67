#pragma once

#include <cresset/export.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// HTTP on the server's port, beside the WebSocket: for health checks and small APIs of one's own.
namespace cresset::http {

struct header
{
    std::string name;
    std::string value;
};

// A whole request, as it was received; the names of headers in any case of letters.
struct request
{
    std::string method;
    std::string target;          // as sent, query string included
    std::vector<header> headers; // in the order received, doubled ones included
    std::string body;            // up to 64 KiB
    bool keep_alive = true;      // what the version and Connection say (RFC 9112, section 9.3)
    bool http_1_1 = true;        // else 1.0

    // Where it comes from: "203.0.113.9", "2001:db8::9". Behind a trusted proxy, the client's own
    // (server_options::trusted_proxies).
    std::string client_address = {};

    // The target without its query string.
    CRESSET_EXPORT std::string_view path() const noexcept;

    // The first header of that name, compared without regard to case; nullptr if there is none.
    CRESSET_EXPORT const std::string* find(std::string_view name) const noexcept;
    CRESSET_EXPORT std::size_t count(std::string_view name) const noexcept;
};

struct response
{
    unsigned status = 200;
    std::string content_type = "text/plain; charset=utf-8"; // not sent without a body
    std::string body;
    std::vector<header> headers; // beside Content-Type, Content-Length, Connection and Date
    bool close = false;          // ends the connection, whatever the request asked for
};

// Called on one of the server's threads, perhaps on several at a time; must not block. An exception
// is answered with 500 and logged.
using handler = std::function<response(const request&)>;

} // namespace cresset::http
