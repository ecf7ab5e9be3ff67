#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace cresset::fuzz {

using pieces = std::vector<std::string_view>;

// A fuzz input that says how its bytes arrive, so that the fuzzer finds the places to cut:
//
//     !#                         each byte of the first line is the size of a piece: 33, 35
//     GET / HTTP/1.1 CR LF ...   the bytes; what the pieces leave over is the last one
//
// Without a line end it is all bytes, in one piece.
struct cut_input
{
    cut_input(const std::uint8_t* data, std::size_t size)
        : bytes(reinterpret_cast<const char*>(data), size)
    {
        const std::string_view first_line = bytes.substr(0, bytes.find('\n'));
        const bool has_sizes = first_line.size() < bytes.size();
        bytes.remove_prefix(has_sizes ? first_line.size() + 1 : 0);
        std::string_view rest = bytes;
        for (const char c : has_sizes ? first_line : std::string_view()) {
            cut.push_back(rest.substr(0, static_cast<std::uint8_t>(c)));
            rest.remove_prefix(cut.back().size());
        }
        cut.push_back(rest);
    }

    pieces whole() const { return {bytes}; }
    pieces one_by_one() const
    {
        pieces all;
        for (std::size_t i = 0; i < bytes.size(); ++i)
            all.push_back(bytes.substr(i, 1));
        return all;
    }

    std::string_view bytes;
    pieces cut;
};

} // namespace cresset::fuzz
