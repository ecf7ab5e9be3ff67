// Text is valid when simdjson says so, however it is cut; and it is refused at the first byte with
// which no text can go on.

#include "cut_input.hpp"
#include "expect.hpp"
#include "ws/utf8_validator.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace cresset;
using fuzz::expect;

struct verdict
{
    bool failed = false;
    bool complete = true;

    friend bool operator==(const verdict&, const verdict&) = default;
};

verdict validate(const fuzz::pieces& pieces)
{
    ws::utf8_validator validator;
    verdict found;
    for (const std::string_view piece : pieces) {
        const std::vector<char> bytes(piece.begin(), piece.end()); // seen by asan beyond its end
        found.failed = !validator.feed({bytes.data(), bytes.size()});
    }
    found.complete = validator.complete();
    return found;
}

// Whether valid text can begin so: three bytes more complete every sequence, if any do.
bool may_begin(std::string_view text)
{
    static constexpr std::string_view ends[] = {"",         "\x80",         "\x80\x80",
                                                "\xa0\x80", "\x90\x80\x80", "\x80\x80\x80"};
    return std::ranges::any_of(ends, [&](std::string_view end) {
        return simdjson::validate_utf8(std::string(text).append(end));
    });
}

void check_place_of_failure(std::string_view text)
{
    ws::utf8_validator validator;
    std::size_t taken = 0;
    while (taken < text.size() && validator.feed(text.substr(taken, 1)))
        ++taken;
    expect(may_begin(text.substr(0, taken)), "what was taken can go on");
    expect(taken == text.size() || !may_begin(text.substr(0, taken + 1)), "and not at that byte");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const fuzz::cut_input input(data, size);
    const verdict whole = validate(input.whole());
    expect(validate(input.cut) == whole, "whole or in pieces, the verdict is the same");
    expect(validate(input.one_by_one()) == whole, "byte by byte, it is too");
    const bool valid = simdjson::validate_utf8(input.bytes.data(), input.bytes.size());
    expect((!whole.failed && whole.complete) == valid, "as simdjson says");
    check_place_of_failure(input.bytes);
    return 0;
}
