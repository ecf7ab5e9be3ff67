#include "serve/access.hpp"

#include <cresset/errors.hpp>
#include <stdexcept>

namespace cresset::serve {

http::origin_rules make_origin_rules(const std::vector<std::string>& patterns, bool required,
                                     const char* option)
{
    try {
        return {patterns, required};
    } catch (const std::invalid_argument& error) {
        throw option_error(option, error.what());
    }
}

base::ip_prefixes make_trusted_proxies(const std::vector<std::string>& given, const char* option)
{
    base::ip_prefixes trusted;
    for (const std::string& each : given) {
        if (each == "loopback") {
            trusted.push_back(base::ip_prefix::parse("127.0.0.0/8"));
            trusted.push_back(base::ip_prefix::parse("::1"));
            continue;
        }
        try {
            trusted.push_back(base::ip_prefix::parse(each));
        } catch (const std::invalid_argument& error) {
            throw option_error(option, '"' + each + "\" " + error.what());
        }
    }
    return trusted;
}

} // namespace cresset::serve
