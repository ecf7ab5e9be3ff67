#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace cresset::protocol {

// The text with up to three changes, of the kinds that make JSON nearly valid.
inline std::string mutate(std::string text, std::mt19937& random)
{
    static constexpr std::string_view bytes =
        "{}[]:,\"\\ \n0123456789.eE+-untrfalsb/x\x01\x7f\x80\xc3";
    const auto below = [&](std::size_t bound) {
        return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
    };
    for (std::size_t changes = 1 + below(3); changes > 0 && !text.empty(); --changes) {
        const std::size_t at = below(text.size());
        const char byte = bytes[below(bytes.size())];
        switch (below(5)) {
        case 0:
            text[at] = byte;
            break;
        case 1:
            text.insert(at, 1, byte);
            break;
        case 2:
            text.erase(at, 1 + below(4));
            break;
        case 3:
            text.insert(at, text.substr(below(text.size()), below(12)));
            break;
        default:
            std::swap(text[at], text[below(text.size())]);
        }
    }
    return text;
}

// Boost.JSON refuses lone surrogates, which JSON.parse allows.
inline bool has_surrogate(const std::string& text)
{
    return text.find("\\ud") != std::string::npos || text.find("\\uD") != std::string::npos;
}

} // namespace cresset::protocol
