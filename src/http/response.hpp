#pragma once

#include "http/request.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cresset::http {

struct response
{
    unsigned status = 200;
    std::string content_type = "text/plain; charset=utf-8"; // not sent without a body
    std::string body;
    std::vector<header> headers; // beside Content-Type, Content-Length, Connection and Date
    bool close = false;          // ends the connection, whatever the request asked for
};

// "404 Not Found" and a line that says why: what every refused request gets.
response error_response(unsigned status, std::string_view why);

// Empty for statuses that this server has no use for.
std::string_view reason_phrase(unsigned status) noexcept;

// The bytes to send. `with_body` is false in answer to HEAD: the length is told, the body left out.
// Statuses 101, 204 and 304 have neither. CR, LF and NUL in headers are sent as spaces.
std::string serialize(const response& answer, bool keep_alive, bool with_body);

} // namespace cresset::http
