// Any headers get an answer that RFC 7692 allows, made of nothing that the client has chosen but
// numbers.

#include "expect.hpp"
#include "ws/deflate_offer.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace cresset;
using fuzz::expect;

void check(const http::request& request, const ws::deflate_options& options)
{
    const auto found = ws::answer_deflate_offers(request, options);
    if (!found || found->header.empty()) {
        expect(!found || !found->parameters.agreed, "no header, nothing agreed on");
        return;
    }
    const ws::deflate_parameters& agreed = found->parameters;
    expect(options.enabled && agreed.agreed, "a header, and something agreed on");
    std::string expected = "permessage-deflate";
    if (!agreed.server_keeps_context)
        expected += "; server_no_context_takeover";
    if (!agreed.client_keeps_context)
        expected += "; client_no_context_takeover";
    const auto bits = [](const char* name, unsigned value) {
        return std::string("; ") + name + "_max_window_bits=" + std::to_string(value);
    };
    const std::string server = bits("server", agreed.server_window_bits);
    if (found->header.find("server_max") != std::string::npos)
        expected += server;
    if (agreed.client_window_bits < 15)
        expected += bits("client", agreed.client_window_bits);
    expect(found->header == expected, "a header says what was agreed on");
    expect(agreed.server_window_bits >= 8 && agreed.client_window_bits >= 8, "windows");
    expect(options.context_takeover ||
               !(agreed.server_keeps_context || agreed.client_keeps_context),
           "contexts only where they are wanted");
}

} // namespace

// Each line is a header.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view left(reinterpret_cast<const char*>(data), size);
    http::request request;
    while (!left.empty()) {
        const std::string_view line = left.substr(0, left.find('\n'));
        request.headers.push_back({"Sec-WebSocket-Extensions", std::string(line)});
        left.remove_prefix(std::min(left.size(), line.size() + 1));
    }
    check(request, {});
    check(request, {.enabled = true});
    check(request, {.enabled = true, .context_takeover = true});
    return 0;
}
