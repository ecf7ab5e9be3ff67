// A connection's bytes give the same requests however they are cut, and a request that was taken
// reads the same when it is sent on: nothing in it can be smuggled past another server.

#include "cut_input.hpp"
#include "expect.hpp"
#include "http/request_parser.hpp"

#include <cstdio>
#include <string>

namespace {

using namespace cresset;
using fuzz::expect;
using status = http::request_parser::status;

// As a client would have sent it, in one chunk if in chunks.
std::string to_bytes(const http::request& asked)
{
    std::string out = asked.method + ' ' + asked.target;
    out += asked.http_1_1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n";
    for (const http::header& field : asked.headers)
        out += field.name + ": " + field.value + "\r\n";
    out += "\r\n";
    if (asked.count("Transfer-Encoding") == 0)
        return out + asked.body;
    if (!asked.body.empty()) {
        char line[20];
        std::snprintf(line, sizeof line, "%zx\r\n", asked.body.size());
        out += line + asked.body + "\r\n";
    }
    return out + "0\r\n\r\n";
}

// All that the parser says, in one text.
std::string parse(const http::request_limits& limits, const fuzz::pieces& pieces)
{
    http::request_parser parser(limits);
    std::string all;
    auto last = status::need_more;
    for (const std::string_view piece : pieces) {
        const std::vector<char> bytes(piece.begin(), piece.end()); // seen by asan beyond its end
        std::string_view input(bytes.data(), bytes.size());
        while (!input.empty() && last != status::failed) {
            last = parser.feed(input);
            expect(last != status::need_more || input.empty(), "what needs more has taken all");
            if (last == status::complete) {
                const http::request asked = parser.take();
                all += to_bytes(asked) + (asked.keep_alive ? "\nkeep-alive\n" : "\nclose\n");
            }
        }
    }
    if (last == status::failed)
        return all + std::to_string(parser.error()) + std::string(parser.error_text());
    return all + (parser.started() ? "started" : "between requests");
}

void check_sent_on(std::string_view bytes, const http::request_limits& limits)
{
    http::request_parser parser(limits);
    while (!bytes.empty() && parser.feed(bytes) == status::complete) {
        const http::request asked = parser.take();
        const std::string sent = to_bytes(asked);
        expect(parse({}, {sent}) ==
                   sent + (asked.keep_alive ? "\nkeep-alive\n" : "\nclose\n") + "between requests",
               "a request that is sent on reads the same");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    // Within reach of the input; those that sent requests are held to are larger.
    static constexpr http::request_limits limits{
        .head_bytes_max = 1024, .headers_max = 10, .body_bytes_max = 512};
    const fuzz::cut_input input(data, size);
    const std::string whole = parse(limits, input.whole());
    expect(parse(limits, input.cut) == whole, "whole or in pieces, the requests are the same");
    expect(parse(limits, input.one_by_one()) == whole, "byte by byte, they are too");
    check_sent_on(input.bytes, limits);
    return 0;
}
