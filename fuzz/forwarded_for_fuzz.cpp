// Whoever is no trusted proxy is believed nothing, and what stands before the client in
// X-Forwarded-For, where anybody may have written, changes nothing.

#include "base/ip_prefix.hpp"
#include "expect.hpp"
#include "http/forwarded_for.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace cresset;
using fuzz::expect;

const base::ip_prefixes& trusted()
{
    static const base::ip_prefixes prefixes{base::ip_prefix::parse("10.0.0.0/8"),
                                            base::ip_prefix::parse("2001:db8::/32")};
    return prefixes;
}

base::ip_address address(std::string_view text)
{
    return base::ip_address::parse(text).value();
}

base::ip_address client(const http::request& asked, std::string_view peer)
{
    return http::client_of(asked, address(peer), trusted());
}

void check_address(const base::ip_address& found)
{
    expect(base::ip_address::parse(found.to_string()) == found, "it reads as it is written");
}

} // namespace

// Each line is a header.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view left(reinterpret_cast<const char*>(data), size);
    http::request asked;
    std::string joined;
    while (!left.empty()) {
        const std::string_view line = left.substr(0, left.find('\n'));
        asked.headers.push_back({"X-Forwarded-For", std::string(line)});
        joined += (joined.empty() && asked.headers.size() == 1 ? "" : ",") + std::string(line);
        left.remove_prefix(std::min(left.size(), line.size() + 1));
    }

    expect(client(asked, "192.0.2.1") == address("192.0.2.1"), "strangers are who they are");
    for (const char* const proxy : {"10.0.0.1", "2001:db8::1"}) {
        const base::ip_address found = client(asked, proxy);
        check_address(found);
        http::request in_one;
        in_one.headers = {{"x-forwarded-for", joined}};
        expect(asked.headers.empty() || client(in_one, proxy) == found, "several are one list");
        if (contain(trusted(), found))
            continue; // the list was read to its beginning, or to what is no address
        http::request spoofed = asked;
        spoofed.headers.insert(spoofed.headers.begin(), {"X-Forwarded-For", "198.51.100.66"});
        spoofed.headers[1].value.insert(0, "198.51.100.67, 10.0.0.2,");
        expect(client(spoofed, proxy) == found, "what stands before the client is not read");
    }
    return 0;
}
