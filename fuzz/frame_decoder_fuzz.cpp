// A client's bytes give the same items however they are cut, and no item breaks RFC 6455.

#include "cut_input.hpp"
#include "expect.hpp"
#include "unit/ws/decoder_feed.hpp"
#include "ws/close_code.hpp"
#include "ws/frame_decoder.hpp"
#include "ws/inflater.hpp"

#include <simdjson.h>

namespace {

using namespace cresset;
using fuzz::expect;
using kind = ws::decoded::kind;

struct outcome
{
    tests::items items;
    bool mid_message = false;

    friend bool operator==(const outcome&, const outcome&) = default;
};

outcome decode(const ws::decoder_limits& limits, const fuzz::pieces& pieces,
               ws::inflater* inflating)
{
    ws::frame_decoder decoder(limits);
    outcome found;
    for (const std::string_view piece : pieces)
        tests::feed(decoder, piece, found.items, inflating);
    found.mid_message = decoder.mid_message();
    return found;
}

void check_item(const tests::item& item, bool last, std::size_t payload_max)
{
    const bool ends = item.what == kind::close || item.what == kind::failure;
    const bool is_message = item.what == kind::text || item.what == kind::binary;
    expect(item.what != kind::need_more, "the contract of the input");
    expect(last || !ends, "nothing comes after the end");
    expect(item.payload.size() <= (is_message ? payload_max : ws::control_payload_max), "sizes");
    expect(item.what != kind::text || simdjson::validate_utf8(item.payload), "text is UTF-8");
    expect(simdjson::validate_utf8(item.reason), "a reason is UTF-8");
    expect(!ends || ws::may_be_sent(item.code) || (item.what == kind::close && item.code == 1005),
           "codes");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    // One limit within reach of the input, one beyond the lengths in two bytes.
    static constexpr ws::decoder_limits small{.message_bytes_max = 300}, large;
    static ws::inflater inflater;
    const fuzz::cut_input input(data, size);
    for (const ws::decoder_limits* limits : {&small, &large})
        for (ws::inflater* const inflating : {static_cast<ws::inflater*>(nullptr), &inflater}) {
            const auto with = [&](const fuzz::pieces& pieces) {
                return decode(*limits, pieces, inflating);
            };
            const outcome whole = with(input.whole());
            expect(with(input.cut) == whole, "whole or in pieces, the items are the same");
            expect(with(input.one_by_one()) == whole, "byte by byte, they are too");
            for (const tests::item& item : whole.items)
                check_item(item, &item == &whole.items.back(), limits->message_bytes_max);
        }
    return 0;
}
