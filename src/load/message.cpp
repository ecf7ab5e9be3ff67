#include "load/message.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

namespace cresset::load {
namespace {

constexpr std::string_view opening = R"({"stamp":")";
constexpr std::string_view middle = R"(","pad":")";
constexpr std::string_view closing = R"("})";

constexpr std::size_t run_digits = 8;
constexpr std::size_t flow_digits = 6;
constexpr std::size_t sequence_digits = 8;
constexpr std::size_t time_digits = 16;
constexpr std::size_t stamp_size = run_digits + 1 + flow_digits + sequence_digits + time_digits;

static_assert(opening.size() + stamp_size + middle.size() + closing.size() ==
              message_codec::size_min);

// A pad begins in one of so many places of the alphabet: a prime, so that neighbours differ
// whatever the period of what goes wrong.
constexpr std::uint32_t pad_starts = 61;
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char* write_hex(char* out, std::uint64_t number, std::size_t digits)
{
    for (std::size_t i = digits; i-- > 0; number >>= 4)
        out[i] = "0123456789abcdef"[number & 15];
    return out + digits;
}

constexpr auto digit_values = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(0xff);
    for (std::uint8_t i = 0; i < 16; ++i)
        values[static_cast<unsigned char>("0123456789abcdef"[i])] = i;
    return values;
}();

// Advances `in`; false where a character is no digit.
template <typename Number>
bool read_hex(const char*& in, std::size_t digits, Number& number)
{
    std::uint64_t value = 0;
    unsigned seen = 0;
    for (const char* const end = in + digits; in != end; ++in) {
        const std::uint8_t digit = digit_values[static_cast<unsigned char>(*in)];
        seen |= digit;
        value = value << 4 | (digit & 15U);
    }
    number = static_cast<Number>(value);
    return seen < 16;
}

bool is_phase(char letter)
{
    return letter == static_cast<char>(phase::probe) ||
           letter == static_cast<char>(phase::warm_up) ||
           letter == static_cast<char>(phase::measured);
}

} // namespace

message_codec::message_codec(std::uint32_t run, std::size_t size) : run_(run), size_(size)
{
    assert(size >= size_min);
    pads_.resize(size - size_min + pad_starts);
    for (std::size_t i = 0; i < pads_.size(); ++i)
        pads_[i] = alphabet[i % alphabet.size()];
}

void message_codec::append(std::string& out, const stamp& s) const
{
    const std::size_t at = out.size();
    out.resize(at + size_);
    char* to = std::ranges::copy(opening, out.data() + at).out;
    to = write_hex(to, run_, run_digits);
    *to++ = static_cast<char>(s.purpose);
    to = write_hex(to, s.flow, flow_digits);
    to = write_hex(to, s.sequence, sequence_digits);
    to = write_hex(to, s.intended_ns, time_digits);
    to = std::ranges::copy(middle, to).out;
    to = std::copy_n(pads_.data() + s.sequence % pad_starts, size_ - size_min, to);
    std::ranges::copy(closing, to);
}

message_codec::verdict message_codec::read(std::string_view envelope, std::size_t& place,
                                           stamp& into) const
{
    if (envelope.substr(std::min(place, envelope.size()), opening.size()) != opening) {
        const std::size_t found = envelope.find(opening);
        if (found == std::string_view::npos)
            return verdict::foreign;
        place = found;
    }
    const std::string_view data = envelope.substr(place);
    if (data.size() < size_)
        return verdict::altered;
    const char* in = data.data() + opening.size();
    std::uint32_t run = 0;
    if (!read_hex(in, run_digits, run))
        return verdict::altered;
    if (run != run_)
        return verdict::foreign;
    const char letter = *in++;
    if (!is_phase(letter) || !read_hex(in, flow_digits, into.flow) ||
        !read_hex(in, sequence_digits, into.sequence) ||
        !read_hex(in, time_digits, into.intended_ns))
        return verdict::altered;
    into.purpose = static_cast<phase>(letter);
    const std::string_view rest = data.substr(static_cast<std::size_t>(in - data.data()));
    const std::size_t pad_size = size_ - size_min;
    const char* const pad = pads_.data() + into.sequence % pad_starts;
    const bool as_sent = rest.starts_with(middle) &&
                         std::memcmp(rest.data() + middle.size(), pad, pad_size) == 0 &&
                         rest.substr(middle.size() + pad_size).starts_with(closing);
    return as_sent ? verdict::ours : verdict::altered;
}

} // namespace cresset::load
