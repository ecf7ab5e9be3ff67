// The bytes of Redis give the same replies however they are cut, and the replies say what the bytes
// say.

#include "cut_input.hpp"
#include "expect.hpp"
#include "support/reply_text.hpp"

#include <string>

namespace {

using namespace cresset;
using fuzz::expect;
using redis::reply;
using redis::reply_kind;

// Within reach of the input.
constexpr std::size_t reply_bytes_max = 2048;

bool skip(std::string_view& rest, std::string_view what)
{
    if (!rest.starts_with(what))
        return false;
    rest.remove_prefix(what.size());
    return true;
}

bool skip_line(std::string_view& rest, char sign, std::string_view text)
{
    return skip(rest, std::string_view(&sign, 1)) && skip(rest, text) && skip(rest, "\r\n");
}

// Whether the bytes begin with the reply, which is skipped.
bool skip_reply(std::string_view& rest, const reply& r)
{
    switch (r.kind()) {
    case reply_kind::nil:
        return skip(rest, "$-1\r\n") || skip(rest, "*-1\r\n");
    case reply_kind::status:
        return skip_line(rest, '+', r.text());
    case reply_kind::error:
        return skip_line(rest, '-', r.text());
    case reply_kind::integer:
        return skip_line(rest, ':', std::to_string(r.integer()));
    case reply_kind::string:
        if (!skip_line(rest, '$', std::to_string(r.text().size())) || !skip(rest, r.text()))
            return false;
        rest.remove_prefix(2); // hiredis takes any two bytes for the line end
        return true;
    case reply_kind::array:
        break;
    }
    if (!skip_line(rest, '*', std::to_string(r.size())))
        return false;
    for (std::size_t i = 0; i < r.size(); ++i)
        if (!skip_reply(rest, r[i]))
            return false;
    return true;
}

void check_meaning(std::string_view bytes)
{
    redis::reply_reader reader(reply_bytes_max);
    std::string_view rest = bytes;
    const bool readable = reader.read(bytes, [&](const reply& r) {
        expect(skip_reply(rest, r), "a reply is what the bytes say");
        return true;
    });
    expect(readable == reader.error().empty(), "what can't be read has an error");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const fuzz::cut_input input(data, size);
    const redis::read_outcome whole = redis::read_pieces(input.whole(), reply_bytes_max);
    expect(redis::read_pieces(input.cut, reply_bytes_max) == whole,
           "whole or in pieces, the replies are the same");
    expect(redis::read_pieces(input.one_by_one(), reply_bytes_max) == whole,
           "byte by byte, they are too");
    check_meaning(input.bytes);
    return 0;
}
