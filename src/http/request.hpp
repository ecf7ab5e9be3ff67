#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::http {

struct header
{
    std::string name;
    std::string value;
};

// A whole request, as it was received; the names of headers in any case of letters, their values
// without the white space around them. Trailers are dropped.
struct request
{
    std::string method;
    std::string target; // as sent, query string included; see http/target.hpp for its forms
    std::vector<header> headers; // in the order received, doubled ones included
    std::string body;
    bool keep_alive = true; // what the version and Connection say (RFC 9112, section 9.3)
    bool http_1_1 = true;   // else 1.0

    // The target without its query string, and without scheme and host if a proxy's client sent
    // them: "/where" for "http://host/where?now". Not percent-decoded.
    std::string_view path() const noexcept;

    // The first header of that name, compared without regard to case; nullptr if there is none.
    const std::string* find(std::string_view name) const noexcept;
    std::size_t count(std::string_view name) const noexcept;
};

// True if the comma-separated list (RFC 9110, section 5.6.1) has the token, in any case of letters.
bool has_token(std::string_view list, std::string_view token) noexcept;

} // namespace cresset::http
