#pragma once

#include "ws/frame_decoder.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::tests {

// What a decoder gave out, kept.
struct item
{
    ws::decoded::kind what;
    std::string payload = {};
    std::uint16_t code = 0;
    std::string reason = {};

    friend bool operator==(const item&, const item&) = default;
};

using items = std::vector<item>;

inline std::ostream& operator<<(std::ostream& out, const item& it)
{
    return out << "{kind " << static_cast<int>(it.what) << ", " << it.payload.size() << " bytes, "
               << it.code << ' ' << it.reason << '}';
}

// One piece of input, alone in memory with the padding that a decoder may count on, so that the
// address sanitizer sees a step too far.
class padded_piece
{
public:
    explicit padded_piece(std::string_view bytes)
        : bytes_(std::make_unique<char[]>(bytes.size() + ws::payload_padding)), size_(bytes.size())
    {
        std::copy(bytes.begin(), bytes.end(), bytes_.get());
    }

    std::span<char> span() const noexcept { return {bytes_.get(), size_}; }
    bool padding_is_untouched() const
    {
        return std::all_of(bytes_.get() + size_, bytes_.get() + size_ + ws::payload_padding,
                           [](char c) { return c == 0; });
    }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_;
};

// A payload with the bytes behind it that its contract makes readable.
inline std::string read_with_padding(std::span<const char> payload)
{
    std::string all(payload.data(), payload.size() + ws::payload_padding);
    all.resize(payload.size());
    return all;
}

// Gives the decoder a piece and collects until it wants more.
inline void feed(ws::frame_decoder& decoder, std::string_view bytes, items& out,
                 ws::inflater* inflating = nullptr)
{
    const padded_piece piece{bytes};
    std::span<char> input = piece.span();
    for (;;) {
        const ws::decoded found = decoder.next(input, inflating);
        if (found.what == ws::decoded::kind::need_more)
            break;
        const bool has_payload =
            found.what != ws::decoded::kind::close && found.what != ws::decoded::kind::failure;
        out.push_back({found.what, has_payload ? read_with_padding(found.payload) : std::string{},
                       found.code, std::string{found.reason}});
    }
    if (!input.empty() || !piece.padding_is_untouched())
        out.push_back({ws::decoded::kind::need_more, "the input's contract is broken", 0, {}});
}

inline items decode(const ws::decoder_limits& limits, const std::vector<std::string_view>& pieces)
{
    ws::frame_decoder decoder{limits};
    items out;
    for (const std::string_view piece : pieces)
        feed(decoder, piece, out);
    return out;
}

} // namespace cresset::tests
