// A page gets in by its origin alone, part by part: what is let in is, letter by letter, one of the
// few texts that the rules mean.

#include "expect.hpp"
#include "http/authority.hpp"
#include "http/grammar.hpp"
#include "http/origin_rules.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace cresset;
using fuzz::expect;

std::string lower(std::string_view text)
{
    std::string all(text);
    std::ranges::transform(all, all.begin(), http::to_lower);
    return all;
}

bool lets_in(const http::origin_rules& rules, std::string_view origin, std::string_view host)
{
    http::request asked;
    asked.target = "/ws";
    asked.headers = {{"Host", std::string(host)}, {"Origin", std::string(origin)}};
    const http::refusal refused = rules.check(asked);
    expect(!refused || refused.status == 403, "a refusal");
    return !refused;
}

// One or more labels.
bool are_labels(std::string_view text)
{
    return !text.empty() && text.front() != '.' && text.back() != '.' &&
           text.find("..") == text.npos && std::ranges::all_of(text, [](char c) {
               return http::is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
           });
}

bool take(std::string_view& text, std::string_view front)
{
    if (!text.starts_with(front))
        return false;
    text.remove_prefix(front.size());
    return true;
}

void check_patterns(std::string_view origin)
{
    static const http::origin_rules rules({"https://*.example.com", "http://localhost:*"}, false);
    if (!lets_in(rules, origin, "a"))
        return;
    const std::string text = lower(origin);
    std::string_view left = text;
    if (take(left, "http://localhost")) {
        expect(left.empty() || (take(left, ":") && !left.empty() && left.size() <= 5 &&
                                std::ranges::all_of(left, http::is_digit)),
               "localhost at any port");
        return;
    }
    expect(take(left, "https://"), "a scheme of the rules");
    if (left.ends_with(":443"))
        left.remove_suffix(4);
    expect(left.ends_with(".example.com"), "a host of the rules");
    left.remove_suffix(std::string_view(".example.com").size());
    expect(are_labels(left), "and labels below it");
}

void check_same_host(std::string_view origin, std::string_view host)
{
    static const http::origin_rules rules;
    if (!lets_in(rules, origin, host))
        return;
    const auto page = http::parse_origin(origin);
    const auto here = http::parse_authority(host);
    expect(page && here && page->host == here->host, "of the same host");
    expect(here->port.value_or(http::default_port(page->scheme)) == page->port, "and port");
    const std::string text = lower(origin);
    expect(text.starts_with("http://") || text.starts_with("https://"), "pages of the web");
    expect(text.find_first_of("/?#@\\ \t,", 8) == text.npos, "with nothing but a host");
}

void check_authority(std::string_view text)
{
    const auto found = http::parse_authority(text);
    if (!found)
        return;
    const std::string written =
        found->host + (found->port ? ":" + std::to_string(*found->port) : "");
    expect(http::parse_authority(written) == found, "an authority reads as it is written");
    expect(lower(found->host) == found->host && found->port != 0, "in one form");
}

} // namespace

// The first line is the page's origin, the second the Host that it connects to.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::string_view origin = input.substr(0, input.find('\n'));
    const std::string_view host =
        origin.size() < input.size() ? input.substr(origin.size() + 1) : std::string_view();
    check_patterns(origin);
    check_same_host(origin, host);
    check_authority(host);
    return 0;
}
