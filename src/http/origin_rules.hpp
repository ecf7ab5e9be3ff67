#pragma once

#include "http/origin.hpp"
#include "http/request.hpp"
#include "http/request_rules.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cresset::http {

// The pages that may open a WebSocket. Browsers let any page connect to anywhere, with the cookies
// and from inside the network of whoever looks at it, and only say which one it was (RFC 6455,
// section 10.2). Programs say nothing, or what they like: nothing here keeps those out.
//
// A pattern is compared with an origin part by part, in any case of letters:
//
//     https://chat.example.com     this scheme and host, and the scheme's port
//     https://*.example.com:8443   hosts with one label or more before .example.com
//     http://localhost:*           any port
//     *                            whatever it is
class origin_rules
{
public:
    // Pages of the host that they connect to, whatever serves them; and no Origin at all.
    origin_rules() = default;

    // Pages that one of the patterns fits; without patterns, as above. Throws std::invalid_argument
    // with the pattern and what is wrong with it.
    origin_rules(const std::vector<std::string>& patterns, bool required);

    // 403 for a request that may not become a WebSocket.
    refusal check(const request& asked) const;

private:
    struct pattern
    {
        origin of; // without "*."
        bool subdomains = false;
        bool any_port = false;

        bool fits(const origin& from) const noexcept;
    };

    static pattern parse(std::string_view text);
    bool allows(std::string_view text, const request& asked) const;

    std::vector<pattern> patterns_;
    bool everybody_ = false;
    bool required_ = false; // an Origin, of any kind that is allowed
};

} // namespace cresset::http
