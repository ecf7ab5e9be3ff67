#include "http/target.hpp"

#include "http/grammar.hpp"

namespace cresset::http {
namespace {

// The length of "http://" or "https://" at the front, else 0. We serve these two schemes only;
// a WebSocket's target has them as well (RFC 6455, section 4.1).
std::size_t scheme_size(std::string_view target) noexcept
{
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (iequals(target.substr(0, scheme.size()), scheme))
            return scheme.size();
    }
    return 0;
}

} // namespace

target_parts split_target(std::string_view target) noexcept
{
    target_parts parts;
    if (const std::size_t scheme = scheme_size(target); scheme != 0) {
        target.remove_prefix(scheme);
        parts.absolute = true;
        parts.authority = target.substr(0, target.find_first_of("/?"));
        target.remove_prefix(parts.authority.size());
    }
    parts.path = target.substr(0, target.find('?'));
    if (parts.absolute && parts.path.empty())
        parts.path = "/"; // RFC 9110, section 4.2.3
    return parts;
}

} // namespace cresset::http
