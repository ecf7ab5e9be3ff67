// Requests as the parser lets them through, answered: 101 only to what RFC 6455, section 4.2.1 asks
// for, and nothing of the client's choice in the head of an answer.

#include "expect.hpp"
#include "http/request_parser.hpp"
#include "ws/handshake.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace {

using namespace cresset;
using fuzz::expect;

bool is_key_of_16_bytes(const std::string& text)
{
    unsigned char bytes[64]; // padding counts as bytes
    return text.size() == 24 && text.ends_with("==") &&
           EVP_DecodeBlock(bytes, reinterpret_cast<const unsigned char*>(text.data()), 24) == 18;
}

void check_accepted(const http::request& asked, const http::response& answer)
{
    expect(asked.method == "GET" && asked.http_1_1 && asked.body.empty(), "GET without a body");
    expect(ws::is_upgrade(asked), "what is no upgrade is not upgraded");
    expect(!asked.find("Transfer-Encoding"), "no body of no chunks either");
    expect(asked.find("Host") && asked.find("Connection"), "headers that must be there");
    for (const char* const once : {"Sec-WebSocket-Version", "Sec-WebSocket-Key"})
        expect(asked.count(once) == 1, "headers that must be there once");
    expect(*asked.find("Sec-WebSocket-Version") == "13", "version 13");
    expect(is_key_of_16_bytes(*asked.find("Sec-WebSocket-Key")), "a key of 16 bytes");
    expect(answer.headers.size() == 3 && answer.headers[2].value.size() == 28, "an answer to it");
}

void check_answer(const http::request& asked)
{
    const http::response answer = ws::answer_upgrade(asked);
    if (answer.status == 101)
        check_accepted(asked, answer);
    else
        expect((answer.status == 400 || answer.status == 426) && answer.close, "a refusal");
    const std::string bytes = http::serialize(answer, asked.keep_alive, true);
    const std::string head = bytes.substr(0, bytes.find("\r\n\r\n") + 2);
    const auto lines = std::count(head.begin(), head.end(), '\n');
    // Status and Date; of a refusal also type, length and Connection.
    const std::size_t own = answer.status == 101 ? 2 : 5;
    expect(static_cast<std::size_t>(lines) == own + answer.headers.size(), "no lines but ours");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view bytes(reinterpret_cast<const char*>(data), size);
    http::request_parser parser({});
    while (!bytes.empty() && parser.feed(bytes) == http::request_parser::status::complete)
        check_answer(parser.take());
    return 0;
}
